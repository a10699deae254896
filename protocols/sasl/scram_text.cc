#include "protocols/sasl/scram_text.h"

namespace stagecoach::sasl {

std::optional<std::string_view> take_attribute(std::string_view& rest, char key) {
  if (rest.size() < 2 || rest[0] != key || rest[1] != '=') return std::nullopt;
  const auto comma = rest.find(',');
  const auto value = rest.substr(2, comma == std::string_view::npos ? comma : comma - 2);
  rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  return value;
}

std::string encode_saslname(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == ',')
      text += "=2C";
    else if (c == '=')
      text += "=3D";
    else
      text += c;
  }
  return text;
}

std::optional<std::string> decode_saslname(std::string_view text) {
  std::string name;
  while (!text.empty()) {
    if (text[0] != '=') {
      name += text[0];
      text.remove_prefix(1);
      continue;
    }
    if (text.starts_with("=2C"))
      name += ',';
    else if (text.starts_with("=3D"))
      name += '=';
    else
      return std::nullopt;
    text.remove_prefix(3);
  }
  return name;
}

std::string exclusive_or(std::string_view a, std::string_view b) {
  std::string result(a);
  for (std::size_t i = 0; i < result.size() && i < b.size(); ++i)
    result[i] = static_cast<char>(result[i] ^ b[i]);
  return result;
}

}  // namespace stagecoach::sasl
