#include "actors/export_names.h"

#include <algorithm>

#include "routing/model/address.h"
#include "storage/pg.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_level_bytes_max = 100, k_subject_bytes_max = 60;
constexpr int k_digits_min = 4;

bool is_unwelcome(char c) {
  return static_cast<unsigned char>(c) < 32 || c == 127 ||
         std::string_view("/\\:*?\"<>|").find(c) != std::string_view::npos;
}

/// Of valid UTF-8: controls beyond ASCII and those that turn the direction of writing, which make names look
/// like others.
std::size_t hidden_bytes(std::string_view text) {
  if (text.size() >= 2 && text[0] == '\xC2' && text[1] <= '\x9F') return 2;
  if (text.size() < 3 || text[0] != '\xE2') return 0;
  const bool embedding = text[1] == '\x80' && text[2] >= '\xAA' && text[2] <= '\xAE';
  const bool isolate = text[1] == '\x81' && text[2] >= '\xA6' && text[2] <= '\xA9';
  return embedding || isolate ? 3 : 0;
}

void cut(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  text.resize(bytes_max);
}

}  // namespace

std::string safe_file_name(std::string_view text, std::size_t bytes_max) {
  const std::string clean = storage::clean_text(text);
  std::string name;
  for (std::size_t i = 0; i < clean.size();) {
    const std::size_t hidden = hidden_bytes(std::string_view(clean).substr(i));
    name += hidden > 0 || is_unwelcome(clean[i]) ? '_' : clean[i];
    i += std::max<std::size_t>(hidden, 1);
  }
  cut(name, bytes_max);
  while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
  name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
  return name;
}

std::string folder_path(std::string_view folder) {
  std::string path;
  while (true) {
    const auto slash = folder.find('/');
    std::string level = safe_file_name(folder.substr(0, slash), k_level_bytes_max);
    if (level.empty()) level = "_";
    const std::string lower = to_lower(level);
    if (lower.ends_with(".eml") || lower.ends_with(".mbox")) level += '_';
    path += (path.empty() ? "" : "/") + level;
    if (slash == std::string_view::npos) return path;
    folder.remove_prefix(slash + 1);
  }
}

std::string message_file_name(std::int64_t number, std::int64_t count, std::string_view subject) {
  std::string digits = std::to_string(number);
  const std::size_t width = std::max<std::size_t>(k_digits_min, std::to_string(count).size());
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  const std::string name = safe_file_name(subject, k_subject_bytes_max);
  return digits + (name.empty() ? "" : "-" + name) + ".eml";
}

std::string UniquePaths::take(const std::string& path) {
  std::string unique = path;
  for (int i = 2; !taken_.insert(to_lower(unique)).second; ++i)
    unique = path + " (" + std::to_string(i) + ")";
  return unique;
}

}  // namespace stagecoach
