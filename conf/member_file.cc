#include "conf/member_file.h"

#include <unordered_set>

#include "conf/text_faults.h"
#include "routing/model/address.h"
#include "routing/pattern.h"
#include "routing/text.h"

namespace stagecoach::conf {
namespace {

constexpr std::size_t k_members_max = 1'000'000;

}  // namespace

MemberFile parse_member_file(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  MemberFile result;
  std::unordered_set<std::string> seen;
  for (int line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view member = stagecoach::routing::trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (member.empty()) continue;
    if (const std::string fault = target_fault(member); !fault.empty()) {
      result.problems.push_back({line, {}, "\"" + shown_target(member.substr(0, 60)) + "\" " + fault});
    } else if (result.members.size() == k_members_max) {
      result.problems.push_back({line, {}, "more than a million members"});
      break;
    } else if (seen.insert(to_lower(member)).second) {
      result.members.emplace_back(member);
    }
  }
  return result;
}

std::string write_member_file(const Members& members) {
  std::string text;
  for (const std::string& member : members) text += member + "\n";
  return text;
}

Members merged_members(const Members& present, const Members& added) {
  Members result = present;
  std::unordered_set<std::string> seen;
  for (const std::string& member : present) seen.insert(to_lower(member));
  for (const std::string& member : added)
    if (seen.insert(to_lower(member)).second) result.push_back(member);
  return result;
}

Members members_containing(const Members& members, std::string_view part) {
  Members result;
  for (const std::string& member : members)
    if (routing::find_ignoring_case(member, part) != std::string_view::npos) result.push_back(member);
  return result;
}

Result<Members> members_matching(const Members& members, std::string_view pattern) {
  const auto compiled = routing::Pattern::compile(pattern);
  if (!compiled) return compiled.error();
  Members result;
  for (const std::string& member : members)
    if (compiled->matches(member)) result.push_back(member);
  return result;
}

}  // namespace stagecoach::conf
