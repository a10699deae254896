#include "routing/autoresponder_compose.h"

#include <algorithm>

#include "routing/autoresponder_text.h"
#include "routing/autoresponder_values.h"
#include "routing/header_edit.h"
#include "routing/html_text.h"
#include "routing/model/address.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_references_max = 20, k_message_id_bytes_max = 500, k_addresses_max = 100;

/// Values of the custom replacements: what the rule says, else the first default in the definition.
CustomFields fields_of(const AutoresponderDefinition& definition, const AutoresponderRule& rule) {
  CustomFields fields;
  for (auto& [name, fallback] : custom_fields(definition)) fields.emplace(name, fallback);
  for (const auto& [name, value] : rule.fields) fields[name] = value;
  return fields;
}

bool is_html(std::string_view text) {
  text = trimmed(text);
  constexpr std::string_view k_open = "<html", k_close = "</html>";
  return text.size() > k_open.size() + k_close.size() &&
         equals_ignoring_case(text.substr(0, k_open.size()), k_open) &&
         equals_ignoring_case(text.substr(text.size() - k_close.size()), k_close);
}

/// Line ends and tabs may stay in a text, other control characters not.
std::string clean_text(std::string_view value) {
  std::string text(value);
  for (char& c : text)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 127) c = ' ';
  return text;
}

void split_addresses(std::string_view text, std::vector<std::string>& into) {
  while (!text.empty() && into.size() < k_addresses_max) {
    const auto end = std::min(text.find_first_of(";, \t\r\n"), text.size());
    const std::string address = single_line(text.substr(0, end));
    const auto same = [&](const std::string& entry) { return equals_ignoring_case(entry, address); };
    if (!address.empty() && std::none_of(into.begin(), into.end(), same)) into.push_back(address);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// "<id@host>" and nothing else: it goes into a structured field.
bool is_message_id(std::string_view text) {
  return text.size() > 2 && text.size() <= k_message_id_bytes_max && text.front() == '<' &&
         text.back() == '>' && std::all_of(text.begin() + 1, text.end() - 1, [](char c) {
           return c > ' ' && c < 127 && c != '<' && c != '>';
         });
}

std::vector<std::string> message_ids(std::string_view body) {
  std::vector<std::string> ids;
  while (!(body = trimmed(body)).empty()) {
    const auto end = std::min(body.find_first_of(" \t"), body.size());
    if (is_message_id(body.substr(0, end))) ids.emplace_back(body.substr(0, end));
    body.remove_prefix(end);
  }
  return ids;
}

std::string with_domain(std::string address, std::string_view domain) {
  if (address.empty() || domain.empty() || address.find('@') != std::string::npos) return address;
  return address + "@" + std::string(domain);
}

class Composer {
 public:
  explicit Composer(const AnswerInput& in)
      : in_(in),
        source_{in.user.name, in.originator, std::string(first_body(in.facts.header, "Subject")),
                in.facts.now, in.rule},
        scope_{in.definition, in.user} {
    source_.matches = (in.facts.matches ? in.facts.matches(in.rule.rule().name) : 0) + 1;
    scope_.fields = fields_of(in.definition, in.rule.rule());
  }

  ComposedAnswer run() {
    prepare();
    const std::string text = body();
    if (in_.facts.run_global && !scope_.veto) in_.facts.run_global(scope_);
    ComposedAnswer answer;
    answer.mail = mail(text);
    answer.recipients = cleaned(scope_.to);
    answer.mail.to = answer.recipients;
    answer.copy_original_to = cleaned(scope_.copy_to);
    answer.keep_original = scope_.keep_original;
    answer.min_interval_hours = std::max<std::int64_t>(scope_.min_interval_hours, 0);
    answer.veto = scope_.veto;
    answer.lua_missing = lua_missing_;
    answer.faults = std::move(scope_.faults);
    return answer;
  }

 private:
  void prepare() {
    const AutoresponderDefinition& definition = in_.definition;
    const bool standard = definition.subject_text == "*";
    const std::string text = line(standard ? in_.policy.subject_prefix : definition.subject_text);
    if (definition.subject_mode == SubjectMode::subject && !standard)
      scope_.subject = single_line(text);
    else
      scope_.subject_prefix = text;
    source_.subject = subject();
    scope_.replacements = built_in_values(source_);
    scope_.keep_original = definition.keep_original;
    scope_.min_interval_hours = definition.min_interval_hours;
    scope_.sender = single_line(line(definition.from_address));
    scope_.reply_to = reply_to();
    scope_.append_original = definition.append_original;
    scope_.to = in_.addressees;
    scope_.copy_to = expand_addresses(definition.copy_original_to, definition, in_.rule.rule());
    scope_.attachments = definition.attachments;
  }

  TextValues values() const {
    return {[this](std::string_view name) { return built_in_value(source_, name); },
            scope_.fields,
            single_line,
            {}};
  }

  /// A prefix keeps the space at its end.
  std::string line(std::string_view text) const { return clean_text(expand_text(text, values())); }

  std::string subject() const {
    if (!scope_.subject.empty()) return single_line(scope_.subject);
    return single_line(scope_.subject_prefix + single_line(source_.original_subject));
  }

  /// Only custom replacements; * is the user's name.
  std::string reply_to() const {
    const std::string text =
        expand_text(in_.definition.reply_to_address, {{}, scope_.fields, single_line, {}});
    std::string result;
    for (const char c : text) result += c == '*' ? in_.user.name : std::string(1, c);
    return single_line(result);
  }

  std::string body() {
    const bool html = is_html(in_.definition.response_text);
    TextValues values = this->values();
    values.guard = [html](std::string_view value) {
      return html ? escape_html(clean_text(value)) : clean_text(value);
    };
    values.run_lua = [this](std::string_view script) {
      lua_missing_ = lua_missing_ || !in_.facts.run_lua;
      return in_.facts.run_lua ? in_.facts.run_lua(script, scope_) : std::string();
    };
    return expand_text(in_.definition.response_text, values);
  }

  ComposedMail mail(const std::string& text) {
    ComposedMail mail;
    mail.from = with_domain(sender(), in_.facts.default_domain);
    mail.reply_to = with_domain(single_line(scope_.reply_to.empty() ? "no-one" : scope_.reply_to),
                                in_.facts.default_domain);
    mail.subject = subject();
    mail.header = header();
    mail.html = is_html(in_.definition.response_text) ? text : "";
    mail.text = mail.html.empty() ? text : html_to_text(text);
    mail.append_original = scope_.append_original;
    mail.attachments = scope_.attachments;
    if (!mail.attachments.empty()) mail.attachments_of = in_.user.name;
    return mail;
  }

  std::string sender() const {
    if (!single_line(scope_.sender).empty()) return single_line(scope_.sender);
    const auto& book = in_.user.profile->address_book;
    const auto entry = book.find("mail");
    return entry == book.end() || single_line(entry->second).empty() ? in_.user.name
                                                                     : single_line(entry->second);
  }

  std::vector<HeaderEdit> header() const {
    using Kind = HeaderEdit::Kind;
    std::vector<HeaderEdit> fields;
    if (in_.policy.rfc3834) {
      fields.push_back({Kind::set, "Auto-Submitted", "auto-replied"});  // RFC 3834 section 3.1.7
      auto references = message_ids(first_body(in_.facts.header, "References"));
      const auto own = message_ids(first_body(in_.facts.header, "Message-ID"));
      if (!own.empty()) {
        fields.push_back({Kind::set, "In-Reply-To", own.front()});
        references.push_back(own.front());
        const auto surplus = references.size() - std::min(references.size(), k_references_max);
        std::string text;
        for (std::size_t i = surplus; i < references.size(); ++i)
          text += (text.empty() ? "" : " ") + references[i];
        fields.push_back({Kind::set, "References", text});
      }
    }
    if (const auto precedence = single_line(in_.policy.precedence); !precedence.empty())
      fields.push_back({Kind::set, "Precedence", precedence});
    return fields;
  }

  static std::vector<std::string> cleaned(const std::vector<std::string>& addresses) {
    std::vector<std::string> result;
    for (const std::string& address : addresses) split_addresses(address, result);
    return result;
  }

  const AnswerInput& in_;
  ReplacementSource source_;
  AutoresponseScope scope_;
  bool lua_missing_ = false;
};

}  // namespace

ComposedAnswer compose_answer(const AnswerInput& input) { return Composer(input).run(); }

std::vector<std::string> expand_addresses(const std::vector<std::string>& texts,
                                          const AutoresponderDefinition& definition,
                                          const AutoresponderRule& rule) {
  std::string joined;  // a default may hold separators: "{$team(a@b.example;c@d.example)}" came in pieces
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ";") + text;
  const CustomFields fields = fields_of(definition, rule);
  std::vector<std::string> addresses;
  split_addresses(expand_text(joined, {{}, fields, {}, {}}), addresses);
  return addresses;
}

std::vector<std::pair<std::string, std::string>> custom_fields(const AutoresponderDefinition& definition) {
  std::vector<std::pair<std::string, std::string>> fields;
  const auto add = [&](const std::string& text) {
    for (auto& field : custom_fields_of(text)) {
      const auto known = std::find_if(fields.begin(), fields.end(),
                                      [&](const auto& entry) { return entry.first == field.first; });
      if (known == fields.end())
        fields.push_back(std::move(field));
      else if (known->second.empty())
        known->second = std::move(field.second);
    }
  };
  for (const std::string& text : {definition.response_text, definition.subject_text, definition.from_address,
                                  definition.reply_to_address})
    add(text);
  for (const auto* texts : {&definition.copy_original_to, &definition.send_response_to}) {
    std::string joined;
    for (const std::string& text : *texts) joined += (joined.empty() ? "" : ";") + text;
    add(joined);
  }
  return fields;
}

}  // namespace stagecoach::routing
