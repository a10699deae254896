#include "routing/special_header.h"

#include "routing/model/address.h"

namespace stagecoach::routing {
namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// The address inside of <…>, else the text itself; nothing when it holds white space.
std::string plain_address(std::string_view text) {
  text = trim(text);
  if (text.size() > 1 && text.front() == '<' && text.back() == '>')
    text = trim(text.substr(1, text.size() - 2));
  return text.find_first_of(" \t") == std::string_view::npos ? std::string(text) : std::string();
}

}  // namespace

Result<SpecialHeader> SpecialHeader::parse(std::string_view definition) {
  const auto colon = definition.find(':');
  SpecialHeader result;
  result.name_ = std::string(trim(definition.substr(0, colon)));
  if (result.name_.empty() || result.name_.find_first_of(" \t/*~") != std::string::npos)
    return invalid_input("a special header field begins with a field name: " + std::string(definition));
  auto pattern = trim(colon == std::string_view::npos ? std::string_view{} : definition.substr(colon + 1));
  if (pattern.empty()) return result;
  if (Regex::is_regex(pattern)) {
    auto regex = Regex::compile(pattern);
    if (!regex) return std::move(regex).error().while_doing("reading " + std::string(definition));
    result.regex_ = std::move(*regex);
    return result;
  }
  if (pattern.back() == '~') {
    result.any_suffix_ = true;
    pattern.remove_suffix(1);
  }
  const auto star = pattern.find('*');
  if (star == std::string_view::npos || pattern.find('*', star + 1) != std::string_view::npos)
    return invalid_input("one * marks the address: " + std::string(definition));
  if (pattern.find('~') != std::string_view::npos)
    return invalid_input("~ stands only at the end: " + std::string(definition));
  result.prefix_ = std::string(pattern.substr(0, star));
  result.suffix_ = std::string(pattern.substr(star + 1));
  return result;
}

std::vector<std::string> SpecialHeader::addresses_in(std::string_view data) const {
  data = trim(data);
  std::vector<std::string> found;
  if (regex_) {
    for (const std::string& capture : regex_->captures(data))
      if (auto address = plain_address(capture); !address.empty()) found.push_back(std::move(address));
    return found;
  }
  if (data.size() < prefix_.size() || !equals_ignoring_case(data.substr(0, prefix_.size()), prefix_))
    return found;
  data.remove_prefix(prefix_.size());
  if (any_suffix_) {
    // "* ~": the address ends at the text before the ~, which is white space in most definitions
    const auto end = suffix_.empty() ? data.find_first_of(" \t") : data.find(suffix_);
    data = data.substr(0, end);
  } else {
    if (data.size() < suffix_.size()) return found;
    const auto begin = data.size() - suffix_.size();
    if (!equals_ignoring_case(data.substr(begin), suffix_)) return found;
    data = data.substr(0, begin);
  }
  if (auto address = plain_address(data); !address.empty()) found.push_back(std::move(address));
  return found;
}

}  // namespace stagecoach::routing
