#include "routing/autoresponder_conditions.h"

#include <algorithm>

namespace stagecoach::routing {
namespace {

void add_conditions(std::vector<HeaderCondition>& to, const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    if (auto condition = HeaderCondition::parse(line)) to.push_back(std::move(*condition));
}

Result<std::optional<Pattern>> pattern_of(const std::string& text) {
  if (text.empty()) return std::optional<Pattern>();
  auto pattern = Pattern::compile(text);
  if (!pattern) return std::move(pattern).error();
  return std::optional<Pattern>(std::move(*pattern));
}

Result<std::optional<LocalTime>> moment_of(const std::string& text, bool last) {
  if (text.empty()) return std::optional<LocalTime>();
  auto moment = parse_moment(text);
  if (!moment) return invalid_input("\"" + text + "\" is no date and time like 2026-12-31 08:15");
  if (last && parse_day(text))
    *moment += std::chrono::days(1) - std::chrono::seconds(1);
  else if (last)
    *moment += std::chrono::seconds(59);  // ends count to the end of their minute
  return std::optional<LocalTime>(moment);
}

std::optional<LocalTime> day_moment(const std::string& text) {
  const auto day = parse_day(text);
  return day ? std::optional<LocalTime>(*day) : std::nullopt;
}

}  // namespace

CompiledAnswerRule CompiledAnswerRule::compile(const AutoresponderRule& rule) {
  CompiledAnswerRule compiled;
  compiled.rule_ = rule;
  if (auto read = compiled.read(rule); !read) compiled.fault_ = std::move(read).error().reason;
  return compiled;
}

Result<void> CompiledAnswerRule::read(const AutoresponderRule& rule) {
  auto window = DailyWindow::parse(rule.date_from, rule.date_to, rule.time_from, rule.time_to);
  if (!window) return std::move(window).error();
  auto from = moment_of(rule.datetime_from, false), to = moment_of(rule.datetime_to, true);
  if (!from) return std::move(from).error();
  if (!to) return std::move(to).error();
  if (*from && *to && **from > **to)
    return invalid_input(rule.datetime_from + " is after " + rule.datetime_to);
  for (const int day : rule.days)
    if (day < 0 || day > 6) return invalid_input(std::to_string(day) + " is no day of the week");
  auto sender = pattern_of(rule.sender), subject = pattern_of(rule.subject);
  if (!sender) return std::move(sender).error();
  if (!subject) return std::move(subject).error();
  window_ = *window, from_ = *from, to_ = *to;
  sender_ = std::move(*sender), subject_ = std::move(*subject);
  return {};
}

std::string CompiledAnswerRule::mismatch(LocalTime now, std::string_view sender,
                                         std::string_view subject) const {
  if (!rule_.enabled) return "it is switched off";
  if (!fault_.empty()) return fault_;
  if (!window_.contains(now)) return "not at this date and time of day";
  if ((from_ && now < *from_) || (to_ && now > *to_)) return "not at this time";
  const int day = static_cast<int>(std::chrono::weekday(day_of(now)).c_encoding());
  if (!rule_.days.empty() && std::find(rule_.days.begin(), rule_.days.end(), day) == rule_.days.end())
    return "not on this day of the week";
  if (sender_ && !sender_->matches(sender)) return "sender is not " + rule_.sender;
  if (subject_ && !subject_->matches(subject)) return "subject is not " + rule_.subject;
  return {};
}

std::optional<LocalTime> CompiledAnswerRule::begin() const {
  const auto day = day_moment(rule_.date_from);
  return day && from_ ? std::max(*day, *from_) : day ? day : from_;
}

std::optional<LocalTime> CompiledAnswerRule::end() const {
  const auto day = day_moment(rule_.date_to);
  if (!day || !to_) return day ? day : to_;
  return *to_ < *day + std::chrono::days(1) ? *to_ : *day;
}

ReplyFilters ReplyFilters::compile(const std::vector<std::string>& lines) {
  ReplyFilters filters;
  for (const std::string& line : lines) {
    const bool refuses = line.starts_with('!');
    if (auto pattern = Pattern::compile(std::string_view(line).substr(refuses ? 1 : 0));
        pattern && !pattern->text().empty())
      filters.entries_.push_back({refuses, std::move(*pattern)});
  }
  return filters;
}

std::string ReplyFilters::refusal(std::string_view address) const {
  bool allows_some = false;
  for (const Entry& entry : entries_) {
    allows_some = allows_some || !entry.refuses;
    if (entry.pattern.matches(address)) return entry.refuses ? "!" + entry.pattern.text() : "";
  }
  return allows_some ? "no reply filter allows it" : "";
}

CompiledAutoresponder compile_autoresponder(const Autoresponder& autoresponder,
                                            const AutoresponderPolicy& policy) {
  CompiledAutoresponder result;
  if (autoresponder.rules.empty()) return result;
  auto compiled = std::make_shared<CompiledAutoresponder::Compiled>();
  add_conditions(compiled->filters, policy.header_filters);
  add_conditions(compiled->filters, autoresponder.header_filters);
  add_conditions(compiled->triggers, autoresponder.header_triggers);
  compiled->triggers_wanted = !autoresponder.header_triggers.empty();
  for (const AutoresponderRule& rule : autoresponder.rules)
    compiled->rules.push_back(CompiledAnswerRule::compile(rule));
  compiled->reply_filters = ReplyFilters::compile(policy.reply_filters);
  result.compiled_ = std::move(compiled);
  return result;
}

Result<void> check_autoresponder_rule(const AutoresponderRule& rule) {
  const auto compiled = CompiledAnswerRule::compile(rule);
  if (!compiled.fault().empty()) return invalid_input(compiled.fault());
  return {};
}

}  // namespace stagecoach::routing
