#include "actors/mbox_text.h"

#include <algorithm>
#include <ctime>

namespace stagecoach {

namespace {
constexpr std::string_view k_from = "From ";
}

std::string mbox_from_line(std::string_view sender, std::int64_t seconds) {
  const bool strange = sender.empty() || std::any_of(sender.begin(), sender.end(), [](char c) {
                         return static_cast<unsigned char>(c) <= ' ' || c == 127;
                       });
  const std::time_t time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char moment[32] = "";
  asctime_r(&parts, moment);  // with a line end
  return std::string(k_from) + (strange ? "MAILER-DAEMON" : std::string(sender)) + " " + moment;
}

std::string MboxText::add(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 64);
  for (const char c : bytes) {
    if (pending_cr_ && c != '\n') {
      pending_cr_ = false;
      take('\r', out);
    }
    if (c == '\r')
      pending_cr_ = true;
    else
      take(c, out);
    if (c == '\n') pending_cr_ = false;
  }
  return out;
}

void MboxText::take(char c, std::string& out) {
  if (!at_start_) {
    out += c;
    at_start_ = c == '\n';
    return;
  }
  line_start_ += c;
  if (may_be_from_line()) {
    if (!line_start_.ends_with(k_from)) return;
    out += '>';
  }
  out += line_start_;
  at_start_ = c == '\n';
  line_start_.clear();
}

bool MboxText::may_be_from_line() const {
  const auto text = std::min(line_start_.find_first_not_of('>'), line_start_.size());
  return k_from.starts_with(std::string_view(line_start_).substr(text));
}

std::string MboxText::finish() {
  std::string out;
  if (pending_cr_) take('\r', out);
  out += line_start_;
  const bool open = !at_start_ || !line_start_.empty();
  *this = MboxText();
  return out + (open ? "\n\n" : "\n");
}

}  // namespace stagecoach
