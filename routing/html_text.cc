#include "routing/html_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "routing/model/address.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void append_utf8(std::string& text, std::uint32_t code) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | code >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xF0 | code >> 18);
    tail(12), tail(6), tail(0);
  }
}

/// The character of an entity's name; 0: none that signatures use.
std::uint32_t code_of(std::string_view name) {
  static constexpr struct {
    std::string_view name;
    std::uint32_t code;
  } k_entities[] = {{"amp", '&'},      {"lt", '<'},       {"gt", '>'},       {"quot", '"'},
                    {"apos", '\''},    {"nbsp", ' '},     {"copy", 0xA9},    {"reg", 0xAE},
                    {"euro", 0x20AC},  {"ndash", 0x2013}, {"mdash", 0x2014}, {"hellip", 0x2026},
                    {"bull", 0x2022},  {"middot", 0xB7},  {"trade", 0x2122}, {"auml", 0xE4},
                    {"ouml", 0xF6},    {"uuml", 0xFC},    {"Auml", 0xC4},    {"Ouml", 0xD6},
                    {"Uuml", 0xDC},    {"szlig", 0xDF},   {"eacute", 0xE9},  {"egrave", 0xE8},
                    {"agrave", 0xE0},  {"ccedil", 0xE7},  {"laquo", 0xAB},   {"raquo", 0xBB},
                    {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D},
                    {"sect", 0xA7},    {"pound", 0xA3},   {"deg", 0xB0},     {"shy", 0xAD}};
  if (!name.starts_with('#')) {
    for (const auto& entity : k_entities)
      if (entity.name == name) return entity.code;
    return 0;
  }
  name.remove_prefix(1);
  const bool hex = !name.empty() && to_lower(name.front()) == 'x';
  if (hex) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (error != std::errc() || end != name.data() + name.size() || code > 0x10FFFF || surrogate) return 0;
  return code == 0xA0 || code < ' ' ? ' ' : code;
}

/// Appends the entity at the start of `html` and returns its size; what is none is a plain "&".
std::size_t take_entity(std::string_view html, std::string& text) {
  const auto end = html.substr(0, 12).find(';');
  const std::uint32_t code = end == std::string_view::npos ? 0 : code_of(html.substr(1, end - 1));
  if (code == 0) {
    text += '&';
    return 1;
  }
  append_utf8(text, code);
  return end + 1;
}

struct Tag {
  std::string name;  // lower case, "/p" for an end
  std::string_view attributes;
};

Tag tag_of(std::string_view inside) {
  std::size_t end = inside.starts_with('/') ? 1 : 0;
  while (end < inside.size() && !is_space(inside[end]) && inside[end] != '/') ++end;
  return {to_lower(inside.substr(0, end)), inside.substr(end)};
}

/// The end of a tag: the first > outside of quotes.
std::size_t tag_end(std::string_view html, std::size_t begin) {
  char quote = 0;
  for (std::size_t i = begin; i < html.size(); ++i) {
    if (quote != 0) {
      if (html[i] == quote) quote = 0;
    } else if (html[i] == '"' || html[i] == '\'') {
      quote = html[i];
    } else if (html[i] == '>') {
      return i;
    }
  }
  return html.find('>', begin);  // a quote that never ends
}

std::string_view href_of(std::string_view attributes) {
  const auto at = find_ignoring_case(attributes, "href=");
  if (at == std::string_view::npos) return {};
  auto value = attributes.substr(at + 5);
  if (value.empty()) return {};
  if (value.front() != '"' && value.front() != '\'') return value.substr(0, value.find_first_of(" \t\r\n"));
  return value.substr(1, value.find(value.front(), 1) - 1);
}

/// Collects text as a reader sees it: white space collapses, blocks begin on a line of their own.
class TextWriter {
 public:
  void add(std::string_view piece) {
    for (const char c : piece) {
      if (is_space(c)) {
        space_ = true;
        continue;
      }
      if (space_ && !text_.empty() && text_.back() != '\n') text_ += ' ';
      space_ = false;
      text_ += c;
    }
  }
  void line() {
    text_ += "\r\n";
    space_ = false;
  }
  void block() {
    if (!text_.empty() && text_.back() != '\n') line();
    space_ = false;
  }
  void paragraph() {
    block();
    if (!text_.empty() && !text_.ends_with("\r\n\r\n")) line();
  }
  std::size_t size() const { return text_.size(); }
  std::string_view from(std::size_t begin) const {
    return std::string_view(text_).substr(std::min(begin, text_.size()));
  }
  std::string finish() && {
    while (!text_.empty() && is_space(text_.back())) text_.pop_back();
    return std::move(text_);
  }

 private:
  std::string text_;
  bool space_ = false;
};

class HtmlReader {
 public:
  explicit HtmlReader(std::string_view html) : html_(html) {}

  std::string text() && {
    while (at_ < html_.size()) {
      if (html_[at_] == '<') {
        markup();
      } else if (html_[at_] == '&') {
        std::string character;
        at_ += take_entity(html_.substr(at_), character);
        writer_.add(character);
      } else {
        const auto end = std::min(html_.find_first_of("<&", at_), html_.size());
        writer_.add(html_.substr(at_, end - at_));
        at_ = end;
      }
    }
    return std::move(writer_).finish();
  }

 private:
  void markup() {
    if (html_.substr(at_, 4) == "<!--") return skip_behind("-->");
    const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : ' ';
    const bool tag =
        (to_lower(next) >= 'a' && to_lower(next) <= 'z') || next == '/' || next == '!' || next == '?';
    const auto end = tag && !tags_ended_ ? tag_end(html_, at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      tags_ended_ = tags_ended_ || tag;  // not to be looked for again: that would take quadratic time
      writer_.add(html_.substr(at_++, 1));
      return;
    }
    const Tag found = tag_of(html_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    if (found.name == "script" || found.name == "style" || found.name == "head" || found.name == "title")
      return skip_behind("</" + found.name + ">");
    carry_out(found);
  }

  void skip_behind(const std::string& end) {
    const auto found = find_ignoring_case(html_, end, at_);
    at_ = found == std::string_view::npos ? html_.size() : found + end.size();
  }

  void carry_out(const Tag& tag) {
    static constexpr std::string_view k_blocks[] = {"div", "tr", "table", "ul", "ol",
                                                    "h1",  "h2", "h3",    "h4", "blockquote"};
    const std::string_view name = std::string_view(tag.name).substr(tag.name.starts_with('/') ? 1 : 0);
    if (tag.name == "br") {
      writer_.line();
    } else if (name == "p") {
      writer_.paragraph();
    } else if (tag.name == "li") {
      writer_.block();
      writer_.add("* ");
    } else if (tag.name == "hr") {
      writer_.block();
      writer_.add("--------");
      writer_.block();
    } else if (tag.name == "td" || tag.name == "th") {
      writer_.add(" ");
    } else if (tag.name == "a") {
      href_ = href_of(tag.attributes);
      link_begin_ = writer_.size();
    } else if (tag.name == "/a") {
      end_link();
    } else if (std::find(std::begin(k_blocks), std::end(k_blocks), name) != std::end(k_blocks)) {
      writer_.block();
    }
  }

  void end_link() {
    std::string_view address = href_.starts_with("mailto:") ? href_.substr(7) : href_;
    const bool shown = writer_.from(link_begin_).find(address) != std::string_view::npos;
    if (!address.empty() && !address.starts_with('#') && !shown) {
      writer_.add(" <");
      writer_.add(address);
      writer_.add(">");
    }
    href_ = {};
  }

  std::string_view html_;
  std::size_t at_ = 0;
  bool tags_ended_ = false;  // there is no > any more
  TextWriter writer_;
  std::string_view href_;
  std::size_t link_begin_ = 0;
};

}  // namespace

std::string escape_html(std::string_view text) {
  std::string result;
  result.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

std::string text_to_html(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' || c == '\n') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      result += "<br>\r\n";
    } else if (c == ' ' && (i == 0 || is_space(text[i - 1]))) {
      result += "&nbsp;";
    } else {
      result += escape_html(text.substr(i, 1));
    }
  }
  return result;
}

std::string html_to_text(std::string_view html) { return HtmlReader(html).text(); }

std::string_view html_body(std::string_view html) {
  for (const std::string_view name : {"body", "html"}) {
    const auto open = find_ignoring_case(html, "<" + std::string(name));
    const auto begin = open == std::string_view::npos ? open : tag_end(html, open);
    if (begin == std::string_view::npos) continue;
    const auto end = find_ignoring_case(html, "</" + std::string(name), begin);
    return html.substr(begin + 1, std::min(end, html.size()) - begin - 1);
  }
  return html;
}

}  // namespace stagecoach::routing
