#include "routing/list_post.h"

#include <algorithm>

#include "routing/header_edit.h"
#include "routing/signature.h"

namespace stagecoach::routing {
namespace {

/// "Ann Smith" of "Ann Smith <ann@x.example>"; the local part when there is no name.
std::string name_of_originator(const HeaderFields& header, const std::string& address) {
  std::string name(first_body(header, "From"));
  const auto open = name.find('<');
  name.resize(open == std::string::npos ? 0 : open);
  std::erase(name, '"');
  const auto end = name.find_last_not_of(" \t");
  name.resize(end == std::string::npos ? 0 : end + 1);
  return name.empty() ? split_address(address).local : name;
}

std::string address_of_originator(const HeaderFields& header, std::string_view reverse_path) {
  for (const HeaderField& field : header)
    if (equals_ignoring_case(field.name, "From") && !field.addresses.empty())
      return field.addresses.front().text();
  return std::string(reverse_path);
}

std::string moderator_address(const MailList& list, const Directory& directory) {
  if (!list.moderator.empty()) return directory.complete(split_address(list.moderator)).text();
  const auto moderators = moderators_of(list, directory);
  return moderators.empty() ? list_return_path(list, directory)
                            : directory.complete(split_address(moderators.front())).text();
}

/// Not quoted text becomes a quoted string where it stands before an address.
std::string display_name(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string expand_modifier(std::string_view data, const MailList& list, const HeaderFields& header,
                            std::string_view reverse_path, const Directory& directory) {
  const std::string originator = address_of_originator(header, reverse_path);
  const bool before_address = data.find('<') != std::string_view::npos;
  std::string result;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i] != '%' || i + 1 == data.size()) {
      result += data[i];
      continue;
    }
    switch (to_lower(data[++i])) {
      case 'o': result += originator; break;
      case 'n': {
        const std::string name = name_of_originator(header, originator);
        result += before_address ? display_name(name) : name;
        break;
      }
      case 'l':
        result += !result.empty() && result.back() == '<' ? list_address(list, directory) : list.name;
        break;
      case 'm': result += moderator_address(list, directory); break;
      case '%': result += '%'; break;
      default: result.append({'%', data[i]});
    }
  }
  return result;
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
