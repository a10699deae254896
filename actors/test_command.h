// `stagecoach test -c FILE [--only NAME] [--json]`: routes the messages of all *.test.toml files beside the
// configuration and in its folder of scripts, without a server, and compares the Plans with what they expect
// (docs/how-to/write-and-test-a-rule.md). A reload with [pipeline] require_tests runs the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/command_line.h"
#include "actors/what_if.h"
#include "conf/test_cases.h"
#include "routing/lua/sandbox.h"

namespace stagecoach {

struct TestOutcome {
  std::string file;
  int line = 0;
  std::string name;
  std::vector<std::string> differences;  // empty: the case holds
};

struct TestReport {
  std::vector<TestOutcome> outcomes;
  conf::Problems problems;  // files that cannot be read
  bool ok() const;
};

/// `only`: those whose name contains it; empty: all. `world` has the directory and the pipeline that are
/// tested, `scripts` those of its hooks.
TestReport run_tests(const WhatIf& world, const routing::ScriptSetPtr& scripts, std::string_view only = {});

/// The command; the exit status: 0 all hold, 1 some do not.
int run_test_command(const CommandLine& line);

}  // namespace stagecoach
