#include "routing/download/replaced_uids.h"

#include <gmock/gmock.h>

namespace stagecoach::routing {
namespace {

TEST(ReplacedUids, AreThoseOfOtherMessages) {  // COL-18
  const struct {
    const char* name;
    std::vector<SizedUid> known, listed;
    std::vector<std::string> replaced;
  } k_mailboxes[] = {
      {"nothing known", {}, {{"u1", 10}}, {}},
      {"nothing there", {{"u1", 10}, {"1", 10}}, {}, {}},
      {"all as before, and a new one", {{"u1", 10}, {"u2", 20}}, {{"u1", 10}, {"u2", 20}, {"u3", 30}}, {}},
      {"gone", {{"u1", 10}, {"u2", 20}}, {{"u2", 20}}, {}},
      {"another size", {{"u1", 10}, {"u2", 20}}, {{"u1", 10}, {"u2", 21}}, {"u2"}},
      {"size not known before", {{"u1", 0}}, {{"u1", 10}}, {}},
      {"size not known now", {{"u1", 10}}, {{"u1", 0}}, {}},
      {"no UID at all", {{"u1", 10}}, {{"", 11}, {"", 12}}, {}},
      {"one message twice", {{"u1", 10}}, {{"u1", 10}, {"u1", 10}}, {}},
      {"one message twice, larger", {{"u1", 10}}, {{"u1", 11}, {"u1", 11}}, {"u1"}},
      {"two messages with one UID", {{"u1", 10}}, {{"u1", 11}, {"u1", 12}}, {}},

      {"places as before", {{"1", 10}, {"2", 10}}, {{"1", 10}, {"2", 10}, {"3", 10}}, {}},
      {"places, sizes not known before", {{"2", 0}, {"1", 0}}, {{"1", 10}, {"2", 10}, {"3", 10}}, {}},
      {"places, all of one size but the first", {{"1", 5}, {"2", 9}}, {{"1", 9}, {"2", 9}}, {"1", "2"}},
      {"places from 0", {{"0", 5}, {"1", 9}}, {{"0", 9}, {"1", 9}}, {"0", "1"}},
      {"places, the last has gone", {{"1", 9}, {"2", 9}, {"3", 9}}, {{"1", 9}, {"2", 9}}, {"1", "2", "3"}},
      {"places, the first was deleted", {{"2", 9}, {"3", 9}}, {{"1", 9}, {"2", 9}, {"3", 9}}, {"2", "3"}},
      {"places, and what else is known", {{"1", 9}, {"u1", 5}}, {{"1", 9}, {"2", 9}}, {"1", "u1"}},
      {"no places: a gap", {{"1", 5}, {"3", 9}}, {{"1", 9}, {"3", 9}}, {"1"}},
      {"no places: one has no UID", {{"1", 5}, {"2", 9}}, {{"1", 9}, {"2", 9}, {"", 9}}, {"1"}},
  };
  for (const auto& one : k_mailboxes)
    EXPECT_EQ(replaced_uids(one.known, one.listed), one.replaced) << one.name;
}

}  // namespace
}  // namespace stagecoach::routing
