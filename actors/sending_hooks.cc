#include "actors/sending_hooks.h"

#include "actors/queue_route.h"
#include "actors/script_errors.h"
#include "actors/script_hooks.h"
#include "actors/script_store.h"

namespace stagecoach {

namespace {

/// From 1; 0: it is none of the configuration's.
std::int64_t place_of(const std::string& connection, const std::vector<conf::SenderSettings>& senders) {
  for (std::size_t i = 0; i < senders.size(); ++i)
    if (senders[i].connection == connection) return static_cast<std::int64_t>(i) + 1;
  return 0;
}

}  // namespace

SendingHooks::SendingHooks(Node& node, const conf::SenderSettings& sender)
    : node_(node),
      script_(sender.kind == conf::SenderKind::direct ? routing::k_mxout_script : routing::k_relayout_script),
      limits_{sender.limits.max_messages_per_session, sender.limits.max_recipients_per_session,
              sender.limits.max_recipients_per_message} {
  const routing::ScriptSetPtr scripts = node.scripts();
  if (sender.connection == k_route_connection || !scripts->find(script_)) return;
  const auto config = node.config();
  connection_ = sender.connection;
  connection_id_ = place_of(connection_, config->senders);
  pool_ = std::make_unique<routing::LuaPool>(scripts, script_limits(*config));
}

std::optional<routing::ServerChange> SendingHooks::before_connect(std::string_view server,
                                                                  std::string_view domain,
                                                                  std::string_view sender) {
  if (!pool_) return {};
  const routing::ServerFacts facts{server, domain, sender, connection_id_, connection_};
  return value_or_report(routing::run_server_details(*pool_, script_, facts, script_moment()), {});
}

routing::ConnectionLimits SendingHooks::after_connect(std::string_view server) {
  if (!pool_) return limits_;
  return value_or_report(routing::run_server_connected(*pool_, script_, server, limits_, script_moment()),
                         limits_);
}

std::optional<std::string> SendingHooks::return_path(const DeliveryTask& delivery) {
  if (!pool_) return {};
  std::vector<std::string> recipients;
  for (const EnvelopeRecipient& recipient : delivery.envelope.recipients)
    recipients.push_back(recipient.address);
  return value_or_report(
      routing::run_return_path(*pool_, script_, delivery.envelope.reverse_path, recipients, script_moment()),
      {}, MessageId{delivery.id.value});
}

template <class T>
T SendingHooks::value_or_report(Result<T> result, T otherwise, MessageId message) {
  if (result) return std::move(*result);
  report_script_error(node_, result.error(), message);
  return otherwise;
}

}  // namespace stagecoach
