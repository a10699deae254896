#include "actors/collector_order_command.h"

#include <iomanip>
#include <iostream>

#include "actors/command_tools.h"
#include "conf/reader.h"
#include "routing/model/address.h"

namespace stagecoach {

namespace {

using nlohmann::json;
using Order = std::vector<conf::HeaderSlot>;

const conf::CollectorSettings* find_collector(const conf::Config& config, const std::string& name) {
  for (const conf::CollectorSettings& collector : config.collectors)
    if (equals_ignoring_case(collector.name, name) || std::to_string(collector.id) == name) return &collector;
  return nullptr;
}

/// What `check` says of the order of this collector.
conf::Problems problems_of(const conf::ReadConfig& read, const conf::CollectorSettings& collector) {
  conf::Problems problems;
  for (const conf::Problem& problem : read.problems)
    if (problem.key == "collector." + collector.name + ".routing.options.order") problems.push_back(problem);
  return problems;
}

json names_of(const Order& order) {
  json names = json::array();
  for (const conf::HeaderSlot slot : order) names.push_back(conf::name_of(conf::k_header_slots, slot));
  return names;
}

void print_orders(const Order& order, const Order& usual) {
  const auto name = [](const Order& slots, std::size_t i) {
    return std::string(i < slots.size() ? conf::name_of(conf::k_header_slots, slots[i]) : "");
  };
  std::cout << "     " << std::left << std::setw(16) << "configured"
            << "default\n";
  for (std::size_t i = 0; i < std::max(order.size(), usual.size()); ++i)
    std::cout << std::right << std::setw(3) << i + 1 << "  " << std::left << std::setw(16) << name(order, i)
              << name(usual, i) << "\n";
}

void print(const conf::CollectorSettings& collector, const Order& usual, const conf::Problems& problems) {
  const Order& order = collector.routing.options.order;
  print_orders(order, usual);
  for (const conf::Problem& problem : problems) std::cout << problem.text() << "\n";
  if (problems.empty()) std::cout << "There is nothing wrong with it.\n";
  if (collector.routing.method != conf::RoutingMethod::parse_headers)
    std::cout << "It has no effect: method is "
              << conf::name_of(conf::k_routing_methods, collector.routing.method) << ".\n";
  if (order == usual && problems.empty())
    std::cout << "It is the default.\n";
  else
    std::cout << "Delete the key options.order of the collector \"" << collector.name << "\" ("
              << collector.where.text() << ") to have the default again.\n";
}

}  // namespace

int run_collector_order_command(const CommandLine& line) {
  const conf::ReadConfig read = conf::read_config(config_path(line));
  const conf::CollectorSettings* collector = find_collector(read.config, line.word(2));
  if (!collector) {
    for (const conf::Problem& problem : read.problems)
      if (problem.severity == conf::Problem::Severity::error) std::cerr << problem.text() << "\n";
    return failure(not_found("there is no collector \"" + line.word(2) + "\""));
  }
  const Order usual = conf::CollectorRoutingOptions{}.order;
  const conf::Problems problems = problems_of(read, *collector);
  if (!line.has("json")) {
    print(*collector, usual, problems);
    return conf::has_errors(problems) ? 1 : 0;
  }
  json texts = json::array();
  for (const conf::Problem& problem : problems) texts.push_back(problem.text());
  const json answer = {{"name", collector->name},
                       {"order", names_of(collector->routing.options.order)},
                       {"default", names_of(usual)},
                       {"method", conf::name_of(conf::k_routing_methods, collector->routing.method)},
                       {"problems", texts},
                       {"key", "options.order"},
                       {"where", collector->where.text()}};
  std::cout << answer.dump(2) << "\n";
  return conf::has_errors(problems) ? 1 : 0;
}

}  // namespace stagecoach
