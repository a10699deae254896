// The tests of a configuration (docs/how-to/write-and-test-a-rule.md): files `*.test.toml` beside it, each a
// list of [[case]] with a message and what shall become of it, and of [[sending]]. Here they are read, and
// compared with a Plan; `stagecoach test` makes the messages and runs the pipeline.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conf/problem.h"
#include "conf/reader.h"
#include "conf/sending_cases.h"
#include "conf/setting.h"
#include "routing/civil_time.h"
#include "routing/model/plan.h"

namespace stagecoach::conf {

/// What a Plan is compared with. Only what is given counts: `users = []` means that nobody gets it.
struct TestExpectation {
  std::vector<std::string> users;              // who has a copy
  std::map<std::string, std::string> folders;  // user -> folder of a copy
  std::vector<std::string> remote;             // recipients in the outgoing queue
  std::map<std::string, std::string> queue;    // recipient -> "priority 3, hold 10" of his entry
  std::string refused;                         // "550", or a part of the reply; "none": nothing is refused
  bool discard = false;
  std::vector<std::string> generated;  // purposes of new messages: "autoresponse"
  std::vector<std::string> list_work;  // "post office", "moderate office"
  std::string reason;                  // part of one reason
  std::string log;                     // part of one line that a script has logged
  std::set<std::string> given;         // the keys that the file has

  static constexpr auto settings() {
    using S = TestExpectation;
    return std::tuple{
        Setting{"users", &S::users, "All users who get a copy."},
        Setting{"folders", &S::folders, "User = folder in which he gets it."},
        Setting{"remote", &S::remote, "All recipients in the outgoing queue."},
        Setting{
            "queue", &S::queue,
            "Recipient = parts of his queue entry: \"priority 3, hold 10, delete_after 0, connection isp, "
            "server mail.lan:25\"."},
        Setting{"refused", &S::refused, Checked{anything_fits},
                "The code of a refusal, part of it, or \"none\"."},
        Setting{"discard", &S::discard, "Accepted without any delivery."},
        Setting{"generated", &S::generated, "Purposes of all messages that follow."},
        Setting{"list_work", &S::list_work, "All work for lists: \"post office\"."},
        Setting{"reason", &S::reason, "Part of one reason."},
        Setting{"log", &S::log, "Part of one line of the log."},
    };
  }

 private:
  static std::string anything_fits(std::string_view) { return {}; }
};

std::string moment_fault(std::string_view text);
std::string number_fault(std::string_view text);

struct TestCase {
  std::string name;
  std::string from = "someone@elsewhere.invalid";  // the return path; "<>" or "": none
  std::vector<std::string> to;
  std::string via;   // a [[service]], a [[collector]] or "system"; empty: smtp, with a user submission
  std::string user;  // who has logged in
  std::string subject = "Test";
  std::vector<std::string> headers;  // "X-Tag: one"
  std::string body = "Test.\n";
  std::string file;  // a message instead of subject, headers and body; beside the file of the case
  std::string at;    // "2026-08-01 08:15" of the server's local time; empty: now
  std::string spam_score;
  TestExpectation expect;
  Provenance where;  // the file as it was given, and the line of [[case]]

  static constexpr auto settings() {
    using S = TestCase;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "Which rule it tests."},
        Setting{"from", &S::from, "The return path."},
        Setting{"to", &S::to, "The recipients of the envelope."},
        Setting{"via", &S::via, "A service, a collector, or \"system\"."},
        Setting{"user", &S::user, "Who has logged in."},
        Setting{"subject", &S::subject, "Subject."},
        Setting{"headers", &S::headers, "Further header fields."},
        Setting{"body", &S::body, "Text of the message."},
        Setting{"file", &S::file, "A message in a file instead."},
        Setting{"at", &S::at, Checked{moment_fault}, "When it comes."},
        Setting{"spam_score", &S::spam_score, Checked{number_fault}, "What the spam filter says."},
        Setting{"expect", &S::expect, "What shall become of it."},
    };
  }

  std::optional<routing::LocalTime> moment() const { return routing::parse_moment(at); }
};

struct TestCases {
  std::vector<TestCase> cases;
  std::vector<SendingCase> sending;
  Problems problems;
};

TestCases read_test_cases(const ConfigText& text);

/// The message of a case without a file: header section and body, with CR LF.
std::string message_of(const TestCase& test);

/// What is different from the expectation, one line each: "users: expected kate, got fred, kate"; empty: the
/// case holds.
std::vector<std::string> differences(const TestExpectation& expected, const Plan& plan);

}  // namespace stagecoach::conf
