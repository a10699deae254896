// DNS overrides: MX records of the administrator's own that take the place of the real ones, by domain and
// message. The language is in docs/reference/senders.md. Pure: real MX names are given by the caller.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/result.h"
#include "routing/sending/fact_test.h"

namespace stagecoach::routing {

/// One fake MX record. The password is never part of a text for people.
struct OverrideHost {
  std::string name;  // host name or IP address, without brackets
  int port = 25;
  std::string user, password;  // empty: no login
  int priority = 0;            // preference number: lower ones are tried first
  int line = 0;                // that it comes from, from 1
};

struct OverrideAnswer {
  bool needs_real = false;  // a condition needs the real MX names: ask again with them; nothing else is set
  bool found = false;       // false: no line matches, the real records count
  bool add_real = false;    // the real records count, too
  std::vector<OverrideHost> hosts;  // lower priority first, equal ones in the order of their lines
};

class DnsOverrides {
 public:
  DnsOverrides() = default;
  /// Empty lines and lines that begin with # are skipped. The error names the line: "line 3: …", and no
  /// password.
  static Result<DnsOverrides> parse(const std::vector<std::string>& lines);

  /// `real_mx_names`: nullptr while they are unknown; without MX records an empty list.
  OverrideAnswer answer(std::string_view domain, const SendingFacts& facts,
                        const std::vector<std::string>* real_mx_names) const;

  bool is_empty() const { return lines_.empty(); }

  static constexpr std::size_t k_lines_max = 10000;

 private:
  struct Line {
    std::string domain;  // wildcard, lower case
    OverrideHost host;
    std::vector<FactTest> tests;
    struct MxTest {
      std::string wildcard;
      bool negated = false;
    };
    std::vector<MxTest> mx_tests;
    bool end = false, add_real = false;
  };
  static Result<Line> parse_line(std::string_view text);
  static Result<void> parse_word(std::string_view word, Line& line);
  static bool holds(const Line& line, const std::vector<std::string>& real_mx_names);

  std::vector<Line> lines_;
};

/// "line 3: relay.example:25, login fred" for each host, "the real ones too": for log, trace and explain.
std::string describe(const OverrideAnswer& answer);

}  // namespace stagecoach::routing
