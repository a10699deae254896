#include "protocols/dkim/canonical.h"

#include "routing/model/address.h"

namespace stagecoach::dkim {
namespace {

constexpr std::size_t k_block_bytes = 16 * 1024;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Runs of white space become one space; none at the ends. Line ends count as white space: unfolded.
std::string squeezed(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool space = false;
  for (const char c : text) {
    if (is_blank(c) || c == '\r' || c == '\n') {
      space = true;
      continue;
    }
    if (space && !result.empty()) result += ' ';
    space = false;
    result += c;
  }
  return result;
}

std::string_view without_last_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string with_crlf(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' && text[i] != '\n') {
      result += text[i];
      continue;
    }
    result += "\r\n";
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  return result;
}

std::string canonical_field(Form form, std::string_view raw) {
  raw = without_last_line_end(raw);
  if (form == Form::simple) return with_crlf(raw) + "\r\n";
  const auto colon = raw.find(':');
  std::string_view name = raw.substr(0, colon);
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  std::string result = to_lower(name);
  if (colon == std::string_view::npos) return result + "\r\n";
  return result + ":" + squeezed(raw.substr(colon + 1)) + "\r\n";
}

void CanonicalBody::add(std::string_view piece) {
  std::size_t at = 0;
  if (after_cr_ && piece.starts_with('\n')) at = 1;  // the CR has ended the line
  if (!piece.empty()) after_cr_ = false;
  const std::string_view stops = form_ == Form::relaxed ? "\r\n \t" : "\r\n";
  while (at < piece.size()) {
    const char c = piece[at];
    if (c == '\r' || c == '\n') {
      line_end();
      ++at;
      if (c != '\r') continue;
      if (at == piece.size())
        after_cr_ = true;
      else if (piece[at] == '\n')
        ++at;
    } else if (form_ == Form::relaxed && is_blank(c)) {
      space_ = true;
      ++at;
    } else {
      const auto end = std::min(piece.find_first_of(stops, at), piece.size());
      text(piece.substr(at, end - at));
      at = end;
    }
  }
}

void CanonicalBody::text(std::string_view span) {
  for (; empty_lines_ > 0; --empty_lines_) {
    out_ += "\r\n";
    flush_if_full();
  }
  if (std::exchange(space_, false)) out_ += ' ';
  out_ += span;
  in_line_ = true;
  flush_if_full();
}

void CanonicalBody::line_end() {
  space_ = false;
  if (!in_line_) {
    ++empty_lines_;
    return;
  }
  in_line_ = false;
  out_ += "\r\n";
  any_ = true;
}

void CanonicalBody::flush_if_full() {
  any_ = true;
  if (out_.size() < k_block_bytes) return;
  sink_(out_);
  out_.clear();
}

void CanonicalBody::finish() {
  if (in_line_) line_end();
  // RFC 6376 section 3.4.3: a simple body without content is one empty line; a relaxed one is nothing.
  if (!any_ && form_ == Form::simple) out_ += "\r\n";
  if (!out_.empty()) sink_(out_);
  out_.clear();
}

}  // namespace stagecoach::dkim
