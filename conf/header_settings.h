// Declarations of what header fields cause (routing/model/header_policy.h): [urgent], [receipts].
#pragma once

#include "conf/setting.h"
#include "conf/text_faults.h"
#include "routing/model/header_policy.h"

namespace stagecoach::conf {

template <>
struct SettingsOf<UrgentPolicy> {
  static constexpr auto settings() {
    using S = UrgentPolicy;
    return std::tuple{
        Setting{"connect_immediately", &S::connect_immediately,
                "An outgoing message that one of `fields` matches makes the connections of "
                "send_immediately_connections run at once."},
        Setting{"fields", &S::fields, Separated{"\n", urgent_field_fault},
                "\"Field:data\": the value of the field contains the data, with regard to case."},
    };
  }
};

template <>
struct SettingsOf<ReceiptPolicy> {
  static constexpr auto settings() {
    using S = ReceiptPolicy;
    return std::tuple{
        Setting{"delivery_fields", &S::delivery_fields, Separated{"\n", field_name_fault},
                "Header fields whose address is told when a user's mail program has fetched the message. "
                "Empty: nobody."},
        Setting{"delivery_local_only", &S::delivery_local_only, "Only local addresses are told."},
        Setting{"transmission_fields", &S::transmission_fields, Separated{"\n", field_name_fault},
                "Header fields whose address is told when another server has taken the message. Empty: "
                "nobody."},
        Setting{"transmission_local_only", &S::transmission_local_only, "Only local addresses are told."},
        Setting{"no_transmission_for_lan", &S::no_transmission_for_lan,
                "Not for recipients at a server that a target names (SMTP:...)."},
    };
  }
};

}  // namespace stagecoach::conf
