// The arguments of the program: words, --options with values, --flags.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "routing/model/result.h"

namespace stagecoach {

class CommandLine {
 public:
  /// `flags` take no value; every other option takes the next word. -c is --config, -h is --help. After "--"
  /// all are words.
  static Result<CommandLine> parse(const std::vector<std::string>& arguments,
                                   const std::set<std::string>& flags);

  const std::vector<std::string>& words() const { return words_; }
  std::string word(std::size_t i) const { return i < words_.size() ? words_[i] : std::string(); }
  bool has(const std::string& option) const { return options_.contains(option); }
  std::string value(const std::string& option, const std::string& fallback = {}) const;
  std::vector<std::string> values(const std::string& option) const;
  /// The first option that is not in `known`; empty: all are.
  std::string unknown_option(const std::set<std::string>& known) const;

 private:
  std::vector<std::string> words_;
  std::multimap<std::string, std::string> options_;
};

}  // namespace stagecoach
