#include "actors/control_mail.h"

#include <map>

namespace stagecoach {

bool start_mail_command(caf::actor_system& system, Node& node, const ControlSessionActor& session,
                        const std::string& command, const nlohmann::json& arguments) {
  static const std::map<std::string, ControlTask::Start> k_commands = {
      {"queue list", &queue_list},
      {"queue show", &queue_show},
      {"queue sent", &queue_sent},
      {"queue command", &queue_command},
      {"user undelete", &user_undelete},
      {"prune preview", &prune_preview},
      {"folder list", &folder_list},
      {"folder change", &folder_change},
      {"message send", &message_send},
      {"autoresponder log", &autoresponder_log},
      {"list unsubscribe-link", &unsubscribe_link},
      {"folder rights", &folder_rights},
      {"folder export", &folder_export},
      {"user count", &user_count},
      {"user copy-inbox", &user_copy_inbox},
      {"user removal", &user_removal},
      {"saved list", &saved_list},
      {"saved save", &saved_save},
      {"saved delete", &saved_delete},
      {"directory change", &directory_change},
      {"schedule list", &schedule_list},
      {"tls report", &tls_report},
      {"summary", &summary},
      {"lan list", &lan_list},
      {"lan pause", &lan_pause},
      {"lan queue", &lan_queue},
      {"lan command", &lan_command},
      {"lan export", &lan_export},
      {"schedule pause", &schedule_pause},
      {"collector list", &collector_list},
      {"collector messages", &collector_messages},
      {"collector wish", &collector_wish},
      {"explain download", &explain_download},
  };
  const auto known = k_commands.find(command);
  if (known == k_commands.end()) return false;
  system.spawn<ControlTask>(std::ref(node), session, arguments, known->second);
  return true;
}

}  // namespace stagecoach
