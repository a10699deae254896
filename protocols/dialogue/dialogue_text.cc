#include "protocols/dialogue/dialogue_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace stagecoach {

namespace {

constexpr std::string_view k_end = "\r\n.\r\n";
constexpr const char* k_mask = "*****";
constexpr std::size_t k_answers_max = 1000;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// The word number `index` in capitals; empty: there is none.
std::string word_of(std::string_view line, int index) {
  for (; index > 0; --index) {
    const auto end = line.find(' ');
    if (end == std::string_view::npos) return {};
    line.remove_prefix(end + 1);
  }
  std::string word(line.substr(0, line.find(' ')));
  std::transform(word.begin(), word.end(), word.begin(), upper);
  return word;
}

/// The first `words` words, and the mask if there are more.
std::string with_mask_behind(const std::string& line, int words) {
  std::size_t end = 0;
  for (int i = 0; i < words; ++i) {
    end = line.find(' ', i == 0 ? 0 : end + 1);
    if (end == std::string::npos) return line;
  }
  return line.substr(0, end + 1) + k_mask;
}

/// "{123}" or "{123+}" at the end of an IMAP line; -1: none.
std::int64_t literal_of(std::string_view line) {
  if (line.size() < 3 || line.back() != '}') return -1;
  const auto begin = line.rfind('{');
  if (begin == std::string_view::npos) return -1;
  std::int64_t size = -1;
  std::from_chars(line.data() + begin + 1, line.data() + line.size(), size);
  return size;
}

std::string counted(std::int64_t bytes) {
  std::string digits = std::to_string(bytes);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), ",");
  return "… " + digits + " bytes";
}

}  // namespace

// ---- the stream ----

DialogueText::Lines DialogueText::take(Side& side, std::string_view bytes) {
  Lines lines;
  while (!bytes.empty()) {
    if (side.content != Content::none) {
      bytes.remove_prefix(skip(side, bytes, lines));
      continue;
    }
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    const auto room = k_line_bytes_max + 2 - std::min(side.line.size(), k_line_bytes_max + 2);
    side.cut |= part.size() > room;
    side.line += part.substr(0, room);
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 1);
    end_line(side, lines);
  }
  return lines;
}

/// How many of these bytes are content.
std::size_t DialogueText::skip(Side& side, std::string_view bytes, Lines& lines) {
  std::size_t taken = 0;
  if (side.content == Content::counted) {
    taken =
        static_cast<std::size_t>(std::min<std::int64_t>(side.left, static_cast<std::int64_t>(bytes.size())));
    side.left -= static_cast<std::int64_t>(taken);
  } else {
    while (taken < bytes.size() && side.end_matched < k_end.size()) {
      const char c = bytes[taken++];
      // A partial match begins with CR, so a character that breaks it may begin the next one.
      if (c == k_end[side.end_matched])
        ++side.end_matched;
      else
        side.end_matched = c == '\r' ? 1 : 0;
    }
  }
  side.bytes += static_cast<std::int64_t>(taken);
  const bool over = side.content == Content::counted ? side.left == 0 : side.end_matched == k_end.size();
  if (over) end_content(side, lines);
  return taken;
}

void DialogueText::begin(Side& side, Content content, std::int64_t bytes) {
  side.content = content;
  side.left = bytes;
  side.bytes = 0;
  side.end_matched = 2;  // the line before has ended: a dot may come at once
  if (content == Content::counted && bytes == 0) side.content = Content::none;
}

void DialogueText::end_content(Side& side, Lines& lines) {
  // The final dot is no content.
  const std::int64_t dot = side.content == Content::dotted ? 3 : 0;
  const bool secret = &side == &client_ && rest_is_secret_;
  show(side, secret ? k_mask : counted(side.bytes - dot), lines);
  side.content = Content::none;
}

void DialogueText::show(const Side& side, const std::string& text, Lines& lines) const {
  lines.push_back(side.name + text);
}

void DialogueText::end_line(Side& side, Lines& lines) {
  std::string line = std::move(side.line);
  side.line.clear();
  const bool cut = std::exchange(side.cut, false);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line.size() > k_line_bytes_max) line.resize(k_line_bytes_max);
  const bool is_client = &side == &client_, is_command = is_client && !login_;
  show(side, (is_client ? said(line) : line) + (cut ? " …" : ""), lines);
  if (is_command) note_command(line);
  if (!is_client) heard(line);
}

// ---- the client ----

std::string DialogueText::said(const std::string& line) {
  if (login_) return k_mask;
  if (rest_is_secret_) {
    rest_is_secret_ = protocol_ == DialogueProtocol::imap && literal_of(line) >= 0;
    return k_mask;
  }
  return masked(line);
}

std::string DialogueText::masked(const std::string& line) {
  const bool imap = protocol_ == DialogueProtocol::imap;
  const std::string verb = word_of(line, imap ? 1 : 0);
  if (imap && verb == "LOGIN") {
    rest_is_secret_ = literal_of(line) >= 0;
    return with_mask_behind(line, 2);
  }
  if (verb == "AUTH" || verb == "AUTHENTICATE") {
    login_ = !word_of(line, imap ? 2 : 1).empty();  // POP3's AUTH alone asks for the mechanisms
    return with_mask_behind(line, imap ? 3 : 2);
  }
  if (protocol_ != DialogueProtocol::pop3) return line;
  if (verb == "PASS") return with_mask_behind(line, 1);
  return verb == "APOP" ? with_mask_behind(line, 2) : line;
}

void DialogueText::note_command(const std::string& line) {
  const std::string verb = word_of(line, 0);
  switch (protocol_) {
    case DialogueProtocol::smtp:
      data_ = data_ || verb == "DATA";
      if (verb == "BDAT") {
        std::int64_t size = 0;
        const std::string count = word_of(line, 1);
        std::from_chars(count.data(), count.data() + count.size(), size);
        begin(client_, Content::counted, std::max<std::int64_t>(size, 0));
      }
      break;
    case DialogueProtocol::pop3:
      if (answers_.size() < k_answers_max) answers_.push_back(verb == "RETR" || verb == "TOP");
      break;
    case DialogueProtocol::imap:
      if (const auto size = literal_of(line); size > 0) begin(client_, Content::counted, size);
      break;
  }
}

// ---- the server ----

void DialogueText::heard(const std::string& line) {
  switch (protocol_) {
    case DialogueProtocol::smtp:
      if (!line.starts_with("334")) login_ = false;
      if (data_ && line.starts_with("354")) {
        data_ = false;
        begin(client_, Content::dotted);
      }
      break;
    case DialogueProtocol::pop3: {
      const bool good = line.starts_with("+OK");
      if (!good && !line.starts_with("-ERR")) break;
      login_ = false;
      const bool content = !answers_.empty() && answers_.front();
      if (!answers_.empty()) answers_.pop_front();
      if (content && good) begin(server_, Content::dotted);
      break;
    }
    case DialogueProtocol::imap:
      if (!line.starts_with("+") && !line.starts_with("*")) {
        login_ = rest_is_secret_ = false;
        if (client_.bytes == 0) client_.content = Content::none;  // a literal that was refused
      }
      if (const auto size = literal_of(line); size > 0) begin(server_, Content::counted, size);
      break;
  }
}

}  // namespace stagecoach
