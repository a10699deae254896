#include "conf/member_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stagecoach::conf {
namespace {

using testing::ElementsAre;

TEST(MemberFile, ReadsOneMemberALine) {  // LST-012, LST-019
  const MemberFile file = parse_member_file("\xef\xbb\xbfkate\r\n\n  bob@example.net \nKATE\nSMTP:a@b@host");
  EXPECT_THAT(file.members, ElementsAre("kate", "bob@example.net", "SMTP:a@b@host"));
  EXPECT_TRUE(file.problems.empty());
}

TEST(MemberFile, NamesTheLineOfWhatIsNoMember) {
  const MemberFile file = parse_member_file("kate\nBob <bob@example.net>\n\na b\n");
  EXPECT_THAT(file.members, ElementsAre("kate"));
  ASSERT_EQ(file.problems.size(), 2u);
  EXPECT_EQ(file.problems[0].text(), "line 2: \"Bob <bob@example.net>\" is no address");
  EXPECT_EQ(file.problems[1].line, 4);
}

TEST(MemberFile, WritesWhatItReads) {  // LST-020
  const Members members{"kate", "bob@example.net"};
  EXPECT_EQ(write_member_file(members), "kate\nbob@example.net\n");
  EXPECT_EQ(parse_member_file(write_member_file(members)).members, members);
}

TEST(MemberFile, MergesWithoutDoubles) {
  EXPECT_THAT(merged_members({"kate", "fred"}, {"FRED", "bob@example.net"}),
              ElementsAre("kate", "fred", "bob@example.net"));
}

TEST(MemberFile, FindsMembersByAPartOfThem) {  // LST-018
  const Members members{"kate", "Kathy@example.net", "bob@example.net"};
  EXPECT_THAT(members_containing(members, "KAT"), ElementsAre("kate", "Kathy@example.net"));
  EXPECT_THAT(members_containing(members, "@Example."), ElementsAre("Kathy@example.net", "bob@example.net"));
  EXPECT_THAT(members_containing(members, "*"), ElementsAre()) << "a text, not a pattern";
  EXPECT_EQ(members_containing(members, ""), members);
}

TEST(MemberFile, FindsMembersByPattern) {  // LST-021
  const Members members{"a@baddomain.com", "b@example.net", "C@BADDOMAIN.com"};
  EXPECT_EQ(members_matching(members, "*@baddomain.com").value_or(Members()).size(), 2u);
  EXPECT_THAT(members_matching(members, "/@baddomain\\.com/").value_or(Members()),
              ElementsAre("a@baddomain.com"));
  EXPECT_FALSE(members_matching(members, "/(/"));
}

}  // namespace
}  // namespace stagecoach::conf
