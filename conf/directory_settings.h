// Who gets mail: [local], [[user]], [[mapping]], and the order of the routing stages: [pipeline].
#pragma once

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

struct UserSettings {
  std::string name;
  Secret password;
  std::string full_name;
  std::string comments;
  std::vector<std::string> aliases;
  bool administrator = false;
  bool enabled = true;
  bool receive_internet = true;
  bool send_internet = true;
  ByteSize quota;
  Provenance where;

  static constexpr auto settings() {
    using S = UserSettings;
    return std::tuple{
        Setting{"name", &S::name, Required{},
                "Log-in name and local part, without regard to case: 1 to 32 letters, digits, '.', '_', '-'.",
                "username"},
        Setting{"password", &S::password, Anything{},
                "A hash \"$argon2id$...\" or \"{plain}secret\". Empty: nobody can log in."},
        Setting{"full_name", &S::full_name, Anything{}, "Name of the person."},
        Setting{"comments", &S::comments, Anything{}, "Free text."},
        Setting{"aliases", &S::aliases, Anything{},
                "Further addresses, in the forms of a mapping's address. Each works like a mapping to this "
                "user."},
        Setting{"administrator", &S::administrator, "May administer the server."},
        Setting{"enabled", &S::enabled, Anything{},
                "Off: the user cannot log in; mail is still accepted and stored.", "access_allowed"},
        Setting{"receive_internet", &S::receive_internet,
                "Off: external senders get the same answer as for an unknown user."},
        Setting{"send_internet", &S::send_internet, "Off: may send only to local users."},
        Setting{"quota", &S::quota, Range{0_kB, 1024_GB},
                "Size of the mailbox above which the user is warned. 0: no limit.", "quota_bytes"},
    };
  }
  bool operator==(const UserSettings&) const = default;
};

inline constexpr Choice<MappingType> k_mapping_types[] = {{"always", MappingType::always},
                                                          {"normal", MappingType::always},
                                                          {"pop3", MappingType::pop3},
                                                          {"smtp", MappingType::smtp},
                                                          {"from", MappingType::from}};

struct MappingSettings {
  std::string address;
  std::string target;
  MappingType type = MappingType::always;
  std::string collector;
  std::string comments;
  Provenance where;

  static constexpr auto settings() {
    using S = MappingSettings;
    return std::tuple{
        Setting{"address", &S::address, Required{},
                "What is matched: \"sales\", \"sales@example.com\", \"*@example.com\", or \"~@example.com\" "
                "for what "
                "nothing else recognises."},
        Setting{"target", &S::target, Required{},
                "Who gets the message: a user, \"No-one\" (discard) or \"*REMOTE\" (exists elsewhere)."},
        Setting{"type", &S::type, Choices{k_mapping_types},
                "When it applies: always, pop3 (collected mail), smtp (mail received by SMTP), from "
                "(collected mail, "
                "compares the sender)."},
        Setting{"collector", &S::collector, Anything{},
                "With pop3 and from: the name of the one collector it applies to. Empty or ALL: all."},
        Setting{"comments", &S::comments, Anything{}, "Free text.", "comment"},
    };
  }
  bool operator==(const MappingSettings&) const = default;
};

struct PipelineSettings {
  std::vector<std::string> stages{"origin", "recipients", "mailbox", "dispatch"};

  static constexpr auto settings() {
    using S = PipelineSettings;
    return std::tuple{
        Setting{"stages", &S::stages, Required{}, "The routing stages in their order.", "order"},
    };
  }
  bool operator==(const PipelineSettings&) const = default;
};

}  // namespace stagecoach::conf
