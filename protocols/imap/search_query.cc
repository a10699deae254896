#include "protocols/imap/search_query.h"

#include "protocols/imap/flags.h"
#include "protocols/imap/internal_date.h"
#include "protocols/mime/decode.h"
#include "routing/model/address.h"

namespace stagecoach::imap {
namespace {

using Kind = SearchKey::Kind;

SearchKey flags_key(Kind kind, std::uint8_t flags) {
  SearchKey key;
  key.kind = kind;
  key.flags = flags;
  return key;
}

constexpr struct {
  const char* name;
  Kind kind;
  std::uint8_t flags;
} k_flag_keys[] = {
    {"ANSWERED", Kind::flags_set, flag_answered},     {"DELETED", Kind::flags_set, flag_deleted},
    {"DRAFT", Kind::flags_set, flag_draft},           {"FLAGGED", Kind::flags_set, flag_flagged},
    {"RECENT", Kind::flags_set, flag_recent},         {"SEEN", Kind::flags_set, flag_seen},
    {"UNANSWERED", Kind::flags_unset, flag_answered}, {"UNDELETED", Kind::flags_unset, flag_deleted},
    {"UNDRAFT", Kind::flags_unset, flag_draft},       {"UNFLAGGED", Kind::flags_unset, flag_flagged},
    {"UNSEEN", Kind::flags_unset, flag_seen},         {"OLD", Kind::flags_unset, flag_recent}};

constexpr struct {
  const char* name;
  Kind kind;
} k_day_keys[] = {{"BEFORE", Kind::before},  {"ON", Kind::on},
                  {"SINCE", Kind::since},    {"SENTBEFORE", Kind::sent_before},
                  {"SENTON", Kind::sent_on}, {"SENTSINCE", Kind::sent_since}};

constexpr struct {
  const char* name;
  Kind kind;
  const char* field;
} k_text_keys[] = {{"BCC", Kind::header, "Bcc"},   {"CC", Kind::header, "Cc"},
                   {"FROM", Kind::header, "From"}, {"SUBJECT", Kind::header, "Subject"},
                   {"TO", Kind::header, "To"},     {"BODY", Kind::body, ""},
                   {"TEXT", Kind::text, ""}};

class SearchParser {
 public:
  SearchParser(Cursor& cursor, const Limits& limits, SearchProblem& problem)
      : cursor_(cursor), limits_(limits), problem_(problem) {}

  std::optional<SearchQuery> parse() {
    if (!returns() || !charset()) return std::nullopt;
    query_.root.kind = Kind::both;
    if (!keys(query_.root, 0) || !cursor_.at_end()) return std::nullopt;
    return std::move(query_);
  }

 private:
  bool returns() {
    if (!cursor_.word("RETURN")) return true;
    SearchReturn& result = query_.result;
    result.extended = true;
    if (!cursor_.space() || !cursor_.take('(')) return false;
    while (!cursor_.take(')')) {
      if (cursor_.word("MIN"))
        result.min = true;
      else if (cursor_.word("MAX"))
        result.max = true;
      else if (cursor_.word("ALL"))
        result.all = true;
      else if (cursor_.word("COUNT"))
        result.count = true;
      else
        return false;  // SAVE (RFC 5182) is not offered
      cursor_.space();
    }
    if (!result.min && !result.max && !result.count) result.all = true;
    return cursor_.space();
  }

  bool charset() {
    if (!cursor_.word("CHARSET")) return true;
    if (!cursor_.space()) return false;
    const auto name = cursor_.astring();
    if (!name || !cursor_.space()) return false;
    problem_.bad_charset = !equals_ignoring_case(*name, "UTF-8") && !equals_ignoring_case(*name, "US-ASCII");
    return !problem_.bad_charset;
  }

  /// Keys that are all to match, up to the end or a closing parenthesis.
  bool keys(SearchKey& parent, std::size_t depth) {
    do {
      SearchKey child;
      if (!key(child, depth + 1)) return false;
      parent.children.push_back(std::move(child));
    } while (cursor_.space());
    return true;
  }

  bool key(SearchKey& key, std::size_t depth) {
    if (depth > limits_.search_depth_max || ++count_ > limits_.search_keys_max) return false;
    if (cursor_.take('(')) {
      key.kind = Kind::both;
      return keys(key, depth) && cursor_.take(')');
    }
    const char c = cursor_.peek();
    if ((c >= '0' && c <= '9') || c == '*') return numbers(key, Kind::sequence);
    const auto atom = cursor_.atom();
    return atom && named(key, *atom, depth);
  }

  bool named(SearchKey& key, std::string_view name, std::size_t depth) {
    const auto is = [&](std::string_view word) { return equals_ignoring_case(word, name); };
    for (const auto& known : k_flag_keys)
      if (is(known.name)) {
        key = flags_key(known.kind, known.flags);
        return true;
      }
    for (const auto& known : k_day_keys)
      if (is(known.name)) return day(key, known.kind);
    for (const auto& known : k_text_keys)
      if (is(known.name)) {
        key.kind = known.kind;
        key.field = known.field;
        return text(key);
      }
    if (is("ALL")) return true;
    if (is("NEW")) return recent_unseen(key);
    if (is("NOT")) return combined(key, Kind::none, 1, depth);
    if (is("OR")) return combined(key, Kind::either, 2, depth);
    if (is("UID")) return cursor_.space() && numbers(key, Kind::uid);
    if (is("LARGER")) return number(key, Kind::larger);
    if (is("SMALLER")) return number(key, Kind::smaller);
    if (is("KEYWORD")) return keyword(key, Kind::keyword);
    if (is("UNKEYWORD")) return keyword(key, Kind::unkeyword);
    if (is("HEADER")) return header(key);
    return is("MODSEQ") && modseq(key);
  }

  bool numbers(SearchKey& key, Kind kind) {
    const auto set = SequenceSet::parse(cursor_.sequence());
    if (!set) return false;
    key.kind = kind;
    key.numbers = *set;
    return true;
  }

  bool day(SearchKey& key, Kind kind) {
    if (!cursor_.space()) return false;
    const auto word = cursor_.astring();
    const auto date = word ? parse_search_date(*word) : std::nullopt;
    if (!date) return false;
    key.kind = kind;
    key.day = *date;
    return true;
  }

  bool text(SearchKey& key) {
    if (!cursor_.space()) return false;
    const auto value = cursor_.astring();
    if (!value) return false;
    key.text = mime::fold_case(mime::to_utf8("utf-8", *value));
    return true;
  }

  bool header(SearchKey& key) {
    if (!cursor_.space()) return false;
    auto field = cursor_.astring();
    if (!field) return false;
    key.kind = Kind::header;
    key.field = std::move(*field);
    return text(key);
  }

  bool keyword(SearchKey& key, Kind kind) {
    if (!cursor_.space()) return false;
    const auto name = cursor_.atom();
    if (!name) return false;
    key.kind = kind;
    key.text = *name;
    return true;
  }

  bool number(SearchKey& key, Kind kind) {
    if (!cursor_.space()) return false;
    const auto value = cursor_.number();
    if (!value) return false;
    key.kind = kind;
    key.number = *value;
    return true;
  }

  /// MODSEQ ["/flags/\\seen" all] 123: the entry name is read and left aside, as RFC 7162 section 3.1.5
  /// allows.
  bool modseq(SearchKey& key) {
    query_.uses_modseq = true;
    if (!cursor_.space()) return false;
    if (cursor_.peek() == '"') {
      if (!cursor_.string() || !cursor_.space()) return false;
      if (!cursor_.word("all") && !cursor_.word("priv") && !cursor_.word("shared")) return false;
      if (!cursor_.space()) return false;
    }
    const auto value = cursor_.number();
    key.kind = Kind::modseq;
    key.number = value.value_or(0);
    return value.has_value();
  }

  bool recent_unseen(SearchKey& key) {
    key.kind = Kind::both;
    key.children.push_back(flags_key(Kind::flags_set, flag_recent));
    key.children.push_back(flags_key(Kind::flags_unset, flag_seen));
    return true;
  }

  bool combined(SearchKey& parent, Kind kind, int count, std::size_t depth) {
    parent.kind = kind;
    for (int i = 0; i < count; ++i) {
      SearchKey child;
      if (!cursor_.space() || !key(child, depth + 1)) return false;
      parent.children.push_back(std::move(child));
    }
    return true;
  }

  Cursor& cursor_;
  const Limits& limits_;
  SearchProblem& problem_;
  SearchQuery query_;
  std::size_t count_ = 0;
};

}  // namespace

std::optional<SearchQuery> parse_search(Cursor& cursor, const Limits& limits, SearchProblem& problem) {
  return SearchParser(cursor, limits, problem).parse();
}

void resolve(SearchKey& key, std::uint32_t largest_sequence, std::uint32_t largest_uid) {
  if (key.kind == Kind::sequence) key.ranges = key.numbers.resolved(largest_sequence);
  if (key.kind == Kind::uid) key.ranges = key.numbers.resolved(largest_uid);
  for (SearchKey& child : key.children) resolve(child, largest_sequence, largest_uid);
}

}  // namespace stagecoach::imap
