#include "actors/media.h"

#include <algorithm>

#include "routing/model/address.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_name_bytes_max = 200, k_type_bytes_max = 100;

constexpr std::pair<std::string_view, std::string_view> k_types[] = {
    {"csv", "text/csv"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"gif", "image/gif"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ics", "text/calendar"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"rtf", "application/rtf"},
    {"svg", "image/svg+xml"},
    {"txt", "text/plain"},
    {"vcf", "text/vcard"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"zip", "application/zip"},
};

/// A token of RFC 2045 section 5.1.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > ' ' && c < 127 &&
           std::string_view("()<>@,;:\\\"/[]?=").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

}  // namespace

std::vector<WantedFile> wanted_files(const Plan& plan, const routing::Directory& directory) {
  std::vector<WantedFile> wanted;
  for (const Generated& generated : plan.generated) {
    if (!generated.composed) continue;
    const ComposedMail& mail = *generated.composed;
    const User* user = mail.attachments.empty() ? nullptr : directory.find_user(mail.attachments_of);
    if (!user) continue;
    for (const std::string& name : mail.attachments)
      if (std::none_of(wanted.begin(), wanted.end(), [&](const WantedFile& other) {
            return other.user == user->id && equals_ignoring_case(other.name, name);
          }))
        wanted.push_back({user->id, user->name, storage::clean_text(name)});
  }
  return wanted;
}

AnswerFiles::Key AnswerFiles::key(std::string_view owner, std::string_view name) {
  return {to_lower(owner), to_lower(storage::clean_text(name))};
}

Result<AnswerFiles> AnswerFiles::load(storage::Database& database, const std::vector<WantedFile>& wanted) {
  AnswerFiles files;
  std::size_t bytes = 0;
  for (const WantedFile& one : wanted) {
    auto found = storage::MediaRepository(database).find(one.user, one.name);
    if (!found) return std::move(found.error());
    if (!*found || bytes + (*found)->bytes.size() > k_answer_files_bytes_max) continue;
    bytes += (*found)->bytes.size();
    files.files_.emplace(key(one.owner, one.name), std::move(**found));
  }
  return files;
}

void AnswerFiles::add(std::string_view owner, storage::MediaContent file) {
  Key place = key(owner, file.name);
  files_.emplace(std::move(place), std::move(file));
}

const storage::MediaContent* AnswerFiles::find(std::string_view owner, std::string_view name) const {
  const auto found = files_.find(key(owner, name));
  return found == files_.end() ? nullptr : &found->second;
}

std::vector<AnswerFault> AnswerFiles::missing(const Generated& answer) const {
  std::vector<AnswerFault> faults;
  if (!answer.composed || !answer.memory) return faults;
  for (const std::string& name : answer.composed->attachments)
    if (!find(answer.composed->attachments_of, name))
      faults.push_back({answer.memory->user, answer.memory->definition,
                        "the file " + name +
                            " is not attached: it does not exist, or the files are too "
                            "large together"});
  return faults;
}

std::string media_type_of(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  const std::string ending = dot == std::string_view::npos ? "" : to_lower(file_name.substr(dot + 1));
  for (const auto& [known, type] : k_types)
    if (known == ending) return std::string(type);
  return "application/octet-stream";
}

std::string media_fault(std::string_view name, std::string_view content_type) {
  if (name.empty()) return "the name is empty";
  if (name.size() > k_name_bytes_max) return "the name is longer than 200 bytes";
  for (const char c : name)
    if (static_cast<unsigned char>(c) < ' ' || c == 127 || c == '/' || c == '\\')
      return "the name has a slash or a control character";
  const auto slash = content_type.find('/');
  if (content_type.size() > k_type_bytes_max || slash == std::string_view::npos ||
      !is_token(content_type.substr(0, slash)) || !is_token(content_type.substr(slash + 1)))
    return "the type is not like image/png";
  const std::string main = to_lower(content_type.substr(0, slash));
  // RFC 2046 section 5: these are not encoded as base64.
  if (main == "multipart" || main == "message") return "files of the type " + main + " cannot be attached";
  return {};
}

}  // namespace stagecoach
