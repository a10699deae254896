#include "protocols/mime/rewrite.h"

#include <algorithm>
#include <optional>

#include "protocols/mime/address_list.h"
#include "protocols/mime/footer.h"
#include "protocols/mime/header.h"
#include "protocols/mime/writer.h"
#include "routing/model/address.h"

namespace stagecoach::mime {
namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view entry) { return equals_ignoring_case(entry, name); });
}

bool holds_addresses(std::string_view name) {
  return is_one_of(
      name, {"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-From", "Resent-Sender", "Resent-To",
             "Resent-Cc", "Disposition-Notification-To", "Return-Receipt-To", "Errors-To"});
}

/// Fields that tell the way of the message stand above all others (RFC 5321 section 4.4).
bool is_trace(std::string_view name) {
  return is_one_of(name,
                   {"Return-Path", "Received", "Authentication-Results", "ARC-Seal", "ARC-Message-Signature",
                    "ARC-Authentication-Results", "DKIM-Signature", "Received-SPF", "Delivered-To"});
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 128; });
}

/// The local part as it stands in a field: the address parser has taken the quotes away.
std::string local_text(std::string_view local) {
  const bool plain = !local.empty() && std::all_of(local.begin(), local.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 127 &&
           std::string_view("()<>[]:;@\\,\"").find(c) == std::string_view::npos;
  });
  if (plain) return std::string(local);
  std::string quoted = "\"";
  for (const char c : local) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

/// Display names in encoded words; the addresses themselves as they are (RFC 6532 where they are not ASCII).
std::vector<NamedAddress> named_addresses(std::string_view value) {
  std::vector<NamedAddress> addresses;
  for (const ListedAddress& entry : parse_address_list(value, 1000)) {
    if (entry.kind != ListedAddress::Kind::mailbox) continue;
    const std::string domain = entry.domain.empty() ? "" : "@" + entry.domain;
    addresses.push_back({decode_words(entry.display_name), local_text(entry.local) + domain});
  }
  return addresses;
}

/// What is ASCII stays as the caller wrote it.
std::string field_text(std::string_view name, std::string_view value) {
  HeaderWriter writer;
  if (is_ascii(value))
    writer.structured(name, value);
  else if (holds_addresses(name))
    writer.addresses(name, named_addresses(value));
  else
    writer.text(name, value);
  return writer.fields();
}

/// A header section as a list of raw fields, most of which stay untouched.
class HeaderDraft {
 public:
  explicit HeaderDraft(std::string_view message) : section_(parse_header_section(message)) {
    for (const Field& field : section_.fields)
      entries_.push_back(
          {std::string(field.name), std::string(message.substr(field.offset, field.size_bytes))});
    const auto listed =
        section_.fields.empty() ? 0 : section_.fields.back().offset + section_.fields.back().size_bytes;
    rest_ = message.substr(std::min(listed, message.size()));
  }

  void apply(const HeaderEdit& edit) {
    const bool removes = edit.kind == HeaderEdit::Kind::remove || edit.value.empty();
    if (edit.name.empty()) return;
    if (edit.kind == HeaderEdit::Kind::add && !removes) return add(edit);
    const auto same = [&](const Entry& entry) { return equals_ignoring_case(entry.name, edit.name); };
    auto rest = std::find_if(entries_.begin(), entries_.end(), same);
    if (!removes && rest == entries_.end()) return add(edit);
    if (!removes) *rest++ = {edit.name, field_text(edit.name, edit.value)};
    entries_.erase(std::remove_if(rest, entries_.end(), same), entries_.end());
  }

  std::string finish() && {
    std::string message;
    for (Entry& entry : entries_) {
      message += entry.raw;
      if (!entry.raw.ends_with('\n')) message += "\r\n";  // the last line of a message that is cut off
    }
    if (!section_.complete && !section_.truncated && rest_.empty()) return message + "\r\n";
    message += rest_;
    return message;
  }

 private:
  struct Entry {
    std::string name, raw;
  };

  void add(const HeaderEdit& edit) {
    const auto at = is_trace(edit.name) ? entries_.begin() : entries_.end();
    entries_.insert(at, {edit.name, field_text(edit.name, edit.value)});
  }

  HeaderSection section_;
  std::vector<Entry> entries_;
  std::string_view rest_;  // the empty line and the body
};

}  // namespace

std::string edit_header(std::string_view message, const std::vector<HeaderEdit>& edits) {
  if (edits.empty()) return std::string(message);
  HeaderDraft draft(message);
  for (const HeaderEdit& edit : edits) draft.apply(edit);
  return std::move(draft).finish();
}

std::string rewrite(std::string_view message, const Rendition& rendition) {
  if (rendition.footer.empty()) return edit_header(message, rendition.header);
  return edit_header(add_footer(message, rendition.footer), rendition.header);
}

}  // namespace stagecoach::mime
