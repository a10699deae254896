// Declarations of an entry of a service's access list (routing/client_access.h): [[service.access]].
#pragma once

#include "conf/setting.h"
#include "conf/text_faults.h"
#include "routing/client_access.h"

namespace stagecoach::conf {

inline constexpr Choice<routing::AccessAction> k_access_actions[] = {{"allow", routing::AccessAction::allow},
                                                                     {"block", routing::AccessAction::block}};
inline constexpr Choice<routing::AccessType> k_access_types[] = {
    {"ipv4", routing::AccessType::ipv4},
    {"ipv6", routing::AccessType::ipv6},
    {"local_nets", routing::AccessType::local_nets},
    {"any4", routing::AccessType::any4},
    {"any6", routing::AccessType::any6},
    {"any", routing::AccessType::any}};

template <>
struct SettingsOf<routing::AccessEntry> {
  static constexpr auto settings() {
    using S = routing::AccessEntry;
    return std::tuple{
        Setting{"action", &S::action, Choices{k_access_actions}, "What becomes of a client that matches."},
        Setting{
            "type", &S::type, Choices{k_access_types},
            "Which computers: a network or one computer, the networks this machine is attached to, all of "
            "a family, all."},
        Setting{"address", &S::address, Anything{}, "Of ipv4 and ipv6: the computer or the network."},
        Setting{"prefix", &S::prefix, Range{-1, 128},
                "Of ipv4 and ipv6: how many leading bits of the address count. -1: all, one computer."},
        Setting{"users", &S::users, Separated{"; ,", name_fault},
                "Who may log in from these computers. None: all users."},
    };
  }
};

}  // namespace stagecoach::conf
