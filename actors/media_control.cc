// The media pool behind the control socket.
#include "actors/autoresponder_control.h"
#include "actors/json_values.h"
#include "actors/media.h"
#include "protocols/sasl/base64.h"
#include "storage/media_repository.h"

namespace stagecoach {

namespace {

using nlohmann::json;

std::string text(const ControlTask& task, const char* key) {
  return storage::clean_text(task.arguments().at(key).get<std::string>());
}

storage::MediaLimits limits_of(const Node& node) {
  storage::MediaLimits limits;
  limits.file_bytes_max = node.config()->limits.media_file_max.bytes;
  limits.user_bytes_max = node.config()->limits.media_user_max.bytes;
  return limits;
}

json row_of(const storage::MediaFile& file) {
  return {{"name", file.name},
          {"content_type", file.content_type},
          {"size_bytes", file.size_bytes},
          {"at", json_time(file.at)}};
}

}  // namespace

void media_list(ControlTask& task) {
  task.find_user(text(task, "user"), [&task](UserId user) {
    task.read<std::vector<storage::MediaFile>>(
        [user](storage::Database& database) { return storage::MediaRepository(database).list(user); },
        [&task](const std::vector<storage::MediaFile>& files) {
          json rows = json::array();
          for (const storage::MediaFile& file : files) rows.push_back(row_of(file));
          task.succeed(std::move(rows));
        });
  });
}

void media_show(ControlTask& task) {
  const std::string name = text(task, "name");
  task.find_user(text(task, "user"), [&task, name](UserId user) {
    task.read<std::optional<storage::MediaContent>>(
        [user, name](storage::Database& database) {
          return storage::MediaRepository(database).find(user, name);
        },
        [&task, name](const std::optional<storage::MediaContent>& file) {
          if (!file) return task.fail(not_found("there is no file \"" + name + "\""));
          task.succeed({{"name", file->name},
                        {"content_type", file->content_type},
                        {"content", sasl::encode_base64(file->bytes)}});
        });
  });
}

void media_add(ControlTask& task) {
  auto bytes = sasl::decode_base64(task.arguments().at("content").get_ref<const std::string&>());
  if (!bytes) return task.fail(invalid_input("the content is no base64"));
  auto file = std::make_shared<storage::MediaContent>();
  file->name = text(task, "name");
  file->content_type = storage::clean_text(task.arguments().value("content_type", ""));
  if (file->content_type.empty()) file->content_type = media_type_of(file->name);
  file->bytes = std::move(*bytes);
  if (const std::string fault = media_fault(file->name, file->content_type); !fault.empty())
    return task.fail(invalid_input(file->name + ": " + fault));
  task.find_user(text(task, "user"), [&task, file](UserId user) {
    task.read<bool>(
        [user, file, limits = limits_of(task.node())](storage::Database& database) -> Result<bool> {
          auto put = storage::MediaRepository(database).put(user, *file, now_microseconds(), limits);
          if (!put) return std::move(put.error());
          return true;
        },
        [&task, file](bool) {
          task.succeed({{"name", file->name},
                        {"content_type", file->content_type},
                        {"size_bytes", file->bytes.size()}});
        });
  });
}

void media_delete(ControlTask& task) {
  const std::string name = text(task, "name");
  task.find_user(text(task, "user"), [&task, name](UserId user) {
    task.read<bool>(
        [user, name](storage::Database& database) {
          return storage::MediaRepository(database).remove(user, name);
        },
        [&task, name](bool removed) {
          if (!removed) return task.fail(not_found("there is no file \"" + name + "\""));
          task.succeed({{"deleted", name}});
        });
  });
}

}  // namespace stagecoach
