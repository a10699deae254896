// Any text as a configuration: problems, no crash; what is read without errors can be described and used.
#include <cstdint>
#include <string_view>

#include "conf/difference.h"
#include "conf/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stagecoach;
  const conf::ReadConfig read = conf::read_config_text({reinterpret_cast<const char*>(data), size});
  for (const conf::Problem& problem : read.problems)
    if (problem.text().empty() || problem.message.empty()) __builtin_trap();
  if (!read.ok()) return 0;
  conf::describe_changes(conf::Config(), read.config);
  if (!conf::describe_changes(read.config, read.config).empty()) __builtin_trap();
  const routing::Directory directory({conf::declared_users(read.config), conf::declared_mappings(read.config),
                                      conf::declared_lists(read.config), conf::declared_groups(read.config)},
                                     conf::routing_options(read.config));
  directory.mappings_for({"fred", "example.com"}, {});
  return 0;
}
