#include "protocols/mime/address_list.h"

namespace stagecoach::mime {
namespace {

class AddressListParser {
 public:
  AddressListParser(std::string_view text, std::size_t addresses_max)
      : text_(text), addresses_max_(addresses_max) {}

  std::vector<ListedAddress> parse() {
    while (!at_end() && list_.size() < addresses_max_) {
      const char c = text_[at_];
      if (c == ',' || is_white(c)) {
        ++at_;
      } else if (c == ';') {
        ++at_;
        end_group();
      } else {
        element();
      }
    }
    end_group();
    return std::move(list_);
  }

 private:
  static bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  static bool is_special(char c) {
    return std::string_view("()<>[]:;@\\,.\"").find(c) != std::string_view::npos;
  }
  bool at_end() const { return at_ >= text_.size(); }

  void end_group() {
    if (!in_group_) return;
    list_.push_back({.kind = ListedAddress::Kind::group_end});
    in_group_ = false;
    group_.clear();
  }

  /// Skips white space and comments; the last comment is remembered, for "fred@example.com (Fred Bloggs)".
  bool skip_comments() {
    const auto begin = at_;
    while (!at_end()) {
      if (text_[at_] == '(')
        comment_ = comment();
      else if (is_white(text_[at_]))
        ++at_;
      else
        break;
    }
    return at_ != begin;
  }

  std::string comment() {
    std::string content;
    int depth = 0;
    for (; !at_end(); ++at_) {
      char c = text_[at_];
      if (c == '(' && ++depth == 1) continue;
      if (c == ')' && --depth == 0) {
        ++at_;
        break;
      }
      if (c == '\\' && at_ + 1 < text_.size()) c = text_[++at_];
      if (c != '\r' && c != '\n') content += c;
    }
    return content;
  }

  std::string quoted() {
    std::string content;
    for (++at_; !at_end() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      if (text_[at_] != '\r' && text_[at_] != '\n') content += text_[at_];
    }
    if (!at_end()) ++at_;
    return content;
  }

  std::string_view atom() {
    const auto begin = at_;
    while (!at_end() && !is_special(text_[at_]) && !is_white(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string domain() {
    std::string result;
    while (!at_end()) {
      skip_comments();
      if (at_end()) break;
      const char c = text_[at_];
      if (c == '[') {
        for (; !at_end() && text_[at_] != ']'; ++at_)
          if (!is_white(text_[at_])) result += text_[at_];
        if (at_end()) break;
        ++at_;
        result += ']';
      } else if (c == '.') {
        result += c;
        ++at_;
      } else if (is_special(c) || (!result.empty() && result.back() != '.')) {
        break;
      } else {
        result += atom();
      }
    }
    return result;
  }

  /// One mailbox, or the beginning of a group. Always moves on.
  void element() {
    comment_.clear();
    std::string phrase, local;
    while (true) {
      const bool gap = skip_comments();
      const char c = at_end() ? ',' : text_[at_];
      if (c == ',' || c == ';') return add({.display_name = {}, .local = phrase});
      if (c == '<') return angle(std::move(phrase));
      if (c == '@') {
        ++at_;
        std::string host = domain();
        skip_comments();
        add({.display_name = comment_, .local = std::move(local), .domain = std::move(host)});
        return skip_to_separator();
      }
      if (c == ':' && !in_group_) return begin_group(std::move(phrase));
      if (gap && !phrase.empty()) phrase += ' ';
      if (c == '"') {
        const std::string word = quoted();
        phrase += word;
        local += word;
      } else if (c == '.') {
        phrase += c;
        local += c;
        ++at_;
      } else if (is_special(c)) {
        ++at_;  // stray: > ) ] [ \ :
      } else {
        const auto word = atom();
        phrase += word;
        local += word;
      }
    }
  }

  void begin_group(std::string name) {
    ++at_;
    in_group_ = true;
    group_ = name;
    list_.push_back({.kind = ListedAddress::Kind::group_begin, .display_name = std::move(name)});
  }

  void angle(std::string phrase) {
    ++at_;
    ListedAddress address{.display_name = phrase.empty() ? comment_ : std::move(phrase)};
    skip_comments();
    if (!at_end() && text_[at_] == '@') {
      const auto end = text_.find_first_of(":>", at_);
      if (end != std::string_view::npos && text_[end] == ':') {
        address.route = text_.substr(at_, end - at_);
        std::erase_if(address.route, is_white);
        at_ = end + 1;
      }
    }
    while (true) {
      skip_comments();
      if (at_end() || text_[at_] == '>' || text_[at_] == '@') break;
      if (text_[at_] == '"') {
        address.local += quoted();
      } else if (is_special(text_[at_])) {
        address.local += text_[at_++];
      } else {
        address.local += atom();
      }
    }
    if (!at_end() && text_[at_] == '@') {
      ++at_;
      address.domain = domain();
    }
    add(std::move(address));
    skip_to_separator();
  }

  void skip_to_separator() {
    while (!at_end() && text_[at_] != ',' && text_[at_] != ';') {
      if (text_[at_] == '(')
        comment();
      else if (text_[at_] == '"')
        quoted();
      else
        ++at_;
    }
  }

  void add(ListedAddress address) {
    if (address.local.empty() && address.domain.empty()) return;
    address.group = group_;
    list_.push_back(std::move(address));
  }

  std::string_view text_;
  std::size_t addresses_max_;
  std::size_t at_ = 0;
  bool in_group_ = false;
  std::string group_, comment_;
  std::vector<ListedAddress> list_;
};

}  // namespace

std::vector<ListedAddress> parse_address_list(std::string_view body, std::size_t addresses_max) {
  return AddressListParser(body, addresses_max).parse();
}

std::optional<Address> first_address(std::string_view body) {
  std::optional<Address> first;
  for (const ListedAddress& listed : parse_address_list(body, 100)) {
    if (listed.kind != ListedAddress::Kind::mailbox) continue;
    if (!listed.domain.empty()) return Address{listed.local, listed.domain};
    if (!first) first = Address{listed.local, {}};
  }
  return first;
}

}  // namespace stagecoach::mime
