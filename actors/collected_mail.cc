#include "actors/collected_mail.h"

#include <openssl/evp.h>

#include <algorithm>

#include "protocols/mime/address_list.h"
#include "protocols/mime/date.h"
#include "protocols/mime/header.h"
#include "protocols/sasl/digest.h"
#include "protocols/smtp/received_field.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_head_bytes_max = 256 * 1024;
constexpr std::size_t k_shown_bytes_max = 500;

struct DigestFreer {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::string shown_text(const mime::HeaderSection& section, std::string_view name) {
  std::string text = mime::decode_words(section.text(name));
  if (text.size() <= k_shown_bytes_max) return text;
  std::size_t end = k_shown_bytes_max;
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;  // not within a character
  return text.substr(0, end);
}

}  // namespace

class CollectedMail::Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string finish() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(context_.get(), digest, &length);
    return sasl::hex({reinterpret_cast<const char*>(digest), length});
  }

 private:
  std::unique_ptr<EVP_MD_CTX, DigestFreer> context_;
};

RemoteHead remote_head(std::string_view head) {
  const auto section = mime::parse_header_section(head);
  RemoteHead shown{shown_text(section, "Subject"), shown_text(section, "From"), shown_text(section, "To"), 0};
  if (const auto date = mime::parse_date(section.text("Date"))) shown.date = microseconds(Time(date->time));
  return shown;
}

std::string collected_sender(std::string_view head, bool or_from) {
  const auto section = mime::parse_header_section(head);
  if (or_from && !section.find("Return-Path")) {
    for (const mime::ListedAddress& listed : mime::parse_address_list(section.text("From")))
      if (listed.kind == mime::ListedAddress::Kind::mailbox)
        return Address{listed.local, listed.domain}.text();
    return {};
  }
  std::string path = section.text("Return-Path");
  if (path.size() >= 2 && path.front() == '<' && path.back() == '>') path = path.substr(1, path.size() - 2);
  for (const char c : path)
    if (static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '>') return {};
  return path;
}

CollectedMail::CollectedMail(Node& node, Remote remote)
    : node_(&node),
      remote_(std::move(remote)),
      id_(node.numbers.take()),
      digest_(std::make_unique<Digest>()) {}
CollectedMail::~CollectedMail() = default;
CollectedMail::CollectedMail(CollectedMail&&) noexcept = default;
CollectedMail& CollectedMail::operator=(CollectedMail&&) noexcept = default;

void CollectedMail::add(std::string_view bytes) {
  digest_->add(bytes);
  if (intake_)
    intake_->add(bytes);
  else
    head_ += bytes;
}

bool CollectedMail::has_head() const {
  return head_.find("\r\n\r\n") != std::string::npos || head_.size() > k_head_bytes_max;
}

std::string_view CollectedMail::head() const {
  std::string_view head = head_;
  if (!remote_.skip_mbox_line || !head.starts_with("From ")) return head;
  const auto end = head.find("\r\n");
  return end == std::string_view::npos ? head : head.substr(end + 2);
}

/// The return path is known only when the header section is there. The provider's own Return-Path stays where
/// it is; ours goes on top, as the final delivery's must.
void CollectedMail::open(const std::string& more_fields) {
  shown_ = remote_head(head());
  reverse_path_ = collected_sender(head());
  intake_.emplace(id_, node_->config()->limits.message_in_memory_max.bytes, node_->counters.body_bytes);
  const std::string return_path = "Return-Path: <" + reverse_path_ + ">\r\n";
  intake_->add_prefix(return_path + received_field() + more_fields,
                      static_cast<std::int64_t>(return_path.size()));
  intake_->add(head());
  head_.clear();
}

std::string CollectedMail::received_field() const {
  smtp::ReceivedField field;
  field.helo = remote_.host;
  field.hostname = node_->config()->server.hostname;
  field.id = std::to_string(id_.value);
  field.time = std::chrono::floor<std::chrono::seconds>(current_time());
  std::string text = smtp::to_wire(field);
  const auto with = text.find("with ");
  const auto id = text.find(" id ");
  if (with != std::string::npos && id != std::string::npos && with < id)
    text.replace(with + 5, text.find_first_of(" \r", with + 5) - with - 5, remote_.protocol);
  return text;
}

std::string CollectedMail::digest() { return digest_->finish(); }

}  // namespace stagecoach
