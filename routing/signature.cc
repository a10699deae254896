#include "routing/signature.h"

#include <algorithm>

#include "routing/html_text.h"
#include "routing/model/address.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_blank = "<blank>", k_personal = "<personalsig>", k_global = "<globalsig>";

bool is_empty(std::string_view text) { return trimmed(text).empty(); }

bool is_blank(std::string_view text) { return equals_ignoring_case(trimmed(text), k_blank); }

/// Each `tag` becomes `with`; what is put in is not looked at again.
std::string replaced(std::string_view text, std::string_view tag, std::string_view with) {
  std::string result;
  for (auto at = find_ignoring_case(text, tag); at != std::string_view::npos;
       at = find_ignoring_case(text, tag)) {
    result += text.substr(0, at);
    result += with;
    text.remove_prefix(at + tag.size());
  }
  return result += text;
}

Footer replaced(const Footer& text, std::string_view tag, const Footer& with) {
  return {replaced(text.plain, tag, with.plain), replaced(text.html, tag, with.html)};
}

bool has_tag(const Footer& text, std::string_view tag) {
  return find_ignoring_case(text.plain, tag) != std::string_view::npos ||
         find_ignoring_case(text.html, tag) != std::string_view::npos;
}

/// Converts what stands between the tags; the tags themselves stay, to be filled later, and in text on lines
/// of their own, because html_to_text takes the white space at its ends away.
std::string converted(std::string_view text, std::string (*convert)(std::string_view),
                      std::string_view join) {
  std::string result;
  while (!text.empty()) {
    const auto personal = find_ignoring_case(text, k_personal), global = find_ignoring_case(text, k_global);
    const auto at = std::min({personal, global, text.size()});
    const auto tag = at == text.size() ? std::string_view() : at == personal ? k_personal : k_global;
    for (const std::string& piece : {convert(text.substr(0, at)), std::string(tag)}) {
      if (!result.empty() && !piece.empty()) result += join;
      result += piece;
    }
    text.remove_prefix(at + tag.size());
  }
  return result;
}

std::string attribute(const std::map<std::string, std::string>& book, std::string_view name) {
  const auto find = [&](std::string_view wanted) -> std::string {
    for (const auto& [key, value] : book)
      if (equals_ignoring_case(key, wanted)) return value;
    return {};
  };
  std::string value = find(name);
  // The short names are what signatures have always used, the long ones what inetOrgPerson calls them.
  if (value.empty() && equals_ignoring_case(name, "gn")) value = find("givenName");
  if (value.empty() && equals_ignoring_case(name, "c")) value = find("countryName");
  return value;
}

bool is_attribute_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

/// "[cn]" by the address book; other text in brackets stays.
std::string with_attributes(std::string_view text, const std::map<std::string, std::string>& book,
                            bool html) {
  std::string result;
  while (!text.empty()) {
    const auto open = std::min(text.find('['), text.size());
    const auto close = text.find(']', open);
    result += text.substr(0, open);
    if (close == std::string_view::npos) return result += text.substr(open);
    const auto name = text.substr(open + 1, close - open - 1);
    if (is_attribute_name(name)) {
      result += html ? escape_html(attribute(book, name)) : attribute(book, name);
      text.remove_prefix(close + 1);
    } else {
      result += '[';
      text.remove_prefix(open + 1);
    }
  }
  return result;
}

/// A signature as it is set. It exists when one of its forms has content, which may be "<blank>".
struct Source {
  std::string_view plain, html;
  bool exists() const { return !is_empty(plain) || !is_empty(html); }
  /// Both forms, "<blank>" taken as nothing.
  Footer footer() const {
    const bool any_blank = is_blank(plain) || is_blank(html);
    Footer footer;
    if (!is_empty(plain) && !is_blank(plain)) footer.plain = plain;
    if (!is_empty(html) && !is_blank(html)) footer.html = html_body(html);
    return any_blank ? footer : complete_footer(std::move(footer));
  }
};

struct Named {
  Footer footer;
  std::string text;
};

Source personal_of(const User& user, SignatureDirection direction) {
  const auto& signatures = user.profile->signature;
  const auto& text = direction == SignatureDirection::outgoing ? signatures.outgoing : signatures.internal;
  return {text.plain, text.html};
}

Named global_of(const User* sender, const GlobalSignature& policy) {
  const Source auth{policy.auth_plain, policy.auth_html};
  if (!sender || !auth.exists())
    return {Source{policy.default_plain, policy.default_html}.footer(), "default signature"};
  Footer footer = auth.footer();
  footer.plain = with_attributes(footer.plain, sender->profile->address_book, false);
  footer.html = with_attributes(footer.html, sender->profile->address_book, true);
  return {std::move(footer), "signature of all who log in"};
}

/// The personal signature within the global one, or the other way round, or the first that exists.
Named mixed(const User* sender, SignatureDirection direction, const GlobalSignature& policy) {
  Named global = global_of(sender, policy);
  const Source own = sender ? personal_of(*sender, direction) : Source{};
  const Footer personal = own.footer();
  const std::string name = sender ? "personal signature of " + sender->name : "";
  if (has_tag(global.footer, k_personal))
    return {replaced(global.footer, k_personal, replaced(personal, k_global, {})),
            global.text + (own.exists() ? " with the " + name : "")};
  if (!own.exists()) return global;
  const bool within = has_tag(personal, k_global);
  return {replaced(personal, k_global, global.footer), name + (within ? " with the " + global.text : "")};
}

void apply_script(const SignatureScript& script, Named& choice) {
  const std::string plain = script(SignatureFormat::plain), html = script(SignatureFormat::html);
  if (is_empty(plain) && is_empty(html)) return;
  // A form that the script leaves open comes from the one it gave, not from another signature.
  choice = {Source{plain, html}.footer(), "signature script"};
}

}  // namespace

Footer complete_footer(Footer footer) {
  if (is_empty(footer.html) && !is_empty(footer.plain))
    footer.html = converted(footer.plain, text_to_html, "");
  if (is_empty(footer.plain) && !is_empty(footer.html))
    footer.plain = converted(footer.html, html_to_text, "\r\n");
  return footer;
}

SignatureChoice choose_signature(const User* sender, SignatureDirection direction, const Policy& policy,
                                 const SignatureScript& script) {
  const bool outgoing = direction == SignatureDirection::outgoing;
  if (sender) {
    const auto& own = sender->profile->signature;
    if (outgoing ? own.outgoing.disabled : own.internal.disabled)
      return {{}, "no signature: switched off for " + sender->name};
  }
  Named choice = mixed(sender, direction, outgoing ? policy.outgoing_signature : policy.internal_signature);
  if (script) apply_script(script, choice);
  // Tags without effect do not show.
  for (const auto tag : {k_personal, k_global, k_blank}) choice.footer = replaced(choice.footer, tag, {});
  if (is_empty(choice.footer.plain) && is_empty(choice.footer.html))
    return {{}, "no signature: the " + choice.text + " is empty"};
  return {std::move(choice.footer), choice.text};
}

}  // namespace stagecoach::routing
