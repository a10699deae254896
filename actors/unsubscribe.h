// Links that take one member off one list (RFC 8058). A link holds list and member, signed with a key that
// all nodes share, so nothing has to be kept for it, and it works for as long as the list and the member are
// there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/node.h"
#include "routing/model/mail_list.h"

namespace stagecoach {

inline constexpr std::string_view k_unsubscribe_path = "/unsubscribe/";  // a token follows

/// What a link is about: `member` as the list names it.
struct UnsubscribeToken {
  ListId list;
  std::string member;
  bool operator==(const UnsubscribeToken&) const = default;
};

/// base64url, without padding. `key` is secret.
std::string unsubscribe_token(std::string_view key, const UnsubscribeToken& content);
/// Nothing for what this key has not signed.
std::optional<UnsubscribeToken> read_unsubscribe_token(std::string_view key, std::string_view token);

/// The link for a member of a list; empty: the list offers none ([lists] unsubscribe_url, one_click,
/// allow_subscribe), or the member is a list itself. From any thread; costs one HMAC.
std::string unsubscribe_url(const Node& node, const MailList& list, std::string_view member);

}  // namespace stagecoach
