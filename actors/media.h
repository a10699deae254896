// Files of the media pool on their way into automatic answers: which of them a Plan needs, and their bytes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "routing/directory.h"
#include "routing/model/plan.h"
#include "storage/media_repository.h"

namespace stagecoach {

/// The files of all answers of one Plan have at most so many bytes; what is beyond goes without.
inline constexpr std::size_t k_answer_files_bytes_max = std::size_t{25} << 20;

struct WantedFile {
  UserId user;
  std::string owner, name;
};
/// Each once; most Plans want none.
std::vector<WantedFile> wanted_files(const Plan& plan, const routing::Directory& directory);

/// What was found of them, by owner and name without regard to case.
class AnswerFiles {
 public:
  /// Asks the database: not on the router's thread. A file that does not exist is no failure.
  static Result<AnswerFiles> load(storage::Database& database, const std::vector<WantedFile>& wanted);

  void add(std::string_view owner, storage::MediaContent file);
  /// nullptr: it is not there.
  const storage::MediaContent* find(std::string_view owner, std::string_view name) const;
  /// What this answer has to do without.
  std::vector<AnswerFault> missing(const Generated& answer) const;

 private:
  using Key = std::pair<std::string, std::string>;
  static Key key(std::string_view owner, std::string_view name);
  std::map<Key, storage::MediaContent> files_;
};

/// The type that an extension stands for; "application/octet-stream" for those that are not known.
std::string media_type_of(std::string_view file_name);

/// Why a file cannot be in the pool under this name and type; empty: it can. A type is like "image/png";
/// those that hold other parts (multipart, message) cannot be attached as they are.
std::string media_fault(std::string_view name, std::string_view content_type);

}  // namespace stagecoach
