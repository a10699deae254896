#include "routing/collected_names.h"

#include <algorithm>

#include "routing/text.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_texts_max = 1000;  // of one field; a stranger writes them

void add(std::vector<std::string>& texts, std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && texts.size() < k_texts_max) texts.emplace_back(text);
}

/// The user or list that the text names; empty: nobody.
std::string named(std::string_view text, const Directory& directory) {
  if (const User* user = directory.find_user(text)) return user->name;
  if (const MailList* list = directory.find_list(text)) return list->name;
  for (const User& user : directory.users())
    if (!user.profile->full_name.empty() && equals_ignoring_case(user.profile->full_name, text))
      return user.name;
  return {};
}

}  // namespace

std::vector<std::string> texts_beside_addresses(std::string_view body) {
  std::vector<std::string> texts;
  std::string word;
  bool quoted = false, angle = false;
  int depth = 0;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (c == '\\' && i + 1 < body.size() && (quoted || depth > 0)) {
      word += body[++i];
    } else if (quoted) {
      if (c == '"')
        quoted = false;
      else
        word += c;
    } else if (depth > 0) {
      if (c == '(') ++depth;
      if (c == ')' && --depth == 0) {
        add(texts, word);
        word.clear();
      } else {
        word += c;
      }
    } else if (c == '(') {
      word.clear();  // what stands before a comment is an address
      depth = 1;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '<') {
      add(texts, word);
      word.clear();
      angle = true;
    } else if (c == ',' || c == ';' || c == ':') {
      word.clear();
      angle = false;
    } else if (c == '>') {
      angle = false;
    } else if (!angle) {
      word += c;
    }
  }
  return texts;
}

std::vector<std::string> markers_in(std::string_view subject) {
  std::vector<std::string> markers;
  for (auto open = subject.find('['); open != std::string_view::npos; open = subject.find('[', open + 1)) {
    const auto close = subject.find(']', open);
    if (close == std::string_view::npos) break;
    add(markers, subject.substr(open + 1, close - open - 1));
  }
  return markers;
}

std::vector<std::string> collected_names(const HeaderFields& header, RoutingMethod method,
                                         const Directory& directory) {
  std::vector<std::string> names;
  const auto take = [&](const std::vector<std::string>& texts) {
    for (const std::string& text : texts)
      if (std::string name = named(text, directory);
          !name.empty() && std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(std::move(name));
  };
  for (const HeaderField& field : header) {
    if (method == RoutingMethod::subject_marker && equals_ignoring_case(field.name, "Subject"))
      take(markers_in(field.body));
    if (method == RoutingMethod::single_address_comment &&
        (equals_ignoring_case(field.name, "To") || equals_ignoring_case(field.name, "Cc")))
      take(texts_beside_addresses(field.body));
  }
  return names;
}

}  // namespace stagecoach::routing
