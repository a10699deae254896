// Collects the problems of the checks: finds file and line of a key of a section.
#pragma once

#include "conf/checks.h"

namespace stagecoach::conf {

class CheckReport {
 public:
  explicit CheckReport(const Sources& sources) : sources_(sources) {}

  /// An entry of an array of tables, or a table.
  struct At {
    std::string prefix;  // "user.fred"
    Provenance where;    // of the entry; an empty file for tables: any file that holds the key
  };

  void error(const At& at, const char* key, std::string message) {
    add(at, key, std::move(message), Problem::Severity::error);
  }
  void warning(const At& at, const char* key, std::string message) {
    add(at, key, std::move(message), Problem::Severity::warning);
  }
  /// Whether the entry has this key: a value that was written, not the default.
  bool is_given(const At& at, const char* key) const;
  /// Whether the file has this key of a table: a value that was written, not the default.
  bool is_given(const std::string& key) const;
  Problems take() { return std::move(problems_); }

 private:
  void add(const At& at, const char* key, std::string message, Problem::Severity severity);

  const Sources& sources_;
  Problems problems_;
};

/// What the sections that name connections have in common.
bool has_connection(const Config& config, const std::string& name);
std::string unknown_connection(const std::string& name);

/// Each check looks at one kind of section.
void check_services(const Config& config, CheckReport& report);
void check_access(const Config& config, CheckReport& report);
void check_server(const Config& config, CheckReport& report);
void check_directory(const Config& config, CheckReport& report);
void check_names(const Config& config, CheckReport& report);
void check_policy(const Config& config, CheckReport& report);
void check_connections(const Config& config, CheckReport& report);
void check_senders(const Config& config, CheckReport& report);
/// Puts the texts of advanced.domain_filtering_file into advanced.domain_filtering.
void load_domain_filters(Config& config);
void check_collectors(const Config& config, CheckReport& report);
void check_schedules(const Config& config, CheckReport& report);
void check_combinations(const Config& config, CheckReport& report);
void check_download_rules(const Config& config, CheckReport& report);
void check_effects(const Config& config, CheckReport& report);
void check_dkim(const Config& config, CheckReport& report);
void check_bounce_addresses(const Config& config, CheckReport& report);
void check_lan_forwarding(const Config& config, CheckReport& report);

/// Labels of letters, digits and hyphens; octets above 127 too.
bool is_host_name(std::string_view name);

}  // namespace stagecoach::conf
