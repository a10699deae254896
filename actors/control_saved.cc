// Texts that administrators keep under a name, as the control socket has them.
#include "actors/control_mail.h"
#include "actors/serialisation.h"
#include "storage/saved_text_repository.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr std::size_t k_name_bytes_max = 100;

std::string text(const ControlTask& task, const char* key) {
  return storage::clean_text(task.arguments().at(key).get<std::string>());
}

}  // namespace

void saved_list(ControlTask& task) {
  task.read<std::vector<storage::SavedText>>(
      [kind = text(task, "kind")](storage::Database& database) {
        return storage::SavedTextRepository(database).list(kind);
      },
      [&task](const std::vector<storage::SavedText>& texts) {
        json rows = json::array();
        for (const storage::SavedText& one : texts) rows.push_back({{"name", one.name}, {"text", one.body}});
        task.succeed(std::move(rows));
      });
}

void saved_save(ControlTask& task) {
  const storage::SavedText saved{text(task, "name"), text(task, "text")};
  if (saved.name.empty() || saved.name.size() > k_name_bytes_max)
    return task.fail(invalid_input("a saved text needs a name of at most 100 characters"));
  task.read<bool>(
      [kind = text(task, "kind"), saved](storage::Database& database) -> Result<bool> {
        if (auto done = storage::SavedTextRepository(database).save(kind, saved); !done)
          return std::move(done.error());
        return true;
      },
      [&task](bool) {
        task.succeed({{"saved", true}});
      });
}

void saved_delete(ControlTask& task) {
  const std::string name = text(task, "name");
  task.read<bool>(
      [kind = text(task, "kind"), name](storage::Database& database) {
        return storage::SavedTextRepository(database).remove(kind, name);
      },
      [&task, name](bool removed) {
        if (!removed) return task.fail(not_found("there is no saved text \"" + name + "\""));
        task.succeed({{"deleted", true}});
      });
}

}  // namespace stagecoach
