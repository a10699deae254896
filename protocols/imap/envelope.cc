#include "protocols/imap/envelope.h"

#include <algorithm>

#include "protocols/imap/wire.h"
#include "protocols/mime/address_list.h"
#include "routing/model/address.h"

namespace stagecoach::imap {
namespace {

constexpr std::size_t k_addresses_max = 1000;  // of one field

void append_address(std::string& out, const mime::ListedAddress& address) {
  using Kind = mime::ListedAddress::Kind;
  out += '(';
  if (address.kind == Kind::mailbox) {
    append_nstring(out, address.display_name);
    out += ' ';
    append_nstring(out, address.route);
    out += ' ';
    append_string(out, address.local);
    out += ' ';
    // A missing domain must not be NIL: that would begin a group.
    append_string(out, address.domain);
  } else {
    out += "NIL NIL ";
    if (address.kind == Kind::group_begin)
      append_string(out, address.display_name);
    else
      out += "NIL";
    out += " NIL";
  }
  out += ')';
}

void append_addresses(std::string& out, const std::string& body) {
  const auto list = mime::parse_address_list(body, k_addresses_max);
  if (list.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const auto& address : list) append_address(out, address);
  out += ')';
}

void append_parameters(std::string& out, const std::vector<mime::Parameter>& parameters) {
  if (parameters.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const mime::Parameter& parameter : parameters) {
    if (out.back() != '(') out += ' ';
    append_string(out, parameter.name);
    out += ' ';
    append_string(out, parameter.value);
  }
  out += ')';
}

void append_disposition(std::string& out, const mime::Part& part) {
  if (part.disposition.empty()) {
    out += " NIL";
    return;
  }
  out += " (";
  append_string(out, part.disposition);
  out += ' ';
  append_parameters(out, part.disposition_parameters);
  out += ')';
}

/// Disposition, language and location, which end both forms.
void append_extension(std::string& out, const mime::Part& part) {
  append_disposition(out, part);
  if (part.languages.empty()) {
    out += " NIL";
  } else {
    out += " (";
    for (const std::string& language : part.languages) {
      if (out.back() != '(') out += ' ';
      append_string(out, language);
    }
    out += ')';
  }
  out += ' ';
  append_nstring(out, part.location);
}

void append_part(std::string& out, const mime::Part& part);

void append_multipart(std::string& out, const mime::Part& part) {
  for (const mime::Part& child : part.children) append_part(out, child);
  out += ' ';
  append_string(out, part.subtype);
  out += ' ';
  append_parameters(out, part.parameters);
  append_extension(out, part);
}

void append_single(std::string& out, const mime::Part& part) {
  append_string(out, part.type);
  out += ' ';
  append_string(out, part.subtype);
  out += ' ';
  append_parameters(out, part.parameters);
  for (const std::string* text : {&part.id, &part.description}) {
    out += ' ';
    append_nstring(out, *text);
  }
  out += ' ';
  append_string(out, part.encoding);
  out += ' ' + std::to_string(part.size_bytes());
  if (part.is_message()) {
    out += ' ' + envelope_text(*part.envelope) + ' ';
    append_part(out, part.children.front());
  }
  if (part.is_message() || part.type == "text") out += ' ' + std::to_string(part.lines);
  out += ' ';
  append_nstring(out, part.md5);
  append_extension(out, part);
}

void append_part(std::string& out, const mime::Part& part) {
  out += '(';
  if (part.is_multipart())
    append_multipart(out, part);
  else
    append_single(out, part);
  out += ')';
}

/// Reads our own text: no error handling beyond staying inside of it.
class Shortener {
 public:
  explicit Shortener(std::string_view text) : text_(text) {}

  std::string part() {
    std::string out;
    copy(out, 1);  // (
    if (peek() == '(') {
      while (peek() == '(') out += part();
      out += ' ';
      skip(1);
      copy_value(out);
    } else {
      single(out);
    }
    while (!at_end() && peek() != ')') skip_value();
    copy(out, 1);
    return out;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? ')' : text_[at_]; }
  void skip(std::size_t count) { at_ = std::min(at_ + count, text_.size()); }
  void copy(std::string& out, std::size_t count) {
    const auto begin = at_;
    skip(count);
    out += text_.substr(begin, at_ - begin);
  }

  void single(std::string& out) {
    const auto type_begin = at_;
    copy_value(out);
    const bool text = text_.substr(type_begin, at_ - type_begin) == "\"text\"";
    const bool message = text_.substr(type_begin, at_ - type_begin) == "\"message\"";
    const auto subtype_begin = at_ + 1;
    copy_spaced(out, 1);
    const bool rfc822 = message && text_.substr(subtype_begin, at_ - subtype_begin) == "\"rfc822\"";
    copy_spaced(out, 5);  // parameters, id, description, encoding, size
    if (rfc822) {
      copy_spaced(out, 1);  // the envelope
      copy(out, 1);
      if (peek() == '(') out += part();
    }
    if (text || rfc822) copy_spaced(out, 1);  // lines
  }

  void copy_spaced(std::string& out, int count) {
    for (int i = 0; i < count && peek() == ' '; ++i) {
      copy(out, 1);
      copy_value(out);
    }
  }

  void copy_value(std::string& out) {
    const auto begin = at_;
    skip_value();
    out += text_.substr(begin, at_ - begin);
  }

  /// A string, a literal, an atom or a parenthesised list, with the blank before it.
  void skip_value() {
    if (peek() == ' ' && !at_end()) skip(1);
    int depth = 0;
    do {
      if (at_end()) return;
      const char c = text_[at_];
      if (c == '"') {
        skip_quoted();
      } else if (c == '{') {
        skip_literal();
      } else if (c == '(' || c == ')') {
        if (c == ')' && depth == 0) return;
        depth += c == '(' ? 1 : -1;
        skip(1);
      } else if (c == ' ') {
        skip(1);
      } else {
        skip(std::min(text_.find_first_of(" ()", at_), text_.size()) - at_);
      }
    } while (depth > 0);
  }

  void skip_quoted() {
    for (skip(1); !at_end() && text_[at_] != '"'; skip(1))
      if (text_[at_] == '\\') skip(1);
    skip(1);
  }

  void skip_literal() {
    std::size_t size = 0;
    for (skip(1); !at_end() && text_[at_] >= '0' && text_[at_] <= '9'; skip(1))
      size = std::min<std::size_t>(size * 10 + static_cast<std::size_t>(text_[at_] - '0'), text_.size());
    skip(3 + size);  // } CR LF
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string envelope_text(const mime::EnvelopeFields& fields) {
  std::string out = "(";
  append_nstring(out, fields.date);
  out += ' ';
  append_nstring(out, fields.subject);
  // RFC 3501 section 7.4.2: Sender and Reply-To default to From.
  const std::string& sender = fields.sender.empty() ? fields.from : fields.sender;
  const std::string& reply_to = fields.reply_to.empty() ? fields.from : fields.reply_to;
  for (const std::string* body : {&fields.from, &sender, &reply_to, &fields.to, &fields.cc, &fields.bcc}) {
    out += ' ';
    append_addresses(out, *body);
  }
  out += ' ';
  append_nstring(out, fields.in_reply_to);
  out += ' ';
  append_nstring(out, fields.message_id);
  return out + ')';
}

std::string bodystructure_text(const mime::Structure& structure) {
  std::string out;
  append_part(out, structure.root);
  return out;
}

std::string body_text(std::string_view bodystructure) { return Shortener(bodystructure).part(); }

}  // namespace stagecoach::imap
