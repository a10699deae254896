#include "protocols/dkim/signature.h"

#include <openssl/evp.h>

#include <algorithm>
#include <span>

#include "protocols/mime/header.h"
#include "protocols/sasl/base64.h"
#include "routing/model/address.h"

namespace stagecoach::dkim {
namespace {

// RFC 6376 section 5.4.1 and the fields of lists that RFC 8058 section 4 demands.
constexpr std::string_view k_usual[] = {"From",
                                        "Sender",
                                        "Reply-To",
                                        "Subject",
                                        "Date",
                                        "Message-ID",
                                        "To",
                                        "Cc",
                                        "MIME-Version",
                                        "Content-Type",
                                        "Content-Transfer-Encoding",
                                        "Content-ID",
                                        "Content-Description",
                                        "In-Reply-To",
                                        "References",
                                        "Resent-Date",
                                        "Resent-From",
                                        "Resent-Sender",
                                        "Resent-To",
                                        "Resent-Cc",
                                        "Resent-Message-ID",
                                        "List-Id",
                                        "List-Help",
                                        "List-Unsubscribe",
                                        "List-Unsubscribe-Post",
                                        "List-Subscribe",
                                        "List-Post",
                                        "List-Owner",
                                        "List-Archive"};
constexpr std::string_view k_never[] = {"Return-Path", "Received",       "Comments",
                                        "Keywords",    "DKIM-Signature", "Authentication-Results"};
constexpr std::size_t k_fields_of_a_name_max = 10, k_line_max = 76;

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view one) { return equals_ignoring_case(one, name); });
}

/// Writes tags and folds before what would make a line longer than 76 octets.
class FieldWriter {
 public:
  void add(std::string_view piece, bool space_before) {
    const std::size_t blank = space_before && width_ > 1 ? 1 : 0;
    if (width_ + blank + piece.size() > k_line_max && width_ > 1) {
      text_ += "\r\n ";
      width_ = 1;
    } else if (blank == 1) {
      text_ += ' ';
      ++width_;
    }
    text_ += piece;
    width_ += piece.size();
  }
  /// Base64 may be folded anywhere.
  void add_base64(std::string_view value) {
    while (!value.empty()) {
      const std::size_t room = width_ < k_line_max ? k_line_max - width_ : 0;
      text_ += value.substr(0, room);
      width_ += std::min(room, value.size());
      value.remove_prefix(std::min(room, value.size()));
      if (value.empty()) break;
      text_ += "\r\n ";
      width_ = 1;
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::size_t width_ = 0;
};

std::string_view form_name(Form form) { return form == Form::simple ? "simple" : "relaxed"; }

/// Everything up to and including "b=".
FieldWriter begin_field(const Signer& signer, const std::vector<std::string>& names,
                        std::string_view body_hash, std::int64_t now) {
  FieldWriter field;
  field.add("DKIM-Signature:", false);
  field.add("v=1;", true);
  field.add("a=" + std::string(name_of(signer.key.algorithm())) + ";", true);
  field.add("c=" + std::string(form_name(signer.header)) + "/" + std::string(form_name(signer.body)) + ";",
            true);
  field.add("d=" + signer.domain + ";", true);
  field.add("s=" + signer.selector + ";", true);
  field.add("t=" + std::to_string(now) + ";", true);
  if (signer.valid_seconds > 0) field.add("x=" + std::to_string(now + signer.valid_seconds) + ";", true);
  for (std::size_t i = 0; i < names.size(); ++i)
    field.add((i == 0 ? "h=" : "") + names[i] + (i + 1 < names.size() ? ":" : ";"), i == 0);
  field.add("bh=" + std::string(body_hash) + ";", true);
  field.add("b=", true);
  return field;
}

/// The canonical bytes of the fields in the order of h=: of several fields of one name the last one first.
std::string hashed_fields(Form form, const mime::HeaderSection& section, std::string_view header,
                          const std::vector<std::string>& names) {
  std::string result;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto all = section.find_all(names[i]);
    const auto before = static_cast<std::size_t>(
        std::count_if(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i),
                      [&](const std::string& name) { return equals_ignoring_case(name, names[i]); }));
    if (before >= all.size()) continue;  // covered as absent
    const mime::Field& field = *all[all.size() - 1 - before];
    result += canonical_field(form, header.substr(field.offset, field.size_bytes));
  }
  return result;
}

std::vector<std::string> covered_fields_of(const mime::HeaderSection& section,
                                           const std::vector<std::string>& more_fields) {
  std::vector<std::string> names;
  const auto cover = [&](std::string_view name, bool once_more) {
    const std::size_t count = std::min(section.find_all(name).size(), k_fields_of_a_name_max);
    names.insert(names.end(), count + (once_more ? 1 : 0), std::string(name));
  };
  for (const std::string_view name : k_usual) cover(name, name == "From");
  for (const std::string& name : more_fields)
    if (!is_one_of(name, k_usual) && may_be_covered(name)) cover(name, false);
  return names;
}

}  // namespace

bool may_be_covered(std::string_view name) { return !is_one_of(name, k_never); }

BodyHash::BodyHash(Form form)
    : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free), body_(form, [context = context_](std::string_view bytes) {
        EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
      }) {
  EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

std::string BodyHash::finish() {
  body_.finish();
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context_.get(), hash, &size) != 1) return {};
  return sasl::encode_base64({reinterpret_cast<const char*>(hash), size});
}

std::vector<std::string> covered_fields(std::string_view header,
                                        const std::vector<std::string>& more_fields) {
  return covered_fields_of(mime::parse_header_section(header), more_fields);
}

Result<std::string> signature_field(const Signer& signer, std::string_view header, std::string_view body_hash,
                                    std::int64_t now) {
  if (body_hash.empty()) return internal_error("libcrypto could not hash the body");
  const mime::HeaderSection section = mime::parse_header_section(header);
  const std::vector<std::string> names = covered_fields_of(section, signer.more_fields);
  FieldWriter field = begin_field(signer, names, body_hash, now);
  std::string hashed = hashed_fields(signer.header, section, header, names);
  hashed += canonical_field(signer.header, field.text());
  hashed.resize(hashed.size() - 2);  // RFC 6376 section 3.7: the signature's own field without its line end
  const auto signature = signer.key.sign(hashed);
  if (!signature) return signature.error();
  field.add_base64(sasl::encode_base64(*signature));
  return field.text() + "\r\n";
}

}  // namespace stagecoach::dkim
