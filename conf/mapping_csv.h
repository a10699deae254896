// Mappings as CSV (docs/reference/mappings.md): email address, target, comment, type (Normal, POP3, SMTP,
// FROM), number of the collector or ALL. The first two columns are required.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conf/csv.h"
#include "routing/model/directory_entry.h"

namespace stagecoach::conf {

struct CollectorName {
  std::int64_t id = 0;
  std::string name;
};

struct MappingCsvRow {
  int line = 0;
  Mapping mapping;
};

struct MappingCsv {
  std::vector<MappingCsvRow> rows;  // those without a problem; none twice
  std::vector<CsvProblem> problems;
};

/// A first line of titles is skipped. A collector may be named by number or name. Fails when the text is no
/// CSV.
Result<MappingCsv> parse_mapping_csv(std::string_view text, const std::vector<CollectorName>& collectors);

/// Without titles, as it is imported.
std::string write_mapping_csv(const std::vector<Mapping>& mappings,
                              const std::vector<CollectorName>& collectors);

}  // namespace stagecoach::conf
