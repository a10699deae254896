#include "actors/command_line.h"

namespace stagecoach {

Result<CommandLine> CommandLine::parse(const std::vector<std::string>& arguments,
                                       const std::set<std::string>& flags) {
  CommandLine line;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string argument = arguments[i];
    if (argument == "-c") argument = "--config";
    if (argument == "-h") argument = "--help";
    if (argument == "--") {
      line.words_.insert(line.words_.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                         arguments.end());
      break;
    }
    if (argument.rfind("--", 0) != 0) {
      line.words_.push_back(argument);
      continue;
    }
    std::string name = argument.substr(2);
    if (const auto equals = name.find('='); equals != std::string::npos) {
      line.options_.emplace(name.substr(0, equals), name.substr(equals + 1));
    } else if (flags.contains(name)) {
      line.options_.emplace(name, "");
    } else if (i + 1 < arguments.size()) {
      line.options_.emplace(name, arguments[++i]);
    } else {
      return invalid_input("the option --" + name + " needs a value");
    }
  }
  return line;
}

std::string CommandLine::value(const std::string& option, const std::string& fallback) const {
  const auto found = options_.find(option);
  return found == options_.end() ? fallback : found->second;
}

std::vector<std::string> CommandLine::values(const std::string& option) const {
  std::vector<std::string> values;
  const auto [begin, end] = options_.equal_range(option);
  for (auto one = begin; one != end; ++one) values.push_back(one->second);
  return values;
}

std::string CommandLine::unknown_option(const std::set<std::string>& known) const {
  for (const auto& [name, value] : options_)
    if (!known.contains(name)) return name;
  return {};
}

}  // namespace stagecoach
