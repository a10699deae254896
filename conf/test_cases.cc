#include "conf/test_cases.h"

#include <algorithm>

#include "conf/read_settings.h"
#include "routing/explain.h"
#include "routing/lan_target.h"
#include "routing/text.h"
#include "routing/text_match.h"

namespace stagecoach::conf {
namespace {

constexpr std::size_t k_cases_max = 100'000;

struct TestFile {
  std::vector<TestCase> cases;
  std::vector<SendingCase> sending;

  static constexpr auto settings() {
    using S = TestFile;
    return std::tuple{
        Setting{"case", &S::cases, "One message and what shall become of it."},
        Setting{"sending", &S::sending, "One connection and what mxout.lua or relayout.lua make of it."}};
  }
};

/// The keys of `expect` that a case has, by the lines that the reader has noted.
std::set<std::string> given_keys(const KeyLines& lines, const std::string& label, int entry_line) {
  constexpr std::string_view k_expect = ".expect.";
  const std::string start = line_key(label, entry_line, {});
  std::set<std::string> given;
  for (auto line = lines.lower_bound(start); line != lines.end() && line->first.starts_with(start); ++line) {
    const auto found = line->first.rfind(k_expect);
    if (found == std::string::npos) continue;
    const std::string key = line->first.substr(found + k_expect.size());
    given.insert(key.substr(0, key.find('.')));
  }
  return given;
}

void check(const TestCase& test, const std::string& path, Problems& problems) {
  const auto error = [&](const char* key, std::string message) {
    problems.push_back({path, test.where.line, "case." + test.name + "." + key, std::move(message),
                        Problem::Severity::error});
  };
  if (test.expect.given.empty()) error("expect", "is missing: a case without it tests nothing");
  for (const std::string& header : test.headers)
    if (header.find(':') == std::string::npos) error("headers", "\"" + header + "\" has no colon");
}

void check(const SendingCase& test, const std::string& path, Problems& problems) {
  const auto error = [&](const char* key, std::string message) {
    problems.push_back({path, test.where.line, "sending." + test.name + "." + key, std::move(message),
                        Problem::Severity::error});
  };
  if (test.expect.given.empty()) error("expect", "is missing: a case without it tests nothing");
  if (test.script != routing::k_mxout_script && test.script != routing::k_relayout_script)
    error("script", "is mxout or relayout");
}

// ---- differences ----

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return words.empty() ? "nobody" : text;
}

/// "priority 3, hold 10": its parts.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    if (const auto part = routing::trimmed(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::vector<std::string> parts_of(const Enqueue& entry) {
  std::vector<std::string> parts{"priority " + std::to_string(entry.priority),
                                 "hold " + std::to_string(entry.hold_minutes),
                                 "delete_after " + std::to_string(entry.delete_after_minutes)};
  if (!entry.sender.empty()) parts.push_back("connection " + entry.sender);
  if (!entry.route.empty())
    parts.push_back("server " + std::string(routing::route_without_login(entry.route)));
  return parts;
}

/// Sorted, without regard to case, each once.
std::vector<std::string> normal(std::vector<std::string> words) {
  for (std::string& word : words) word = to_lower(word);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::string work_text(const ListWork& work) {
  constexpr const char* k_kinds[] = {"post", "moderate", "command", "bounce"};
  return std::string(k_kinds[static_cast<std::size_t>(work.kind)]) + " " + work.list;
}

std::vector<std::string> refusals_of(const Plan& plan) {
  std::vector<std::string> lines;
  for (const RefusedRecipient& one : plan.refused)
    lines.push_back(std::to_string(one.refusal.code) + " " + one.refusal.enhanced + " " + one.refusal.text);
  for (const Bounce& bounce : plan.bounces) lines.push_back(bounce.diagnostic);
  return lines;
}

class Comparison {
 public:
  Comparison(const TestExpectation& expected, const Plan& plan) : expected_(expected), plan_(plan) {}

  std::vector<std::string> run() {
    const routing::ExplainedRoute route = routing::explain(plan_);
    std::vector<std::string> generated, work;
    for (const Generated& one : plan_.generated) generated.push_back(one.purpose);
    for (const ListWork& one : plan_.list_work) work.push_back(work_text(one));
    compare_all("users", expected_.users, route.users);
    compare_all("remote", expected_.remote, route.remote);
    compare_all("generated", expected_.generated, generated);
    compare_all("list_work", expected_.list_work, work);
    folders();
    queue();
    refused();
    if (has("discard") && expected_.discard != plan_.discard)
      say("discard", expected_.discard ? "true" : "false", plan_.discard ? "true" : "false");
    std::vector<std::string> reasons;
    for (const Reason& reason : plan_.reasons)
      reasons.push_back(reason.stage + ": " + reason.rule + ": " + reason.text);
    contains("reason", expected_.reason, reasons);
    contains("log", expected_.log, plan_.log);
    return std::move(lines_);
  }

 private:
  bool has(const char* key) const { return expected_.given.contains(key); }

  void say(const std::string& key, const std::string& expected, const std::string& got) {
    lines_.push_back(key + ": expected " + expected + ", got " + got);
  }

  void compare_all(const char* key, const std::vector<std::string>& expected,
                   const std::vector<std::string>& got) {
    if (has(key) && normal(expected) != normal(got)) say(key, joined(normal(expected)), joined(normal(got)));
  }

  void folders() {
    for (const auto& [user, folder] : expected_.folders) {
      std::vector<std::string> got;
      for (const Delivery& delivery : plan_.deliveries)
        if (equals_ignoring_case(delivery.user, user)) got.push_back(delivery.folder);
      if (std::find(got.begin(), got.end(), folder) == got.end())
        say("folders." + user, folder, got.empty() ? "no copy" : joined(got));
    }
  }

  void queue() {
    for (const auto& [address, wanted] : expected_.queue) {
      const std::string& recipient = address;  // clang 14 lets no lambda see a structured binding
      const auto entry = std::find_if(plan_.enqueue.begin(), plan_.enqueue.end(), [&](const Enqueue& one) {
        return equals_ignoring_case(one.recipient.address, recipient);
      });
      const auto got = entry == plan_.enqueue.end() ? std::vector<std::string>() : parts_of(*entry);
      for (const std::string& part : parts_of(wanted))
        if (std::find(got.begin(), got.end(), part) == got.end())
          say("queue." + recipient, part, got.empty() ? "no entry" : joined(got));
    }
  }

  void refused() {
    if (!has("refused")) return;
    const std::vector<std::string> got = refusals_of(plan_);
    if (expected_.refused == "none") {
      if (!got.empty()) say("refused", "none", joined(got));
      return;
    }
    for (const std::string& line : got)
      if (line.find(expected_.refused) != std::string::npos) return;
    say("refused", expected_.refused, got.empty() ? "none" : joined(got));
  }

  void contains(const char* key, const std::string& part, const std::vector<std::string>& lines) {
    if (!has(key)) return;
    for (const std::string& line : lines)
      if (line.find(part) != std::string::npos) return;
    std::string got;
    for (const std::string& line : lines) got += "\n    " + line;
    say(key, "\"" + part + "\"", lines.empty() ? "nothing" : "only" + got);
  }

  const TestExpectation& expected_;
  const Plan& plan_;
  std::vector<std::string> lines_;
};

std::string with_line_ends(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n') result += '\r';
    result += text[i];
  }
  if (!result.ends_with("\r\n")) result += "\r\n";
  return result;
}

}  // namespace

std::string moment_fault(std::string_view text) {
  return routing::parse_moment(text) ? "" : "is no date and time like \"2026-08-01 08:15\"";
}

std::string number_fault(std::string_view text) { return routing::parse_number(text) ? "" : "is no number"; }

TestCases read_test_cases(const ConfigText& text) {
  TestCases result;
  const toml::parse_result parsed = toml::parse(text.text, text.path);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    result.problems.push_back(
        {text.path, line_of(error.source()), {}, std::string(error.description()), Problem::Severity::error});
    return result;
  }
  TestFile file;
  KeyLines lines;
  std::set<std::string> seen;
  read_settings(parsed.table(), file, {text.path, text.label, result.problems, lines, seen}, {});
  if (file.cases.size() + file.sending.size() > k_cases_max) {
    result.problems.push_back({text.path, 0, "case", "more than 100,000 cases", Problem::Severity::error});
    return result;
  }
  for (TestCase& test : file.cases) {
    test.expect.given = given_keys(lines, text.label, test.where.line);
    check(test, text.path, result.problems);
  }
  for (SendingCase& test : file.sending) {
    test.expect.given = given_keys(lines, text.label, test.where.line);
    check(test, text.path, result.problems);
  }
  result.cases = std::move(file.cases);
  result.sending = std::move(file.sending);
  return result;
}

std::string message_of(const TestCase& test) {
  const auto has = [&](std::string_view name) {
    return std::any_of(test.headers.begin(), test.headers.end(), [&](const std::string& header) {
      return header.size() > name.size() && header[name.size()] == ':' &&
             equals_ignoring_case(std::string_view(header).substr(0, name.size()), name);
    });
  };
  std::string header, to;
  for (const std::string& address : test.to) to += (to.empty() ? "" : ", ") + address;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty() && !has(name)) header += std::string(name) + ": " + value + "\n";
  };
  add("From", test.from == "<>" ? "" : test.from);
  add("To", to);
  add("Subject", test.subject);
  for (const std::string& line : test.headers) header += line + "\n";
  return with_line_ends(header + "\n" + test.body);
}

std::vector<std::string> differences(const TestExpectation& expected, const Plan& plan) {
  return Comparison(expected, plan).run();
}

}  // namespace stagecoach::conf
