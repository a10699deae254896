// Who gets mail: [local], [[user]] (with profile_settings.h), and how it is routed: [pipeline], [scripts].
#pragma once

#include "conf/profile_settings.h"
#include "conf/setting.h"

namespace stagecoach::conf {

struct LocalSettings {
  std::vector<std::string> domains;
  std::vector<std::string>
      default_domain;  // a list, so that "more than one" can be refused with a clear message
  bool disable_default_mapping = false;
  bool unrecognised_local_to_outgoing = false;

  /// default_domain, else the first entry of domains that is a plain domain, else empty.
  std::string effective_default_domain() const;

  static constexpr auto settings() {
    using S = LocalSettings;
    return std::tuple{
        Setting{"domains", &S::domains, Anything{},
                "Local domains: a domain, *@domain, an address, or a wildcard. Mail for them never goes out "
                "to the "
                "Internet, except by *REMOTE mappings.",
                "local_domains"},
        Setting{"default_domain", &S::default_domain, Anything{},
                "The one domain that is added to addresses without a domain. Empty: the first of domains."},
        Setting{"disable_default_mapping", &S::disable_default_mapping,
                "Users do not get <name>@<local domain> by themselves; only mappings count."},
        Setting{
            "unrecognised_local_to_outgoing", &S::unrecognised_local_to_outgoing,
            "Mail of local senders for unknown local addresses goes to the outgoing queue instead of being "
            "refused. *REMOTE mappings are the better way."},
    };
  }
  bool operator==(const LocalSettings&) const = default;
};

inline constexpr Choice<ProtocolBit> k_login_protocols[] = {
    {"pop3", protocol_pop3}, {"imap4", protocol_imap},      {"imap", protocol_imap},
    {"smtp", protocol_smtp}, {"webmail", protocol_webmail}, {"password", protocol_password},
    {"ldap", protocol_ldap}};

struct AppPasswordSettings {
  std::string name;
  Secret password;
  std::vector<ProtocolBit> protocols;
  std::string expires_on;
  Provenance where;

  static constexpr auto settings() {
    using S = AppPasswordSettings;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "The program or device: \"phone\"."},
        Setting{"password", &S::password, Required{}, "As the user's password."},
        Setting{"protocols", &S::protocols, Choices{k_login_protocols},
                "What it opens, within permissions.protocols. None: all."},
        Setting{"expires_on", &S::expires_on, Checked{date_fault, normal_date}, "Last day. Empty: never."},
    };
  }
  bool operator==(const AppPasswordSettings&) const = default;
};

struct UserSettings {
  std::string name;
  Secret password;
  Secret web_password;
  std::vector<AppPasswordSettings> app_passwords;
  Profile profile;
  Provenance where;

  static constexpr auto settings() {
    using S = UserSettings;
    return std::tuple{
        Setting{"name", &S::name, Required{},
                "Log-in name and local part, without regard to case: 1 to 32 letters, digits, '.', '_', '-'.",
                "username"},
        Setting{"password", &S::password, Anything{},
                "A hash \"$argon2id$...\" or \"{plain}secret\". Empty: nobody can log in.", "main_password"},
        Setting{"web_password", &S::web_password, Anything{}, "Of web pages, with separate_web_password."},
        Setting{"app_passwords", &S::app_passwords, "Passwords of single programs, besides the main one."},
        Setting{"", &S::profile, Flat{}, ""},
    };
  }
  bool operator==(const UserSettings&) const = default;
};

struct PipelineSettings {
  std::vector<std::string> stages{"origin",     "limits", "headers", "recipients",
                                  "signatures", "copies", "mailbox", "dispatch"};
  bool require_tests = false;

  static constexpr auto settings() {
    using S = PipelineSettings;
    return std::tuple{
        Setting{"stages", &S::stages, Required{}, "The routing stages in their order.", "order"},
        Setting{"require_tests", &S::require_tests, "A reload is refused when the scripts' own tests fail."},
    };
  }
  bool operator==(const PipelineSettings&) const = default;
};

enum class ScriptFailure : std::uint8_t { keep_going, defer };
inline constexpr Choice<ScriptFailure> k_script_failures[] = {{"continue", ScriptFailure::keep_going},
                                                              {"defer", ScriptFailure::defer}};

struct ScriptSettings {
  std::string folder = "scripts";
  ScriptFailure on_error = ScriptFailure::keep_going;
  std::int64_t instructions_max = 10'000'000;
  ByteSize memory_max = 16_MB;

  static constexpr auto settings() {
    using S = ScriptSettings;
    return std::tuple{
        Setting{"folder", &S::folder, Anything{},
                "Folder of the Lua scripts. A relative path counts from the folder of the configuration "
                "file."},
        Setting{"on_error", &S::on_error, Choices{k_script_failures},
                "A message whose script fails goes on without it, or is deferred with a temporary error."},
        Setting{"instructions_max", &S::instructions_max, Range{1000, 10'000'000'000},
                "Instructions that one call may run."},
        Setting{"memory_max", &S::memory_max, Range{1_MB, 1_GB}, "Memory that one call may use."},
    };
  }
  bool operator==(const ScriptSettings&) const = default;
};

}  // namespace stagecoach::conf
