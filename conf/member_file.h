// Members of a list as a text file: one target a line, blank lines ignored (docs/reference/lists.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/csv.h"
#include "routing/model/mail_list.h"

namespace stagecoach::conf {

struct MemberFile {
  Members members;  // without doubles, in their order
  std::vector<CsvProblem> problems;
};

/// At most a million members.
MemberFile parse_member_file(std::string_view text);
std::string write_member_file(const Members& members);

/// The present members and behind them those that are new.
Members merged_members(const Members& present, const Members& added);

/// The members with this text in them, without regard to case.
Members members_containing(const Members& members, std::string_view part);
/// The members that a wildcard or "/regular expression/" matches, for deletion in bulk. Fails when it does
/// not compile.
Result<Members> members_matching(const Members& members, std::string_view pattern);

}  // namespace stagecoach::conf
