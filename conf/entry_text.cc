#include "conf/entry_text.h"

#include "conf/list_settings.h"
#include "conf/profile_settings.h"
#include "conf/read_settings.h"
#include "conf/value_text.h"

namespace stagecoach::conf {
namespace {

// ---- writing ----

template <SettingsStruct S>
void write_table(const S& section, const std::string& path, std::string& out) {
  const S defaults;
  for_each_setting<S>([&](const auto& setting) {
    const auto& value = section.*setting.member;
    using Member = std::remove_cvref_t<decltype(value)>;
    if constexpr (!SettingsStruct<Member> && !IsSectionList<Member>::value)
      if (!same_value(value, defaults.*setting.member))
        out +=
            std::string(setting.key) + " = " + value_text(value, setting.constraint, Secrets::written) + "\n";
  });
  for_each_setting<S>([&](const auto& setting) {
    const auto& value = section.*setting.member;
    using Member = std::remove_cvref_t<decltype(value)>;
    const std::string inner = joined_key(path, setting.key);
    if constexpr (SettingsStruct<Member>) {
      if (same_value(value, defaults.*setting.member)) return;
      out += "[" + inner + "]\n";
      write_table(value, inner, out);
    } else if constexpr (IsSectionList<Member>::value) {
      for (const auto& element : value) {
        out += "[[" + inner + "]]\n";
        write_table(element, inner, out);
      }
    }
  });
}

// ---- reading ----

/// Reads TOML for one entry and keeps what is wrong with it.
class EntryReader {
 public:
  EntryReader() = default;
  explicit EntryReader(std::string file) : file_(std::move(file)) {}

  /// Calls read(table, context) if the text is TOML.
  template <class Read>
  Result<void> run(std::string_view text, Read read) {
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
      const std::string line = std::to_string(line_of(parsed.error().source()));
      return invalid_input((file_.empty() ? "line " + line : file_ + ":" + line) + ": " +
                           std::string(parsed.error().description()));
    }
    read(parsed.table(), ReadContext{file_, file_, problems_, lines_, seen_});
    return problems_.empty() ? Result<void>() : Result<void>(invalid_input(reasons()));
  }

 private:
  std::string reasons() const {
    constexpr std::size_t k_shown_max = 10;
    std::string text;
    const char* const between = file_.empty() ? "; " : "\n";
    for (std::size_t i = 0; i < problems_.size() && i < k_shown_max; ++i)
      text += (i == 0 ? "" : between) +
              (file_.empty() ? problems_[i].key + ": " + problems_[i].message : problems_[i].text());
    return problems_.size() > k_shown_max ? text + between + "…" : text;
  }

  std::string file_;  // empty: not a file of somebody
  Problems problems_;
  KeyLines lines_;
  std::set<std::string> seen_;
};

// ---- single keys ----

/// Finds the setting of a path like "routing.size_ge.kb" and calls visit(setting, member, rest): `rest` is
/// the key in a table with any keys, else empty. The answer is whether there is such a setting.
template <SettingsStruct S, class Entry, class Visit>
bool visit_key(Entry& entry, std::string_view path, const Visit& visit) {
  bool found = false;
  const auto behind = [&](std::string_view key) {
    return path.size() > key.size() + 1 && path.starts_with(key) && path[key.size()] == '.'
               ? path.substr(key.size() + 1)
               : std::string_view();
  };
  for_each_setting<S>([&](const auto& setting) {
    if (found) return;
    auto& member = entry.*setting.member;
    using Member = std::remove_cvref_t<decltype(member)>;
    const std::string_view rest = behind(setting.key);
    const bool named = path == setting.key || (!setting.also.empty() && path == setting.also);
    if constexpr (SettingsStruct<Member>) {
      found = !rest.empty() && visit_key<Member>(member, rest, visit);
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(setting.constraint)>, Flat>)
        found = found || visit_key<Member>(member, path, visit);
    } else if (named || (IsTextMap<Member>::value && !rest.empty())) {
      visit(setting, member, named ? std::string_view() : rest);
      found = true;
    }
  });
  return found;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() < 19 &&
         text.find_first_not_of("0123456789") == std::string_view::npos &&
         (text.size() == 1 || text.front() != '0');
}

std::string flag_literal(std::string_view text) {
  const std::string word = to_lower(text);
  if (word == "true" || word == "on" || word == "yes" || word == "1") return "true";
  if (word == "false" || word == "off" || word == "no" || word == "0") return "false";
  return in_quotes(word.empty() ? "individual" : word);
}

template <class C>
std::string_view separators_of(const C& constraint) {
  if constexpr (std::is_same_v<C, Separated>)
    return constraint.separators;
  else if constexpr (requires { constraint.all; })
    return ",; \n";
  else
    return ";\n";
}

/// The list after "+a; b", "-a" or "a; b".
std::vector<std::string> edited_list(std::vector<std::string> list, std::string_view text,
                                     std::string_view separators) {
  const char sign = text.empty() ? '=' : text.front();
  if (sign == '+' || sign == '-' || sign == '=') text.remove_prefix(std::min<std::size_t>(1, text.size()));
  const std::vector<std::string> parts = split_list(text, separators);
  if (sign != '+' && sign != '-') return parts;
  for (const std::string& part : parts) {
    const auto same = [&](const std::string& other) { return equals_ignoring_case(other, part); };
    if (sign == '-')
      std::erase_if(list, same);
    else if (std::none_of(list.begin(), list.end(), same))
      list.push_back(part);
  }
  return list;
}

/// The TOML of a value that stands as plain text, so that the one reader checks it.
template <class T, class C>
std::string literal(const T& before, const C& constraint, std::string_view text) {
  if constexpr (IsSectionList<T>::value || IsTextMap<T>::value) {
    return text.empty() ? (IsTextMap<T>::value ? "{}" : "[]") : std::string(text);
  } else if constexpr (IsSharedList<T>::value) {
    return literal(*before, constraint, text);
  } else if constexpr (IsVector<T>::value) {
    std::vector<std::string> list;
    if constexpr (std::is_same_v<T, std::vector<std::string>>)
      list = edited_list(before, text, separators_of(constraint));
    else
      list = split_list(text, separators_of(constraint));
    std::string result;
    for (const std::string& element : list) result += (result.empty() ? "" : ", ") + in_quotes(element);
    return "[" + result + "]";
  } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::optional<bool>>) {
    return flag_literal(text);
  } else if constexpr (std::is_same_v<T, std::string> || requires { constraint.all; }) {
    return in_quotes(text);
  } else {
    return is_integer(text) ? std::string(text) : in_quotes(text);
  }
}

template <class T, class C>
Result<void> set_value(T& member, const C& constraint, std::string_view key, std::string_view text) {
  T value = member;
  EntryReader reader;
  auto done = reader.run("v = " + literal(member, constraint, text),
                         [&](const toml::table& table, const ReadContext& context) {
                           const Place place{std::string(key), 0};
                           const toml::node* node = table.get("v");
                           if (table.size() != 1 || !node)
                             context.error(place, "is more than one value");
                           else if constexpr (IsSectionList<T>::value)
                             value.clear(), read_sections(*node, value, place, context);
                           else if constexpr (IsTextMap<T>::value)
                             value.clear(), read_value(*node, value, constraint, place, context);
                           else
                             read_value(*node, value, constraint, place, context);
                         });
  if (done) member = std::move(value);
  return done;
}

/// One key of a table with any keys; an empty text removes it. What TOML could not hold (no UTF-8) is
/// refused.
Result<void> set_map_key(std::map<std::string, std::string>& map, std::string_view key,
                         std::string_view text) {
  if (text.empty()) return map.erase(std::string(key)), Result<void>();
  if (map.size() >= k_map_max && !map.contains(std::string(key))) return limit_reached("more than 1000 keys");
  return EntryReader().run(
      key_text(key) + " = " + in_quotes(text),
      [&](const toml::table&, const ReadContext&) { map[std::string(key)] = std::string(text); });
}

template <class T, class C>
std::string plain_text(const T& value, const C& constraint) {
  if constexpr (std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (IsSharedList<T>::value) {
    return plain_text(*value, constraint);
  } else if constexpr (IsVector<T>::value && !IsSectionList<T>::value) {
    const char separator = separators_of(constraint).front();
    const std::string between = separator == '\n' ? "\n" : std::string(1, separator) + " ";
    std::string text;
    for (const auto& element : value) text += (text.empty() ? "" : between) + plain_text(element, constraint);
    return text.empty() || std::string_view("+-=").find(text.front()) == std::string_view::npos ? text
                                                                                                : "=" + text;
  } else {
    const std::string text = value_text(value, constraint, Secrets::written);
    return text.starts_with('"') ? text.substr(1, text.size() - 2) : text;  // words: nothing is escaped
  }
}

template <SettingsStruct S>
void add_keys(const std::string& path, std::vector<KeyInfo>& keys) {
  const S defaults;
  for_each_setting<S>([&](const auto& setting) {
    const auto& value = defaults.*setting.member;
    using Member = std::remove_cvref_t<decltype(value)>;
    const std::string key = joined_key(path, setting.key);
    if constexpr (SettingsStruct<Member>)
      add_keys<Member>(key, keys);
    else
      keys.push_back({IsTextMap<Member>::value ? key + ".*" : key, values_text<Member>(setting.constraint),
                      IsTextMap<Member>::value ? std::string() : plain_text(value, setting.constraint),
                      std::string(setting.text)});
  });
}

template <SettingsStruct S>
Error unknown(std::string_view key) {
  std::vector<std::string_view> words;
  for (const KeyInfo& info : list_keys<S>()) words.push_back(info.key);
  const std::string similar = nearest(key, words);
  return not_found("there is no setting \"" + std::string(key.substr(0, 100)) + "\"" +
                   (similar.empty() ? "" : "; do you mean " + similar + "?"));
}

}  // namespace

template <class S>
std::string entry_text(const S& entry) {
  std::string text;
  write_table(entry, {}, text);
  return text;
}

namespace {

template <class S>
Result<S> read_entry(std::string_view text, EntryReader reader) {
  S entry;
  auto done = reader.run(text, [&](const toml::table& table, const ReadContext& context) {
    read_settings(table, entry, context, {});
  });
  if (!done) return std::move(done.error());
  return entry;
}

}  // namespace

template <class S>
Result<S> parse_entry(std::string_view text) {
  return read_entry<S>(text, EntryReader());
}

template <class S>
Result<S> parse_entry_file(std::string_view text, const std::string& file) {
  return read_entry<S>(text, EntryReader(file));
}

template <class S>
Result<void> set_key(S& entry, std::string_view key, std::string_view text) {
  Result<void> done;
  const bool found = visit_key<S>(entry, key, [&](const auto& setting, auto& member, std::string_view rest) {
    if constexpr (IsTextMap<std::remove_cvref_t<decltype(member)>>::value) {
      if (!rest.empty()) {
        done = set_map_key(member, rest, text);
        return;
      }
    }
    done = set_value(member, setting.constraint, key, text);
  });
  if (!found) return unknown<S>(key);
  return done;
}

template <class S>
Result<std::string> get_key(const S& entry, std::string_view key) {
  std::string text;
  const bool found =
      visit_key<S>(entry, key, [&](const auto& setting, const auto& member, std::string_view rest) {
        if constexpr (IsTextMap<std::remove_cvref_t<decltype(member)>>::value) {
          if (!rest.empty()) {
            const auto place = member.find(std::string(rest));
            if (place != member.end()) text = place->second;
            return;
          }
        }
        text = plain_text(member, setting.constraint);
      });
  if (!found) return unknown<S>(key);
  return text;
}

template <class S>
const std::vector<KeyInfo>& list_keys() {
  static const std::vector<KeyInfo> keys = [] {
    std::vector<KeyInfo> result;
    add_keys<S>({}, result);
    return result;
  }();
  return keys;
}

Profile copied_settings(const Profile& from, Profile to) {
  Profile result = from;
  result.full_name = std::move(to.full_name);
  result.comments = std::move(to.comments);
  result.aliases = std::move(to.aliases);
  return result;
}

template std::string entry_text(const Profile&);
template Result<Profile> parse_entry(std::string_view);
template Result<void> set_key(Profile&, std::string_view, std::string_view);
template Result<std::string> get_key(const Profile&, std::string_view);
template const std::vector<KeyInfo>& list_keys<Profile>();

template std::string entry_text(const MailList&);
template Result<MailList> parse_entry(std::string_view);
template Result<void> set_key(MailList&, std::string_view, std::string_view);
template Result<std::string> get_key(const MailList&, std::string_view);
template const std::vector<KeyInfo>& list_keys<MailList>();

template std::string entry_text(const Group&);
template Result<Group> parse_entry(std::string_view);
template Result<void> set_key(Group&, std::string_view, std::string_view);
template Result<std::string> get_key(const Group&, std::string_view);
template const std::vector<KeyInfo>& list_keys<Group>();

template std::string entry_text(const Mapping&);
template Result<Mapping> parse_entry(std::string_view);
template Result<void> set_key(Mapping&, std::string_view, std::string_view);
template Result<std::string> get_key(const Mapping&, std::string_view);
template const std::vector<KeyInfo>& list_keys<Mapping>();

template std::string entry_text(const MessageRule&);
template Result<MessageRule> parse_entry(std::string_view);
template Result<void> set_key(MessageRule&, std::string_view, std::string_view);
template Result<std::string> get_key(const MessageRule&, std::string_view);
template const std::vector<KeyInfo>& list_keys<MessageRule>();

template std::string entry_text(const AutoresponderDefinition&);
template Result<AutoresponderDefinition> parse_entry(std::string_view);
template Result<void> set_key(AutoresponderDefinition&, std::string_view, std::string_view);
template Result<std::string> get_key(const AutoresponderDefinition&, std::string_view);
template const std::vector<KeyInfo>& list_keys<AutoresponderDefinition>();

template std::string entry_text(const Autoresponder&);
template Result<Autoresponder> parse_entry_file(std::string_view, const std::string&);

template std::string entry_text(const AutoresponderRule&);
template Result<AutoresponderRule> parse_entry(std::string_view);
template Result<void> set_key(AutoresponderRule&, std::string_view, std::string_view);
template Result<std::string> get_key(const AutoresponderRule&, std::string_view);
template const std::vector<KeyInfo>& list_keys<AutoresponderRule>();

}  // namespace stagecoach::conf
