// STAT, LIST, UIDL, RETR, TOP, DELE, RSET (RFC 1939 section 5 and 7) over the snapshot.
#include <algorithm>
#include <charconv>

#include "protocols/pop3/server_core.h"

namespace stagecoach::pop3 {

using Core = ServerSession::Core;

namespace {

constexpr std::size_t k_top_range_bytes = 16 * 1024;  // TOP mostly wants the header section

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string Core::summary() const {
  return std::to_string(left) + " messages (" + std::to_string(left_bytes) + " octets)";
}

std::optional<std::size_t> Core::message(std::string_view argument) {
  const auto value = number(trimmed(argument));
  if (value && *value >= 1 && *value <= messages.size() && !deleted[*value - 1])
    return static_cast<std::size_t>(*value - 1);
  complain(value ? "-ERR no such message" : "-ERR a message number is missing");
  return std::nullopt;
}

void Core::stat(std::string_view) { say("+OK " + std::to_string(left) + " " + std::to_string(left_bytes)); }

template <class Describe>
void Core::listing(std::string_view argument, Describe describe) {
  const auto line = [&](std::size_t index) {
    return std::to_string(index + 1) + " " + describe(messages[index]);
  };
  if (!trimmed(argument).empty()) {
    if (const auto index = message(argument)) say("+OK " + line(*index));
    return;
  }
  std::string text = "+OK " + summary() + "\r\n";
  for (std::size_t i = 0; i < messages.size(); ++i)
    if (!deleted[i]) text += line(i) + "\r\n";
  say(text + ".");
}

void Core::list(std::string_view argument) {
  listing(argument, [](const Message& message) { return std::to_string(message.size_bytes); });
}

void Core::uidl(std::string_view argument) {
  listing(argument, [](const Message& message) { return message.uid; });
}

void Core::dele(std::string_view argument) {
  const auto index = message(argument);
  if (!index) return;
  deleted[*index] = true;
  --left;
  left_bytes -= messages[*index].size_bytes;
  say("+OK message " + std::to_string(*index + 1) + " deleted");
}

void Core::rset(std::string_view) {
  deleted.assign(messages.size(), false);
  left = messages.size();
  left_bytes = 0;
  for (const Message& message : messages) left_bytes += message.size_bytes;
  say("+OK " + summary());
}

void Core::retr(std::string_view argument) {
  if (const auto index = message(argument)) begin_content(*index, std::nullopt);
}

void Core::top(std::string_view argument) {
  const auto text = trimmed(argument);
  const auto space = text.find(' ');
  const auto lines = space == std::string_view::npos ? std::nullopt : number(trimmed(text.substr(space)));
  if (!lines) return complain("-ERR say TOP message lines");
  if (const auto index = message(text.substr(0, space))) begin_content(*index, *lines);
}

void Core::begin_content(std::size_t index, std::optional<std::uint64_t> lines) {
  sending.emplace();
  sending->index = index;
  if (lines) sending->top.emplace(*lines);
  if (!lines && settings->trim_trailing_blank_lines) sending->trim.emplace();
  ask_content();
}

void Core::ask_content() {
  const Message& message = messages[sending->index];
  const std::size_t range =
      sending->top ? std::min(k_top_range_bytes, limits().range_bytes) : limits().range_bytes;
  const std::int64_t length =
      std::min(static_cast<std::int64_t>(range), message.size_bytes - sending->offset);
  ask(Question::content,
      ContentWanted{sending->index, message.content, sending->offset, length, !sending->top});
}

void Core::content(std::string_view bytes) {
  if (!answers(Question::content)) return;
  Sending& now = *sending;
  const std::int64_t size = messages[now.index].size_bytes;
  std::string& out = output();
  if (!std::exchange(now.begun, true))
    out += now.top ? "+OK\r\n" : "+OK " + std::to_string(size) + " octets\r\n";
  now.offset += static_cast<std::int64_t>(bytes.size());
  const bool last = bytes.empty() || now.offset >= size;
  if (now.top) bytes = now.top->take(bytes);
  if (now.trim) {
    std::string kept;
    now.trim->pass(bytes, kept);
    if (last) now.trim->finish(kept);
    now.encoder.encode(kept, out);
  } else {
    now.encoder.encode(bytes, out);
  }
  if (!last && !(now.top && now.top->done())) return ask_content();
  now.encoder.finish(out);
  sending.reset();
  go_on();
}

void Core::content_failed(const Error& error) {
  if (!answers(Question::content)) return;
  const bool begun = sending->begun;
  sending.reset();
  if (begun) return close();
  say(error.is_temporary() || error.kind == Error::Kind::internal
          ? "-ERR [SYS/TEMP] the message cannot be read now"
          : "-ERR no such message");
  go_on();
}

}  // namespace stagecoach::pop3
