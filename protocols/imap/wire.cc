#include "protocols/imap/wire.h"

#include <algorithm>

#include "protocols/imap/folder_name.h"

namespace stagecoach::imap {

void append_string(std::string& out, std::string_view text) {
  const bool plain = text.size() <= 4096 && std::all_of(text.begin(), text.end(), [](char c) {
                       return static_cast<unsigned char>(c) >= ' ' && static_cast<unsigned char>(c) < 127;
                     });
  if (!plain) return append_literal(out, text);
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_nstring(std::string& out, std::string_view text) {
  if (text.empty())
    out += "NIL";
  else
    append_string(out, text);
}

void append_literal(std::string& out, std::string_view text) {
  if (text.empty()) {
    out += "\"\"";
    return;
  }
  out += '{' + std::to_string(text.size()) + "}\r\n";
  out += text;
}

void append_folder(std::string& out, std::string_view name) { append_string(out, to_utf7(name)); }

}  // namespace stagecoach::imap
