#include "protocols/mime/header.h"

#include <algorithm>
#include <charconv>

#include "protocols/mime/decode.h"
#include "routing/model/address.h"

namespace stagecoach::mime {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// The size of the line at the start of the text, with its line end.
std::size_t line_size(std::string_view text) {
  const auto end = text.find('\n');
  return end == std::string_view::npos ? text.size() : end + 1;
}

std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

Field field_of(std::string_view text, std::size_t offset) {
  Field field{.offset = offset, .size_bytes = text.size()};
  text = without_line_end(text);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    field.body = text;
    return field;
  }
  field.name = text.substr(0, colon);
  while (!field.name.empty() && is_blank(field.name.back())) field.name.remove_suffix(1);
  field.body = text.substr(colon + 1);
  while (!field.body.empty() && is_blank(field.body.front())) field.body.remove_prefix(1);
  return field;
}

/// One encoded word "=?charset?encoding?text?=" at the start of the text.
struct EncodedWord {
  std::string_view charset;
  char encoding = 0;  // 'b' or 'q'
  std::string_view text;
  std::size_t size_bytes = 0;
};

bool read_encoded_word(std::string_view text, EncodedWord& word) {
  if (!text.starts_with("=?")) return false;
  const auto charset_end = text.find('?', 2);
  if (charset_end == std::string_view::npos || charset_end == 2 || charset_end > 64) return false;
  if (charset_end + 2 >= text.size() || text[charset_end + 2] != '?') return false;
  const auto end = text.find("?=", charset_end + 3);
  if (end == std::string_view::npos) return false;
  word.charset = text.substr(2, charset_end - 2);
  word.charset = word.charset.substr(0, word.charset.find('*'));  // RFC 2231: a language may follow
  word.encoding = to_lower(text[charset_end + 1]);
  word.text = text.substr(charset_end + 3, end - charset_end - 3);
  word.size_bytes = end + 2;
  return word.encoding == 'b' || word.encoding == 'q';
}

std::string octets_of(const EncodedWord& word) {
  if (word.encoding == 'b') return decode_base64(word.text);
  std::string text(word.text);
  std::replace(text.begin(), text.end(), '_', ' ');
  return decode_quoted_printable(text);
}

/// Reads a quoted string or a token up to ';' and moves `text` behind it.
std::string read_parameter_value(std::string_view& text) {
  std::string value;
  if (!text.empty() && text.front() == '"') {
    std::size_t at = 1;
    for (; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
    text.remove_prefix(std::min(at + 1, text.size()));
    return value;
  }
  const auto end = std::min({text.find(';'), text.find('('), text.size()});
  value = text.substr(0, end);
  while (!value.empty() && is_blank(value.back())) value.pop_back();
  text.remove_prefix(end);
  return value;
}

void skip_blanks_and_comments(std::string_view& text) {
  int depth = 0;
  while (!text.empty()) {
    const char c = text.front();
    if (c == '(') {
      ++depth;
    } else if (depth > 0 && c == ')') {
      --depth;
    } else if (depth > 0 && c == '\\' && text.size() > 1) {
      text.remove_prefix(1);
    } else if (depth == 0 && !is_blank(c)) {
      return;
    }
    text.remove_prefix(1);
  }
}

/// RFC 2231 section 4: charset'language'text with %XX escapes.
std::string decode_extended(std::string_view value, std::string& charset, bool first) {
  if (first) {
    const auto charset_end = value.find('\'');
    const auto language_end =
        charset_end == std::string_view::npos ? charset_end : value.find('\'', charset_end + 1);
    if (language_end != std::string_view::npos) {
      charset = value.substr(0, charset_end);
      value.remove_prefix(language_end + 1);
    }
  }
  std::string octets;
  for (std::size_t i = 0; i < value.size(); ++i) {
    unsigned code = 0;
    if (value[i] == '%' && i + 2 < value.size() &&
        std::from_chars(value.data() + i + 1, value.data() + i + 3, code, 16).ptr == value.data() + i + 3) {
      octets += static_cast<char>(code);
      i += 2;
    } else {
      octets += value[i];
    }
  }
  return octets;
}

}  // namespace

const Field* HeaderSection::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return equals_ignoring_case(field.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

std::vector<const Field*> HeaderSection::find_all(std::string_view name) const {
  std::vector<const Field*> found;
  for (const Field& field : fields)
    if (equals_ignoring_case(field.name, name)) found.push_back(&field);
  return found;
}

std::string HeaderSection::text(std::string_view name) const {
  const Field* field = find(name);
  return field ? unfold(field->body) : std::string();
}

HeaderSection parse_header_section(std::string_view message, HeaderOptions options) {
  HeaderSection section;
  std::size_t at = 0;
  if (options.mbox_line && message.starts_with("From ")) at = line_size(message);
  while (at < message.size()) {
    const std::size_t begin = at;
    at += line_size(message.substr(at));
    if (without_line_end(message.substr(begin, at - begin)).empty()) {
      section.complete = true;
      break;
    }
    while (at < message.size() && is_blank(message[at])) at += line_size(message.substr(at));
    if (section.fields.size() < options.fields_max)
      section.fields.push_back(field_of(message.substr(begin, at - begin), begin));
    else
      section.truncated = true;
  }
  section.size_bytes = at;
  return section;
}

std::string unfold(std::string_view body) {
  while (!body.empty() && (is_blank(body.front()) || body.front() == '\r' || body.front() == '\n'))
    body.remove_prefix(1);
  while (!body.empty() && (is_blank(body.back()) || body.back() == '\r' || body.back() == '\n'))
    body.remove_suffix(1);
  std::string text(body);
  if (text.find_first_of("\r\n") != std::string::npos)
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

std::string decode_words(std::string_view text) {
  if (text.find("=?") == std::string_view::npos) return to_utf8({}, text);
  std::string result, octets, charset, blanks;
  const auto flush = [&] {
    if (!octets.empty()) result += to_utf8(charset, octets);
    octets.clear();
    charset.clear();
  };
  bool after_word = false;
  for (std::size_t at = 0; at < text.size();) {
    EncodedWord word;
    if (read_encoded_word(text.substr(at), word)) {
      if (!after_word) result += blanks;  // white space between two encoded words is not shown
      blanks.clear();
      // A character may be split between neighbouring words of one character set.
      if (!equals_ignoring_case(charset, word.charset)) flush();
      charset = word.charset;
      octets += octets_of(word);
      at += word.size_bytes;
      after_word = true;
    } else if (is_blank(text[at])) {
      blanks += text[at++];
    } else {
      flush();
      result += std::exchange(blanks, {});
      const auto end =
          std::min({text.find(' ', at), text.find('\t', at), text.find("=?", at + 1), text.size()});
      result += to_utf8({}, text.substr(at, end - at));
      at = end;
      after_word = false;
    }
  }
  flush();
  return result + blanks;
}

ParameterisedValue parse_parameterised(std::string_view text, std::size_t parameters_max) {
  ParameterisedValue result;
  skip_blanks_and_comments(text);
  const auto end = std::min({text.find(';'), text.find('('), text.size()});
  result.value = to_lower(text.substr(0, end));
  std::erase_if(result.value, is_blank);
  text.remove_prefix(end);
  while (result.parameters.size() < parameters_max) {
    const auto semicolon = text.find(';');
    if (semicolon == std::string_view::npos) break;
    text.remove_prefix(semicolon + 1);
    skip_blanks_and_comments(text);
    const auto name_end = text.find_first_of("=;");
    if (name_end == std::string_view::npos) break;
    if (text[name_end] == ';') continue;
    std::string name = to_lower(text.substr(0, name_end));
    std::erase_if(name, is_blank);
    text.remove_prefix(name_end + 1);
    skip_blanks_and_comments(text);
    std::string value = read_parameter_value(text);
    if (!name.empty()) result.parameters.push_back({std::move(name), std::move(value)});
  }
  return result;
}

std::string_view ParameterisedValue::raw(std::string_view name) const {
  for (const Parameter& parameter : parameters)
    if (parameter.name == name) return parameter.value;
  return {};
}

std::string ParameterisedValue::decoded(std::string_view name) const {
  std::string octets, charset;
  bool found = false;
  for (int section = -1; section < 100; ++section) {
    const std::string key = std::string(name) + (section < 0 ? "" : "*" + std::to_string(section));
    const auto part = std::find_if(parameters.begin(), parameters.end(),
                                   [&](const Parameter& p) { return p.name == key || p.name == key + "*"; });
    if (part == parameters.end()) {
      if (section < 0) continue;
      break;
    }
    octets += part->name.back() == '*' ? decode_extended(part->value, charset, !found) : part->value;
    found = true;
    if (section < 0) break;
  }
  return charset.empty() ? decode_words(octets) : to_utf8(charset, octets);
}

}  // namespace stagecoach::mime
