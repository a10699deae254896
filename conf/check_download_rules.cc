// [[download_rule]]: what their compilation says, with the line of each rule.
#include "conf/check_report.h"
#include "routing/download/rules.h"

namespace stagecoach::conf {

void check_download_rules(const Config& config, CheckReport& report) {
  const routing::DownloadRules compiled(config.download_rules);
  for (const routing::DownloadFault& fault : compiled.faults()) {
    const DownloadRule& rule = config.download_rules[fault.place];
    const CheckReport::At at{rule.name.empty() ? "download_rule" : "download_rule." + rule.name, rule.where};
    if (fault.is_warning)
      report.warning(at, fault.key.c_str(), fault.text);
    else
      report.error(at, fault.key.c_str(), fault.text);
  }
}

}  // namespace stagecoach::conf
