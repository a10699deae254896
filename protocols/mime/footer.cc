#include "protocols/mime/footer.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "protocols/mime/decode.h"
#include "protocols/mime/header.h"
#include "protocols/mime/rewrite.h"
#include "protocols/mime/structure.h"
#include "protocols/mime/writer.h"
#include "routing/model/address.h"

namespace stagecoach::mime {
namespace {

constexpr std::size_t k_text_bytes_max = std::size_t{16} * 1024 * 1024;
constexpr std::size_t k_line_bytes_max = 990;
constexpr std::string_view k_pgp = "-----BEGIN PGP ";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 128; });
}

bool is_attachment(const Part& part) {
  const auto names_file = [](const std::vector<Parameter>& parameters, std::string_view name) {
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const Parameter& parameter) { return parameter.name.starts_with(name); });
  };
  return part.disposition == "attachment" || names_file(part.disposition_parameters, "filename") ||
         names_file(part.parameters, "name");
}

bool has_protected_part(const Part& part) {
  if (part.is_multipart() && (part.subtype == "signed" || part.subtype == "encrypted")) return true;
  if (part.type == "application" && (part.subtype == "pkcs7-mime" || part.subtype == "x-pkcs7-mime"))
    return true;
  return part.is_multipart() && std::any_of(part.children.begin(), part.children.end(), has_protected_part);
}

struct TextParts {
  const Part* plain = nullptr;
  const Part* html = nullptr;
  bool any() const { return plain || html; }
};

void find_text(const Part& part, TextParts& found) {
  if (part.is_multipart()) {
    for (const Part& child : part.children) {
      find_text(child, found);
      if (part.subtype == "related") return;  // the others are pictures of the first
      if (part.subtype != "alternative" && found.any()) return;
    }
  } else if (part.type == "text" && !part.is_message() && !is_attachment(part)) {
    if (part.subtype == "plain" && !found.plain) found.plain = &part;
    if (part.subtype == "html" && !found.html) found.html = &part;
  }
}

std::string_view parameter(const Part& part, std::string_view name) {
  for (const Parameter& entry : part.parameters)
    if (entry.name == name) return entry.value;
  return {};
}

bool is_utf8(std::string_view charset) {
  return equals_ignoring_case(charset, "utf-8") || equals_ignoring_case(charset, "utf8");
}

/// Character sets in which an ASCII octet means itself wherever a character begins.
bool holds_ascii(std::string_view charset) {
  static constexpr std::string_view k_beginnings[] = {"us-ascii",  "ascii",       "utf-8", "utf8",
                                                      "iso-8859-", "windows-125", "cp125", "koi8-",
                                                      "gb",        "big5",        "euc-",  "tis-620"};
  const std::string name = to_lower(charset);
  return name.empty() || std::any_of(std::begin(k_beginnings), std::end(k_beginnings),
                                     [&](std::string_view beginning) { return name.starts_with(beginning); });
}

std::size_t last_tag(std::string_view html, std::string_view tag) {
  const auto found = std::find_end(html.begin(), html.end(), tag.begin(), tag.end(),
                                   [](char a, char b) { return to_lower(a) == to_lower(b); });
  return found == html.end() ? std::string_view::npos : static_cast<std::size_t>(found - html.begin());
}

std::string under_html(std::string text, const std::string& footer) {
  auto at = last_tag(text, "</body");
  if (at == std::string::npos) at = last_tag(text, "</html");
  if (at == std::string::npos) at = text.size();
  return text.insert(at, "<br>\r\n" + footer + "\r\n");
}

std::string under_plain(std::string text, const std::string& footer) {
  if (!text.empty() && !text.ends_with('\n')) text += "\r\n";
  return text + "\r\n" + footer + (footer.ends_with('\n') ? "" : "\r\n");
}

bool has_long_line(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > k_line_bytes_max) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

/// The decoded body, in its own character set.
std::string content_of(std::string_view message, const Part& part) {
  return decode_transfer(part.encoding, message.substr(part.body_offset, part.size_bytes()));
}

TextParts text_of(const Structure& structure) {
  TextParts text;
  find_text(structure.root, text);
  return text;
}

bool is_protected(std::string_view message, const Structure& structure, const TextParts& text) {
  const auto holds_pgp = [&](const Part* part) {
    return part && part->size_bytes() <= k_text_bytes_max &&
           content_of(message, *part).find(k_pgp) != std::string::npos;
  };
  return has_protected_part(structure.root) || holds_pgp(text.plain) || holds_pgp(text.html);
}

/// What a part becomes: its header (if it changes) and its body.
struct Change {
  std::uint64_t offset = 0, size_bytes = 0;
  std::string text;
};

class PartWriter {
 public:
  PartWriter(std::string_view message, const Part& part)
      : message_(message),
        part_(part),
        section_(parse_header_section(slice(part.header_offset, part.body_offset))) {}

  std::optional<Change> with_footer(std::string_view text, bool html) {
    if (!is_changeable()) return std::nullopt;
    const std::string footer = with_crlf(text);
    std::string content = content_of(message_, part_);
    const auto charset = parameter(part_, "charset");
    const bool keeps_charset = is_utf8(charset) || (is_ascii(footer) && holds_ascii(charset));
    if (!keeps_charset) content = to_utf8(charset, content);
    content = html ? under_html(std::move(content), footer) : under_plain(std::move(content), footer);
    return change(encoding_for(footer, content, keeps_charset), content, keeps_charset);
  }

 private:
  std::string_view slice(std::uint64_t begin, std::uint64_t end) const {
    begin = std::min<std::uint64_t>(begin, message_.size());
    return message_.substr(begin, std::max(end, begin) - begin);
  }

  bool is_changeable() const {
    static constexpr std::string_view k_encodings[] = {"7bit", "8bit", "binary", "quoted-printable",
                                                       "base64"};
    // Without an empty line, and its end, the footer would become a part of the header.
    if (!section_.complete || !slice(0, part_.body_offset).ends_with('\n') ||
        part_.size_bytes() > k_text_bytes_max)
      return false;
    // A multipart without boundaries only looks like text.
    if (parse_parameterised(section_.text("Content-Type")).value.starts_with("multipart/")) return false;
    return std::find(std::begin(k_encodings), std::end(k_encodings), part_.encoding) != std::end(k_encodings);
  }

  std::string encoding_for(std::string_view footer, std::string_view content, bool keeps_charset) const {
    if (part_.encoding == "base64" || part_.encoding == "quoted-printable") return part_.encoding;
    const bool wide = !(keeps_charset ? is_ascii(footer) : is_ascii(content)) && part_.encoding == "7bit";
    return wide || has_long_line(footer) ? "quoted-printable" : part_.encoding;
  }

  Change change(const std::string& encoding, const std::string& content, bool keeps_charset) const {
    std::string body = encoding == part_.encoding && encoding != "base64" && encoding != "quoted-printable"
                           ? content
                       : encoding == "base64" ? encode_base64_lines(content)
                                              : encode_quoted_printable(content);
    std::vector<HeaderEdit> edits;
    using Kind = HeaderEdit::Kind;
    if (!keeps_charset) edits.push_back({Kind::set, "Content-Type", type_with_utf8()});
    if (encoding != part_.encoding) edits.push_back({Kind::set, "Content-Transfer-Encoding", encoding});
    if (!edits.empty() && part_.header_offset == 0 && !section_.find("MIME-Version"))
      edits.push_back({Kind::set, "MIME-Version", "1.0"});
    if (edits.empty()) return {part_.body_offset, part_.size_bytes(), std::move(body)};
    return {part_.header_offset, part_.body_end - part_.header_offset,
            edit_header(slice(part_.header_offset, part_.body_offset), edits) + body};
  }

  std::string type_with_utf8() const {
    std::string value = part_.type + "/" + part_.subtype + "; charset=utf-8";
    for (const Parameter& entry : part_.parameters)
      if (!entry.name.starts_with("charset") && is_ascii(entry.value))
        value += "; " + parameter_text(entry.name, entry.value);
    return value;
  }

  std::string_view message_;
  const Part& part_;
  HeaderSection section_;
};

std::string carried_out(std::string_view message, std::vector<Change> changes) {
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.offset < b.offset; });
  std::string result;
  std::size_t at = 0;
  for (const Change& change : changes) {
    result += message.substr(at, change.offset - at);
    result += change.text;
    at = change.offset + change.size_bytes;
  }
  result += message.substr(at);
  return result;
}

}  // namespace

bool is_protected(std::string_view message) {
  const Structure structure = scan_structure(message);
  return is_protected(message, structure, text_of(structure));
}

std::string add_footer(std::string_view message, const Footer& footer) {
  if (footer.empty()) return std::string(message);
  const Structure structure = scan_structure(message);
  const TextParts text = text_of(structure);
  if (!text.any() || is_protected(message, structure, text)) return std::string(message);
  std::vector<Change> changes;
  const auto add = [&](const Part* part, const std::string& own, bool html) {
    if (!part || own.empty()) return;
    if (auto change = PartWriter(message, *part).with_footer(own, html))
      changes.push_back(std::move(*change));
  };
  add(text.plain, footer.plain, false);
  add(text.html, footer.html, true);
  return carried_out(message, std::move(changes));
}

}  // namespace stagecoach::mime
