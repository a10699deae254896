#include "actors/history_rows.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "actors/queue_route.h"
#include "protocols/mime/header.h"
#include "routing/usage_report.h"

namespace stagecoach {

namespace {

using nlohmann::json;
using routing::UsageCode;
using storage::HistoryMessage;

constexpr std::size_t k_text_bytes_max = 300, k_shown_recipients_max = 20;

/// Without control characters, those of Unicode included, and cut within no character.
std::string plain(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size() && result.size() < k_text_bytes_max; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = [&](std::size_t n) {
      return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0;
    };
    if (c < 0x20 || c == 0x7f) {
      result += ' ';
    } else if (c == 0xc2 && next(1) >= 0x80 && next(1) < 0xa0) {  // C1
      result += ' ';
      ++i;
    } else if (c == 0xe2 && next(1) == 0x80 && (next(2) == 0xa8 || next(2) == 0xa9)) {  // line separators
      result += ' ';
      i += 2;
    } else {
      result += static_cast<char>(c);
    }
  }
  if (result.size() < k_text_bytes_max) return result;
  std::size_t end = result.size();
  while (end > 0 && (result[end - 1] & 0xc0) == 0x80) --end;  // to the beginning of the last character
  return result.substr(0, end > 0 ? end - 1 : 0);
}

std::string text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}
std::int64_t number(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// " key=value", in quotes where a blank or an '=' would make another key of it.
std::string field(const char* key, std::string_view value) {
  std::string shown = plain(value);
  std::replace(shown.begin(), shown.end(), '"', '\'');
  const bool bare = !shown.empty() && shown.find_first_of(" =") == std::string::npos;
  return std::string(" ") + key + "=" + (bare ? shown : "\"" + shown + "\"");
}
std::string field(const char* key, std::int64_t value) {
  return std::string(" ") + key + "=" + std::to_string(value);
}

/// What the plan of an accepted message says (routing/explain.h writes it).
struct PlannedWays {
  std::vector<std::string> users;   // each once
  std::vector<std::string> remote;  // by a sender
  std::vector<std::string> lan;     // at a server that is named
};

/// Up to the blank or comma behind the domain: a quoted local part may hold both.
std::string_view address_of(std::string_view step) {
  const auto at = step.find('@', step.starts_with('"') ? step.find("\"@") : 0);
  return step.substr(0, step.find_first_of(" ,", at == std::string_view::npos ? 0 : at));
}

PlannedWays ways_of(const json& plan) {
  constexpr std::string_view k_deliver = "deliver to ", k_enqueue = "enqueue for ";
  PlannedWays ways;
  if (!plan.is_array()) return ways;
  for (const json& one : plan) {
    if (!one.is_string()) continue;
    std::string_view step = one.get_ref<const std::string&>();
    if (step.starts_with(k_deliver)) {
      step.remove_prefix(k_deliver.size());
      const std::string user(step.substr(0, step.find(',')));
      if (std::find(ways.users.begin(), ways.users.end(), user) == ways.users.end())
        ways.users.push_back(user);
    } else if (step.starts_with(k_enqueue)) {
      step.remove_prefix(k_enqueue.size());
      const std::string address(address_of(step));
      const bool named = step.substr(address.size()).starts_with(" at ");
      (named ? ways.lan : ways.remote).push_back(address);
    }
  }
  return ways;
}

bool is_urgent(const json& reasons) {
  return reasons.is_array() && std::any_of(reasons.begin(), reasons.end(), [](const json& reason) {
           return reason.is_object() && text(reason, "stage") == "headers" &&
                  text(reason, "rule") == "urgent";
         });
}

/// The row that all rows of an accepted message begin with.
HistoryMessage first_row(const storage::UnmovedTrace& entry, const json& detail, const std::string& subject) {
  HistoryMessage row;
  row.at = entry.trace.at;
  row.message = entry.trace.id;
  row.sender = plain(entry.trace.reverse_path);
  if (!entry.trace.recipients.empty()) row.recipient = plain(entry.trace.recipients.front());
  row.subject = entry.envelope.empty() ? subject : plain(subject_of_envelope(entry.envelope));
  row.service = plain(text(detail, "service"));
  row.size_bytes = entry.trace.size_bytes;
  return row;
}

/// The address by which the message came to this user, as far as its local part tells.
std::string recipient_of(const storage::TraceEntry& trace, const std::string& user) {
  for (const std::string& address : trace.recipients)
    if (address.starts_with(user + "@")) return plain(address);
  return trace.recipients.empty() ? std::string() : plain(trace.recipients.front());
}

class AcceptedRows {
 public:
  AcceptedRows(const storage::UnmovedTrace& entry, const json& detail, const std::string& subject)
      : entry_(entry), first_(first_row(entry, detail, subject)), author_(plain(text(detail, "user"))) {
    const std::string source = text(detail, "source");
    const bool list = text(detail, "service").starts_with("list ");
    system_ = source == "system" && !list;
    // Posts of a list come from here, whoever has written them: they were counted when they came in.
    from_here_ = list || !author_.empty() || source == "submission";
    collected_ = source == "collector";
    counts_as_sent_ = source != "system";
    urgent_ = is_urgent(detail.value("reasons", json::array()));
  }

  std::vector<HistoryMessage> take(const PlannedWays& ways) {
    if (collected_) add(UsageCode::collected, "");
    for (const std::string& user : ways.users)
      add(system_      ? UsageCode::system_received
          : from_here_ ? UsageCode::local_received
                       : UsageCode::internet_received,
          user)
          .recipient = recipient_of(entry_.trace, user);
    if (!ways.users.empty() && !author_.empty()) add(UsageCode::local_sent, author_);
    if (!ways.remote.empty() && counts_as_sent_)
      add(UsageCode::internet_sent, author_).recipient = plain(ways.remote.front());
    if (!ways.lan.empty()) add(UsageCode::lan_queued, author_).recipient = plain(ways.lan.front());
    for (const std::string& address : ways.lan) add(UsageCode::lan_queued_for, "").recipient = plain(address);
    if (urgent_ && !(ways.remote.empty() && ways.lan.empty())) add(UsageCode::urgent, author_);
    if (rows_.empty()) add(UsageCode::other, author_);  // each trace row leaves one, or it would come again
    return std::move(rows_);
  }

 private:
  HistoryMessage& add(UsageCode code, const std::string& user) {
    rows_.push_back(first_);
    rows_.back().code = static_cast<int>(code);
    rows_.back().user = user;
    return rows_.back();
  }

  const storage::UnmovedTrace& entry_;
  HistoryMessage first_;
  std::string author_;
  bool system_ = false, from_here_ = false, collected_ = false, counts_as_sent_ = false, urgent_ = false;
  std::vector<HistoryMessage> rows_;
};

std::string received_line(const HistoryMessage& row, const storage::TraceEntry& trace, const json& detail) {
  std::string recipients;
  const std::size_t shown = std::min(trace.recipients.size(), k_shown_recipients_max);
  for (std::size_t i = 0; i < shown; ++i) recipients += (i ? "," : "") + trace.recipients[i];
  std::string line =
      "received" + field("message", trace.id.value) + field("from", row.sender) + field("to", recipients);
  if (shown < trace.recipients.size())
    line += field("more", static_cast<std::int64_t>(trace.recipients.size() - shown));
  line +=
      field("size", row.size_bytes) + field("source", text(detail, "source")) + field("service", row.service);
  if (const std::string author = text(detail, "user"); !author.empty()) line += field("user", author);
  return line + field("subject", row.subject);
}

HistoryEvent accepted(const storage::UnmovedTrace& entry, const json& detail, const std::string& subject) {
  const PlannedWays ways = ways_of(detail.value("plan", json::array()));
  HistoryEvent event;
  event.rows = AcceptedRows(entry, detail, subject).take(ways);
  const HistoryMessage& first = event.rows.front();
  event.lines.push_back(received_line(first, entry.trace, detail));
  for (const std::string& user : ways.users)
    event.lines.push_back("delivered" + field("message", entry.trace.id.value) + field("user", user) +
                          field("from", first.sender) + field("size", first.size_bytes) +
                          field("subject", first.subject));
  return event;
}

/// The end of a recipient in the queue.
HistoryEvent ended(const storage::TraceEntry& trace, const json& detail) {
  const bool sent = trace.event == "delivered";
  const bool named = is_route_destination(text(detail, "destination"));
  HistoryMessage row;
  row.at = trace.at;
  row.message = trace.id;
  row.code = static_cast<int>(!sent   ? UsageCode::failed
                              : named ? UsageCode::lan_sent
                                      : UsageCode::client_sent);
  row.user = plain(text(detail, "auth_user"));
  row.sender = plain(text(detail, "from"));
  row.recipient = trace.recipients.empty() ? "" : plain(trace.recipients.front());
  row.subject = plain(text(detail, "subject"));
  row.service = plain(text(detail, "host"));
  row.size_bytes = number(detail, "size_bytes");
  const std::string cause = sent || trace.event == "failed" ? "" : field("by", "administrator");
  HistoryEvent event;
  event.lines.push_back((sent ? "sent" : "failed") + field("message", trace.id.value) +
                        field("from", row.sender) + field("to", row.recipient) +
                        field("size", row.size_bytes) + field("host", row.service) +
                        field("reply", text(detail, "reply")) + cause + field("subject", row.subject));
  event.rows.push_back(std::move(row));
  return event;
}

json detail_of(const storage::TraceEntry& trace) {
  json detail = json::parse(trace.detail, nullptr, false);
  return detail.is_object() ? detail : json::object();
}

/// Takes one nstring off the front; nothing when it is cut off.
std::string take_nstring(std::string_view& input) {
  if (input.starts_with("NIL")) {
    input.remove_prefix(3);
    return {};
  }
  std::string result;
  if (input.starts_with('"')) {
    std::size_t i = 1;
    for (; i < input.size() && input[i] != '"'; ++i) {
      if (input[i] == '\\' && i + 1 < input.size()) ++i;
      result += input[i];
    }
    input.remove_prefix(std::min(input.size(), i + 1));
  } else if (input.starts_with('{')) {
    std::size_t length = 0;
    const auto end = input.find("}\r\n");
    if (end == std::string_view::npos) return {};
    std::from_chars(input.data() + 1, input.data() + end, length);
    result = input.substr(end + 3, length);
    input.remove_prefix(std::min(input.size(), end + 3 + result.size()));
  }
  return result;
}

}  // namespace

std::string subject_of_envelope(std::string_view envelope) {
  if (!envelope.starts_with('(')) return {};
  envelope.remove_prefix(1);
  take_nstring(envelope);  // the date
  if (!envelope.starts_with(' ')) return {};
  envelope.remove_prefix(1);
  return storage::clean_text(mime::decode_words(take_nstring(envelope)));
}

std::vector<HistoryEvent> history_events(const std::vector<storage::UnmovedTrace>& entries) {
  std::vector<HistoryEvent> events(entries.size());
  std::unordered_map<std::int64_t, std::string> subjects;  // of messages that are at an end
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].trace.event == "accepted") continue;
    events[i] = ended(entries[i].trace, detail_of(entries[i].trace));
    subjects[entries[i].trace.id.value] = events[i].rows.front().subject;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const storage::TraceEntry& trace = entries[i].trace;
    if (trace.event == "accepted")
      events[i] = accepted(entries[i], detail_of(trace), subjects[trace.id.value]);
  }
  return events;
}

}  // namespace stagecoach
