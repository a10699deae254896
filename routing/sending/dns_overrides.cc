#include "routing/sending/dns_overrides.h"

#include <algorithm>
#include <charconv>

#include "routing/lan_target.h"
#include "routing/text.h"
#include "routing/wildcard.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_line_bytes_max = 4096;
constexpr int k_priority_max = 65535;  // as in an MX record

constexpr struct {
  std::string_view name;
  Fact fact;
} k_facts[] = {{"$retries", Fact::retries},
               {"$size", Fact::size},
               {"$authsender", Fact::auth_sender},
               {"$from", Fact::from}};

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const auto word = text.substr(0, std::min(text.find_first_of(" \t"), text.size()));
  text.remove_prefix(word.size());
  return word;
}

bool takes_prefix(std::string_view& text, std::string_view prefix) {
  if (text.size() < prefix.size() || !equals_ignoring_case(text.substr(0, prefix.size()), prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string_view without_quotes(std::string_view text) {
  const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

std::optional<int> parse_priority(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > k_priority_max)
    return std::nullopt;
  return number;
}

/// "[user:password@]server[:port]"
Result<OverrideHost> parse_host(std::string_view route) {
  // The text may hold a password: the error does not repeat it.
  if (!is_route(route))
    return invalid_input("the second word is no server like [user:password@]server[:port]");
  OverrideHost host;
  std::string_view server = route_without_login(route);
  if (server.size() < route.size()) {
    const std::string_view login = route.substr(0, route.size() - server.size() - 1);
    const auto colon = login.find(':');
    host.user = login.substr(0, colon);
    host.password = login.substr(colon + 1);
    if (host.user.empty()) return invalid_input("a login is user:password");
  }
  const auto colon = server.starts_with('[') ? server.find(':', server.find(']')) : server.find(':');
  if (colon != std::string_view::npos) {
    const auto port = server.substr(colon + 1);
    std::from_chars(port.data(), port.data() + port.size(), host.port);
    server = server.substr(0, colon);
  }
  if (server.starts_with('[')) server = server.substr(1, server.size() - 2);
  host.name = server;
  return host;
}

/// `rest`: what follows the name of the fact.
Result<FactTest> parse_condition(Fact fact, std::string_view rest) {
  if (is_number(fact)) {
    const auto comparison = take_comparison(rest);
    if (!comparison) return invalid_input("a comparison is missing");
    const auto number = parse_quantity(rest);
    if (!number) return invalid_input("\"" + std::string(rest) + "\" is no number");
    return FactTest(fact, *comparison, *number);
  }
  const bool matches = rest.starts_with("~="), differs = rest.starts_with("~!");
  if (matches || differs) {
    const std::string_view data = rest.substr(2);
    if (data.empty()) return invalid_input("there is nothing to compare with");
    const RuleMatch match = data.front() == '/' ? RuleMatch::regex : RuleMatch::wildcard;
    return FactTest::matching(fact, match, without_quotes(data), differs);
  }
  const auto comparison = take_comparison(rest);
  if (!comparison) return invalid_input("a comparison is missing");
  return FactTest(fact, *comparison, without_quotes(rest));
}

}  // namespace

Result<void> DnsOverrides::parse_word(std::string_view word, Line& line) {
  if (equals_ignoring_case(word, "$end")) {
    line.end = true;
    return {};
  }
  if (equals_ignoring_case(word, "$adddns")) {
    line.add_real = true;
    return {};
  }
  std::string_view rest = word;
  if (takes_prefix(rest, "$priority:")) {
    const auto priority = parse_priority(rest);
    if (!priority) return invalid_input("a priority is a number from 0 to 65535");
    line.host.priority = *priority;
    return {};
  }
  if (takes_prefix(rest, "$dnsmx:")) {
    const bool negated = rest.starts_with('!');
    if (negated) rest.remove_prefix(1);
    if (rest.empty()) return invalid_input("the name of a mail server is missing");
    line.mx_tests.push_back({std::string(without_quotes(rest)), negated});
    return {};
  }
  for (const auto& [name, fact] : k_facts) {
    if (!takes_prefix(rest, name)) continue;
    auto test = parse_condition(fact, rest);
    if (!test) return std::move(test).error();
    line.tests.push_back(std::move(*test));
    return {};
  }
  return invalid_input(
      "is no condition or option: $retries, $size, $authsender, $from, $dnsmx:, $end, $adddns, $priority: "
      "are");
}

Result<DnsOverrides::Line> DnsOverrides::parse_line(std::string_view text) {
  if (text.size() > k_line_bytes_max) return limit_reached("the line is longer than 4096 characters");
  Line line;
  line.domain = to_lower(take_word(text));
  if (line.domain.find('@') != std::string::npos)
    return invalid_input("the first word is a domain, not an address");
  const std::string_view route = take_word(text);
  if (route.empty() || route.front() == '$') return invalid_input("the server is missing");
  auto host = parse_host(route);
  if (!host) return std::move(host).error();
  line.host = std::move(*host);
  for (auto word = take_word(text); !word.empty(); word = take_word(text))
    if (auto read = parse_word(word, line); !read)
      return std::move(read).error().while_doing(std::string(word.substr(0, 60)));
  return line;
}

Result<DnsOverrides> DnsOverrides::parse(const std::vector<std::string>& lines) {
  if (lines.size() > k_lines_max) return limit_reached("there are more than 10000 lines");
  DnsOverrides overrides;
  int number = 0;
  for (const std::string& text : lines) {
    ++number;
    const auto line_text = trimmed(text);
    if (line_text.empty() || line_text.front() == '#') continue;
    auto line = parse_line(line_text);
    if (!line) return std::move(line).error().while_doing("line " + std::to_string(number));
    line->host.line = number;
    overrides.lines_.push_back(std::move(*line));
  }
  return overrides;
}

bool DnsOverrides::holds(const Line& line, const std::vector<std::string>& real_mx_names) {
  return std::all_of(line.mx_tests.begin(), line.mx_tests.end(), [&](const Line::MxTest& test) {
    return test.negated !=
           std::any_of(real_mx_names.begin(), real_mx_names.end(), [&](std::string_view name) {
             if (name.ends_with('.')) name.remove_suffix(1);
             return matches_wildcard(test.wildcard, name);
           });
  });
}

OverrideAnswer DnsOverrides::answer(std::string_view domain, const SendingFacts& facts,
                                    const std::vector<std::string>* real_mx_names) const {
  OverrideAnswer answer;
  for (const Line& line : lines_) {
    if (!matches_wildcard(line.domain, domain)) continue;
    if (!std::all_of(line.tests.begin(), line.tests.end(),
                     [&](const FactTest& test) { return test.holds(facts, {}); }))
      continue;
    if (!line.mx_tests.empty()) {
      if (!real_mx_names) return {.needs_real = true};
      if (!holds(line, *real_mx_names)) continue;
    }
    answer.found = true;
    answer.add_real = answer.add_real || line.add_real;
    answer.hosts.push_back(line.host);
    if (line.end) break;
  }
  std::stable_sort(answer.hosts.begin(), answer.hosts.end(),
                   [](const OverrideHost& a, const OverrideHost& b) { return a.priority < b.priority; });
  return answer;
}

std::string describe(const OverrideAnswer& answer) {
  std::string text;
  for (const OverrideHost& host : answer.hosts) {
    const bool is_ipv6 = host.name.find(':') != std::string::npos;
    text += (text.empty() ? "line " : "; line ") + std::to_string(host.line) + ": " +
            (is_ipv6 ? "[" + host.name + "]" : host.name) + ":" + std::to_string(host.port);
    if (!host.user.empty()) text += ", login " + host.user;
  }
  if (answer.add_real) text += "; the real ones too";
  return text;
}

}  // namespace stagecoach::routing
