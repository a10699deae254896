// Exports of mailboxes at the control socket: the archive goes over it, so that whoever asks writes the file.
#include "actors/control_mail.h"
#include "actors/mailbox_export.h"
#include "actors/serialisation.h"
#include "protocols/sasl/base64.h"

namespace stagecoach {

namespace {

struct Exporting {
  Exporting(MailboxExport::Format format, std::int64_t now) : archive(format, now) {}
  MailboxExport archive;
  std::int64_t bytes = 0, told_at = 0;  // seconds since 1970
};

/// One part at a time: the next is made when the visitor has taken the one before.
void send_next_part(ControlTask& task, const std::shared_ptr<Exporting>& exporting) {
  task.read<std::string>(
      [exporting](storage::Database& database) { return exporting->archive.next(database); },
      [&task, exporting](const std::string& part) {
        const MailboxExport& archive = exporting->archive;
        if (part.empty())
          return task.succeed({{"folders", archive.folders()},
                               {"messages", archive.messages_done()},
                               {"size_bytes", exporting->bytes}});
        exporting->bytes += static_cast<std::int64_t>(part.size());
        if (const auto now = now_seconds(); std::exchange(exporting->told_at, now) != now)
          task.tell_progress(std::to_string(archive.messages_done()) + " of " +
                             std::to_string(archive.messages_total()) + " messages");
        task.send_piece({{"bytes", sasl::encode_base64(part)}},
                        [&task, exporting] { send_next_part(task, exporting); });
      });
}

}  // namespace

void folder_export(ControlTask& task) {
  const std::string format = task.arguments().value("format", "eml");
  if (format != "eml" && format != "mbox")
    return task.fail(invalid_input("the format is eml or mbox, not \"" + format + "\""));
  auto exporting = std::make_shared<Exporting>(
      format == "mbox" ? MailboxExport::Format::mbox : MailboxExport::Format::eml, now_seconds());
  const auto names = task.arguments().value("folders", std::vector<std::string>{});
  task.find_user(task.arguments().value("user", ""), [&task, exporting, names](UserId user) {
    task.read<bool>(
        [exporting, user, names](storage::Database& database) -> Result<bool> {
          if (auto chosen = exporting->archive.choose(database, user, names); !chosen)
            return std::move(chosen.error());
          return true;
        },
        [&task, exporting](bool) { send_next_part(task, exporting); });
  });
}

}  // namespace stagecoach
