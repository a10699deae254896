#include "protocols/smtp/dot_decoder.h"

#include <algorithm>
#include <cstring>

namespace stagecoach::smtp {
namespace {

const char* find(const char* from, const char* to, char c) {
  return from == to ? nullptr
                    : static_cast<const char*>(std::memchr(from, c, static_cast<std::size_t>(to - from)));
}

}  // namespace

std::size_t DotDecoder::decode(std::string_view in, std::string& out) {
  std::size_t i = 0;
  while (i < in.size() && state_ != State::ended) {
    const char c = in[i];
    switch (state_) {
      case State::line_start:
        state_ = c == '.' ? State::dot : State::text;
        i += c == '.';
        break;
      case State::dot:
        state_ = c == '\r' ? State::dot_cr : State::text;
        i += c == '\r';
        break;
      case State::dot_cr:
      case State::text_cr:
        if (c != '\n') {
          bare_cr(out);
          state_ = State::text;
          break;
        }
        ++i;
        if (state_ == State::text_cr) out += "\r\n";
        state_ = state_ == State::dot_cr ? State::ended : State::line_start;
        line_ = 0;
        break;
      case State::text: i += text(in.substr(i), out); break;
      case State::ended: break;
    }
  }
  return i;
}

/// From somewhere in a line as far as large spans reach: to a line that begins with a dot, or to the end of
/// `in`.
std::size_t DotDecoder::text(std::string_view in, std::string& out) {
  const char* const end = in.data() + in.size();
  const char* start = in.data();  // not yet copied
  const char* at = start;
  const auto flush = [&](const char* to) { out.append(start, to); };
  while (true) {
    const char* const cr = find(at, end, '\r');
    const char* const stop = cr ? cr : end;
    while (const char* const lf = find(at, stop, '\n')) {
      count(static_cast<std::size_t>(lf - at));
      if (bare_ == BareLineEnds::normalise) {
        flush(lf);
        start = lf + 1;
      }
      bare_lf(out);
      at = lf + 1;
    }
    count(static_cast<std::size_t>(stop - at));
    if (!cr) {
      flush(end);
      return in.size();
    }
    if (cr + 1 == end) {
      flush(cr);
      state_ = State::text_cr;
      return in.size();
    }
    at = cr + 1;
    if (*at != '\n') {
      flush(cr);
      bare_cr(out);
      start = at;
      continue;
    }
    ++at;
    line_ = 0;
    if (at == end || *at == '.') {
      flush(at);
      state_ = State::line_start;
      return static_cast<std::size_t>(at - in.data());
    }
  }
}

void DotDecoder::bare_cr(std::string& out) {
  bare_cr_ = true;
  if (bare_ == BareLineEnds::normalise) line_ = 0;
  out += bare_ == BareLineEnds::normalise ? "\r\n" : "\r";
}

void DotDecoder::bare_lf(std::string& out) {
  bare_lf_ = true;
  if (bare_ == BareLineEnds::keep) return count(1);
  line_ = 0;
  out += "\r\n";
}

void DotDecoder::count(std::size_t octets) {
  line_ += static_cast<std::int64_t>(octets);
  longest_ = std::max(longest_, line_);
}

}  // namespace stagecoach::smtp
