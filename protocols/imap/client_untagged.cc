// What the server says between command and answer, or without being asked.
#include <algorithm>
#include <charconv>

#include "protocols/imap/client_core.h"
#include "routing/model/address.h"

namespace stagecoach::imap {

using Core = ClientSession::Core;

namespace {

template <class Number>
void read_number(std::string_view text, Number& number) {
  Number value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{}) number = value;
}

}  // namespace

void Core::on_untagged(std::string_view reply) {
  const ClientLimits& limits = settings->limits;
  const bool is_listing = current && current->kind == Kind::messages;
  if (++replies > limits.replies_max + (is_listing ? limits.messages_max : 0))
    return fail(limit_reached("the server says too much"));
  if (const auto status = parse_status(reply)) return on_status(*status, reply);
  const auto space = std::min(reply.find(' '), reply.size());
  const auto word = reply.substr(0, space);
  const auto rest = reply.substr(std::min(space + 1, reply.size()));
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), number);
  if (parsed.ec == std::errc{} && parsed.ptr == word.data() + word.size()) {
    const auto end = std::min(rest.find(' '), rest.size());
    return on_numbered(number, rest.substr(0, end), rest.substr(std::min(end + 1, rest.size())));
  }
  if (equals_ignoring_case(word, "CAPABILITY")) {
    has = parse_capabilities(rest);
    capabilities_fresh = true;
  }
  if (!current) return;
  if (current->kind == Kind::search && equals_ignoring_case(word, "SEARCH"))
    others_deleted = others_deleted || rest.find_first_of("123456789") != std::string_view::npos;
  if (current->kind != Kind::list || !equals_ignoring_case(word, "LIST")) return;
  auto found = parse_folder(rest);
  if (!found) return;  // a name that no folder here could have
  if (folders.size() >= limits.folders_max) return fail(limit_reached("the server has too many folders"));
  folders.push_back(std::move(*found));
}

void Core::on_status(const StatusReply& status, std::string_view reply) {
  const auto is_code = [&](std::string_view code) { return equals_ignoring_case(status.code, code); };
  if (equals_ignoring_case(status.status, "BYE")) {
    if (current && current->kind == Kind::logout) return;
    return fail(unavailable(remote_error(current ? current->shown : "nothing", reply)));
  }
  if (is_code("CAPABILITY")) {
    has = parse_capabilities(status.argument);
    capabilities_fresh = true;
  }
  if (is_code("UIDVALIDITY")) read_number(status.argument, folder.uid_validity);
  if (is_code("UIDNEXT")) read_number(status.argument, folder.uid_next);
  if (is_code("READ-ONLY")) folder.read_only = true;
}

void Core::on_numbered(std::uint64_t number, std::string_view word, std::string_view rest) {
  if (equals_ignoring_case(word, "FETCH")) return on_fetch(rest);
  if (equals_ignoring_case(word, "EXPUNGE") && folder.messages > 0) --folder.messages;
  if (!equals_ignoring_case(word, "EXISTS")) return;
  const bool more = number > folder.messages;
  folder.messages = number;
  if (more && current && current->kind == Kind::idle) events.emplace_back(MessagesArrived{folder.messages});
}

void Core::on_fetch(std::string_view text) {
  if (!current || (current->kind != Kind::messages && current->kind != Kind::content)) return;
  auto reply = parse_fetch(text);
  if (!reply) return fail(invalid_input(remote_error(current->shown, text)));
  if (current->kind == Kind::messages) return message_listed(*reply);
  content_reply(*reply);
}

void Core::message_listed(const FetchReply& reply) {
  if (reply.uid == 0) return;  // news of flags
  if (messages.size() >= settings->limits.messages_max)
    return fail(limit_reached("the folder has more than " + std::to_string(settings->limits.messages_max) +
                              " messages"));
  messages.push_back({reply.uid, reply.size_bytes, reply.deleted});
}

void Core::content_reply(FetchReply& reply) {
  if (!reply.content) return;  // news of flags, or NIL: the message has gone
  if (reply.uid != wanted_uid)
    return fail(invalid_input("the server sent message " + std::to_string(reply.uid) + " instead of " +
                              std::to_string(wanted_uid)));
  if (std::exchange(content_ended, true)) return fail(invalid_input("the server sent a message twice"));
  if (std::exchange(content_seen, true)) return;  // it came as a literal
  content(*reply.content);
}

}  // namespace stagecoach::imap
