#include "protocols/http/chunked_decoder.h"

#include <algorithm>
#include <charconv>

namespace stagecoach::http {

namespace {
constexpr std::size_t k_line_bytes_max = 1024;
constexpr std::size_t k_trailer_bytes_max = 16 * 1024;
}  // namespace

ChunkedDecoder::State ChunkedDecoder::decode(std::string_view& bytes, std::string& body) {
  while (!bytes.empty()) {
    if (part_ == Part::data) {
      const std::size_t size = std::min(left_, bytes.size());
      body.append(bytes.substr(0, size));
      bytes.remove_prefix(size);
      left_ -= size;
      if (left_ == 0) part_ = Part::data_end;
      continue;
    }
    const std::size_t end = std::min(bytes.find('\n'), k_line_bytes_max);
    const std::string_view piece = bytes.substr(0, end);
    const bool whole = piece.size() < bytes.size() && bytes[piece.size()] == '\n';
    line_.append(piece);
    if (line_.size() > k_line_bytes_max) return State::broken;
    bytes.remove_prefix(piece.size() + (whole ? 1 : 0));
    if (!whole) continue;
    if (!line_.ends_with('\r')) return State::broken;
    line_.pop_back();
    const State state = end_line();
    line_.clear();
    if (state != State::more) return state;
  }
  return State::more;
}

ChunkedDecoder::State ChunkedDecoder::end_line() {
  switch (part_) {
    case Part::size: return end_size();
    case Part::data_end: part_ = Part::size; return line_.empty() ? State::more : State::broken;
    default: break;
  }
  if (line_.empty()) return State::done;
  trailer_bytes_ += line_.size();
  const auto colon = line_.find(':');
  const bool is_field = colon != std::string::npos && colon > 0;
  return is_field && trailer_bytes_ <= k_trailer_bytes_max ? State::more : State::broken;
}

ChunkedDecoder::State ChunkedDecoder::end_size() {
  const char* const begin = line_.data();
  const char* const end = begin + line_.size();
  std::uint64_t size = 0;
  const auto [rest, error] = std::from_chars(begin, end, size, 16);
  if (error == std::errc::result_out_of_range) return State::too_large;
  if (error != std::errc()) return State::broken;
  const std::string_view extension(rest, static_cast<std::size_t>(end - rest));
  const auto first = extension.find_first_not_of(" \t");
  if (first != std::string_view::npos && extension[first] != ';') return State::broken;
  if (first == std::string_view::npos && !extension.empty()) return State::broken;
  const auto is_control = [](char c) {
    return (static_cast<unsigned char>(c) < 32 && c != '\t') || c == 127;
  };
  if (std::any_of(extension.begin(), extension.end(), is_control)) return State::broken;
  if (size > left_max_) return State::too_large;
  left_max_ -= size;
  left_ = size;
  part_ = size == 0 ? Part::trailer : Part::data;
  return State::more;
}

}  // namespace stagecoach::http
