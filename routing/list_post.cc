#include "routing/list_post.h"

#include <algorithm>

#include "routing/header_edit.h"
#include "routing/modifier_text.h"
#include "routing/signature.h"

namespace stagecoach::routing {
namespace {

std::string moderator_address(const MailList& list, const Directory& directory) {
  if (!list.moderator.empty()) return directory.complete(split_address(list.moderator)).text();
  const auto moderators = moderators_of(list, directory);
  return moderators.empty() ? list_return_path(list, directory)
                            : directory.complete(split_address(moderators.front())).text();
}

}  // namespace

std::string expand_modifier(std::string_view data, const MailList& list, const HeaderFields& header,
                            std::string_view reverse_path, const Directory& directory) {
  return expand_modifier(data, originator_of(header, reverse_path),
                         [&](char letter, std::string_view before) -> std::optional<std::string> {
                           if (letter == 'l')
                             return before.ends_with('<') ? list_address(list, directory) : list.name;
                           if (letter == 'm') return moderator_address(list, directory);
                           return std::nullopt;
                         });
}

bool offers_one_click(const MailList& list) {
  if (list.type != ListType::mailing || !list.one_click || !list.allow_subscribe) return false;
  return std::none_of(list.header_modifiers.begin(), list.header_modifiers.end(),
                      [](const std::string& line) {
                        const auto edit = parse_header_modifier(line);
                        return edit && equals_ignoring_case(edit->name, "List-Unsubscribe");
                      });
}

std::string unsubscribe_by_mail(const MailList& list, const Directory& directory) {
  return "<mailto:" + list_server_address(list, directory) + "?subject=unsubscribe%20" + list.name + ">";
}

Rendition list_rendition(const MailList& list, const HeaderFields& header, std::string_view reverse_path,
                         const Directory& directory) {
  Rendition changes;
  const auto has_modifier = [&](std::string_view name) {
    for (const HeaderEdit& edit : changes.header)
      if (equals_ignoring_case(edit.name, name)) return true;
    return false;
  };
  for (const std::string& line : list.header_modifiers) {
    auto edit = parse_header_modifier(line);
    if (!edit) continue;  // check reports it
    edit->value = expand_modifier(edit->value, list, header, reverse_path, directory);
    changes.header.push_back(std::move(*edit));
  }
  const auto set = [&](const char* name, const std::string& value) {
    if (!has_modifier(name)) changes.header.push_back({HeaderEdit::Kind::set, name, value});
  };
  const std::string address = list_address(list, directory);
  const std::string server = list_server_address(list, directory);
  set("List-Id", "<" + list.name + "." + split_address(address).domain + ">");
  set("List-Post", list.posting == PostingPolicy::moderators ? "NO" : "<mailto:" + address + ">");
  if (list.type == ListType::mailing && list.allow_subscribe) {
    set("List-Subscribe", "<mailto:" + server + "?subject=subscribe%20" + list.name + ">");
    set("List-Unsubscribe", unsubscribe_by_mail(list, directory));
    set("List-Help", "<mailto:" + server + "?subject=help>");
  }
  changes.header.push_back({HeaderEdit::Kind::add, "X-Loop", address});
  if (!list.signature.empty()) changes.footer = complete_footer({list.signature, {}});
  return changes;
}

}  // namespace stagecoach::routing
