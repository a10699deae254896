// mxout.lua or relayout.lua for one sending session. Without such a script nothing is made and each call
// costs a comparison. Errors of the script go to the log and to its error log, and the call answers as if the
// script did not exist. Belongs to the thread of its session.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "actors/node.h"
#include "conf/sender_settings.h"
#include "routing/lua/sending_hooks.h"

namespace stagecoach {

class SendingHooks {
 public:
  /// The scripts in force now. Mail to a server of its own (LAN forwarding) has no script here.
  SendingHooks(Node& node, const conf::SenderSettings& sender);

  /// Whether there is a script: what others have to prepare for it may depend on that.
  bool exist() const { return pool_ != nullptr; }

  /// Before each attempt to connect to a server, with the name that the MX record or the setting has.
  /// `domain`: of the recipients, empty at a relay. `sender`: of the message, as far as it is known. Nothing:
  /// as set.
  std::optional<routing::ServerChange> before_connect(std::string_view server, std::string_view domain,
                                                      std::string_view sender = {});
  /// When the server has accepted the connection: the limits of the sender, or what the script makes of them.
  routing::ConnectionLimits after_connect(std::string_view server);
  /// The return path to send this delivery with; nothing: that of its envelope.
  std::optional<std::string> return_path(const DeliveryTask& delivery);

 private:
  template <class T>
  T value_or_report(Result<T> result, T otherwise, MessageId message = {});

  Node& node_;
  std::string_view script_;
  std::string connection_;
  std::int64_t connection_id_ = 0;
  routing::ConnectionLimits limits_;
  std::unique_ptr<routing::LuaPool> pool_;  // null: no such script
};

}  // namespace stagecoach
