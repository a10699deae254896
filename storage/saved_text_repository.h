// Texts that administrators keep under a name: messages to users, the options of an import.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/pg.h"

namespace stagecoach::storage {

struct SavedText {
  std::string name, body;
};

class SavedTextRepository {
 public:
  static constexpr std::int64_t k_texts_max = 1000;  // of one kind
  static constexpr std::size_t k_body_bytes_max = 1024 * 1024;

  explicit SavedTextRepository(Database& database) : database_(database) {}

  /// By name.
  Result<std::vector<SavedText>> list(const std::string& kind);
  /// Replaces one of this name. `limit_reached`: too long, or too many.
  Result<void> save(const std::string& kind, const SavedText& text);
  Result<bool> remove(const std::string& kind, const std::string& name);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
