#include "storage/saved_text_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_list{"saved_text_list",
                           "SELECT name, body FROM saved_text WHERE kind = $1 ORDER BY name"};
constexpr Statement k_save{"saved_text_save",
                           "INSERT INTO saved_text (kind, name, body) SELECT $1::text, $2::text, $3::text"
                           " WHERE (SELECT count(*) FROM saved_text WHERE kind = $1 AND name <> $2) < $4"
                           " ON CONFLICT (kind, name) DO UPDATE SET body = $3"};
constexpr Statement k_remove{"saved_text_remove", "DELETE FROM saved_text WHERE kind = $1 AND name = $2"};

}  // namespace

Result<std::vector<SavedText>> SavedTextRepository::list(const std::string& kind) {
  auto rows = database_.run(k_list, {kind});
  if (!rows) return std::move(rows.error()).while_doing("reading saved texts");
  std::vector<SavedText> texts;
  for (int i = 0; i < rows->size(); ++i)
    texts.push_back({std::string(rows->text(i, 0)), std::string(rows->text(i, 1))});
  return texts;
}

Result<void> SavedTextRepository::save(const std::string& kind, const SavedText& text) {
  if (text.body.size() > k_body_bytes_max) return limit_reached("a saved text has at most 1 MB");
  auto done = database_.run(k_save, {kind, text.name, text.body, k_texts_max});
  if (!done) return std::move(done.error()).while_doing("saving a text");
  if (done->affected() == 0)
    return limit_reached("at most " + std::to_string(k_texts_max) + " texts can be saved");
  return {};
}

Result<bool> SavedTextRepository::remove(const std::string& kind, const std::string& name) {
  auto done = database_.run(k_remove, {kind, name});
  if (!done) return std::move(done.error()).while_doing("deleting a saved text");
  return done->affected() > 0;
}

}  // namespace stagecoach::storage
