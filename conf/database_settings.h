// [[database]]: other databases that lists take their members from.
#pragma once

#include "conf/setting.h"

namespace stagecoach::conf {

struct DatabaseSettings {
  std::string name;
  Secret conninfo;
  Provenance where;

  static constexpr auto settings() {
    using S = DatabaseSettings;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "What lists call it: source.database."},
        Setting{"conninfo", &S::conninfo, Required{},
                "libpq connection string: \"host=crm.example.com dbname=crm user=mail\"."},
    };
  }
  bool operator==(const DatabaseSettings&) const = default;
};

}  // namespace stagecoach::conf
