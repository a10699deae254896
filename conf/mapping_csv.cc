#include "conf/mapping_csv.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "conf/checks.h"
#include "conf/setting.h"
#include "conf/text_faults.h"
#include "routing/directory.h"

namespace stagecoach::conf {
namespace {

constexpr Choice<MappingType> k_csv_types[] = {{"Normal", MappingType::always},
                                               {"POP3", MappingType::pop3},
                                               {"SMTP", MappingType::smtp},
                                               {"FROM", MappingType::from},
                                               {"Always", MappingType::always}};
constexpr const char* k_titles[] = {"Email Address", "Target", "Comment", "Type", "Mail Collector"};

/// What is wrong with a field, or nothing; fills the mapping.
std::string read_field(std::size_t column, const std::string& text,
                       const std::vector<CollectorName>& collectors, Mapping& mapping) {
  switch (column) {
    case 0: mapping.address = text; return text.empty() ? "is missing" : mapping_address_fault(text);
    case 1: {
      mapping.target = text;
      if (text.empty()) return "is missing";
      const bool remote = equals_ignoring_case(text, routing::k_remote);
      const std::string fault = remote ? std::string() : name_fault(text);
      return fault.empty() ? fault : "\"" + text.substr(0, 60) + "\" " + fault;
    }
    case 2: mapping.comments = text; return {};
    case 3:
      if (text.empty()) return {};
      for (const auto& choice : k_csv_types)
        if (equals_ignoring_case(choice.name, text)) return mapping.type = choice.value, std::string();
      return "\"" + text.substr(0, 60) + "\" is none of Normal, POP3, SMTP, FROM";
    default:
      if (text.empty() || equals_ignoring_case(text, "ALL")) return {};
      for (const CollectorName& collector : collectors)
        if (std::to_string(collector.id) == text || equals_ignoring_case(collector.name, text))
          return mapping.collector = collector.name, std::string();
      return "there is no collector \"" + text.substr(0, 60) + "\"";
  }
}

bool is_title_row(const CsvRow& row) {
  return equals_ignoring_case(row.fields.front(), k_titles[0]) ||
         equals_ignoring_case(row.fields.front(), "address");
}

}  // namespace

Result<MappingCsv> parse_mapping_csv(std::string_view text, const std::vector<CollectorName>& collectors) {
  auto rows = parse_csv(text);
  if (!rows) return std::move(rows.error());
  MappingCsv result;
  std::set<std::string> seen;
  for (const CsvRow& row : *rows) {
    if (&row == &rows->front() && is_title_row(row)) continue;
    MappingCsvRow read{row.line, {}};
    const std::size_t problems_before = result.problems.size();
    const auto fail = [&](std::size_t column, std::string reason) {
      result.problems.push_back({row.line, k_titles[column], std::move(reason)});
    };
    if (row.fields.size() < 2) fail(1, "is missing");
    for (std::size_t i = 0; i < std::min(row.fields.size(), std::size(k_titles)); ++i) {
      auto field = plain_field(row.fields[i]);
      if (std::string fault = field ? read_field(i, *field, collectors, read.mapping) : field.error().reason;
          !fault.empty())
        fail(i, std::move(fault));
    }
    if (row.fields.size() > std::size(k_titles)) fail(4, "is followed by further fields");
    const Mapping& mapping = read.mapping;
    const std::string key = to_lower(mapping.address + "\n" + mapping.target + "\n" + mapping.collector) +
                            static_cast<char>('0' + static_cast<int>(mapping.type));
    if (result.problems.size() == problems_before && seen.insert(key).second)
      result.rows.push_back(std::move(read));
  }
  return result;
}

std::string write_mapping_csv(const std::vector<Mapping>& mappings,
                              const std::vector<CollectorName>& collectors) {
  std::string text;
  for (const Mapping& mapping : mappings) {
    std::string collector = mapping.collector.empty() ? "ALL" : mapping.collector;
    for (const CollectorName& known : collectors)
      if (equals_ignoring_case(known.name, mapping.collector)) collector = std::to_string(known.id);
    text += csv_row({mapping.address, mapping.target, mapping.comments,
                     std::string(name_of(k_csv_types, mapping.type)), collector});
  }
  return text;
}

}  // namespace stagecoach::conf
