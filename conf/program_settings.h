// [programs]: other programs that look at messages on their way, and [proxy]: the way to the Internet through
// a SOCKS server. Lua scripts are the better way wherever they suffice; docs/reference/programs.md.
#pragma once

#include "conf/setting.h"

namespace stagecoach::conf {

using namespace std::chrono_literals;

/// A program without a shell: the message on its standard input, facts in its environment.
struct ProgramSettings {
  std::vector<std::string> command;
  std::chrono::seconds timeout{60};
  bool ignore_return_code = false;

  bool is_set() const { return !command.empty(); }

  static constexpr auto settings() {
    using S = ProgramSettings;
    return std::tuple{
        Setting{"command", &S::command, Anything{},
                "Program and arguments, [\"/usr/local/bin/scan\", \"-q\"]. No shell looks at them. Empty: no "
                "program runs."},
        Setting{"timeout", &S::timeout, Range{1s, 600s}, "Time for one message; then it is ended by force."},
        Setting{"ignore_return_code", &S::ignore_return_code,
                "Its output counts whatever it returns. Off: with an exit code other than 0 the message goes "
                "on as it was, and the message target ExternalRouterError is told."},
    };
  }
  bool operator==(const ProgramSettings&) const = default;
};

struct OutmailProgramSettings {
  ProgramSettings program;
  bool all_mail = false;

  static constexpr auto settings() {
    using S = OutmailProgramSettings;
    return std::tuple{
        Setting{"", &S::program, Flat{}, ""},
        Setting{"all_mail", &S::all_mail,
                "It sees all messages that come by SMTP. Off: those with external recipients."},
    };
  }
  bool operator==(const OutmailProgramSettings&) const = default;
};

struct ProgramsSettings {
  ProgramSettings external_router;
  OutmailProgramSettings outmail;
  ProgramSettings smtp_client;

  static constexpr auto settings() {
    using S = ProgramsSettings;
    return std::tuple{
        Setting{"external_router", &S::external_router,
                "Sees each collected message and may say whom it is for."},
        Setting{"outmail", &S::outmail, "May change messages that have come by SMTP."},
        Setting{"smtp_client", &S::smtp_client, "May change each message that a relay sender sends."},
    };
  }
  bool operator==(const ProgramsSettings&) const = default;
};

struct ProxySettings {
  std::string socks_address;
  int socks_port = 1080;
  std::string socks_user;

  static constexpr auto settings() {
    using S = ProxySettings;
    return std::tuple{
        Setting{"socks_address", &S::socks_address, Anything{},
                "SOCKS server (version 4) of connections with use_socks: name or address."},
        Setting{"socks_port", &S::socks_port, Range{1, 65535}, "Its port."},
        Setting{"socks_user", &S::socks_user, Anything{},
                "User name for it; version 4 has no passwords. Empty: none."},
    };
  }
  bool operator==(const ProxySettings&) const = default;
};

}  // namespace stagecoach::conf
