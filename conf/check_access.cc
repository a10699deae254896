// The access lists of services: [[service.access]].
#include "conf/check_report.h"

namespace stagecoach::conf {
namespace {

bool has_logins(Protocol protocol) { return protocol != Protocol::lmtp && protocol != Protocol::http; }

void check_list(const ServiceSettings& service, CheckReport& report) {
  for (const routing::AccessEntry& entry : service.access) {
    // As the reader names an entry: by its address, when it has one.
    const std::string name = "service." + service.name + ".access";
    const CheckReport::At here{entry.address.empty() ? name : name + "." + entry.address, entry.where};
    if (const routing::AccessFault fault = routing::access_fault(entry); !fault.key.empty()) {
      report.error(here, fault.key.c_str(), fault.reason);
      continue;
    }
    if (!entry.users.empty() && !has_logins(service.protocol))
      report.warning(here, "users", "has no effect: nobody logs in to this service");
  }
}

}  // namespace

void check_access(const Config& config, CheckReport& report) {
  for (const ServiceSettings& service : config.services) check_list(service, report);
}

}  // namespace stagecoach::conf
