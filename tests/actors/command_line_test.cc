#include "actors/command_line.h"

#include <gmock/gmock.h>

namespace stagecoach {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Result<CommandLine> parse(const std::vector<std::string>& arguments) {
  return CommandLine::parse(arguments, {"json", "trial"});
}

TEST(CommandLine, WordsOptionsAndFlagsInAnyOrder) {
  const auto line =
      parse({"queue", "--json", "redirect", "-c", "file.toml", "4711", "--to=x@y.example", "12"});
  ASSERT_TRUE(line);
  EXPECT_THAT(line->words(), ElementsAre("queue", "redirect", "4711", "12"));
  EXPECT_EQ(line->word(1), "redirect");
  EXPECT_EQ(line->word(9), "");
  EXPECT_TRUE(line->has("json"));
  EXPECT_FALSE(line->has("trial"));
  EXPECT_EQ(line->value("config"), "file.toml");
  EXPECT_EQ(line->value("to"), "x@y.example");
  EXPECT_EQ(line->value("from", "nobody"), "nobody");
}

TEST(CommandLine, AnOptionMayComeSeveralTimes) {
  const auto line = parse({"explain", "--to", "a@x.example", "--to", "b@x.example"});
  ASSERT_TRUE(line);
  EXPECT_THAT(line->values("to"), ElementsAre("a@x.example", "b@x.example"));
  EXPECT_THAT(line->values("from"), IsEmpty());
}

TEST(CommandLine, ValuesMayBeEmptyOrLookLikeOptions) {
  const auto line = parse({"--from", "", "--reason=a=b", "--match", "--json"});
  ASSERT_TRUE(line);
  EXPECT_TRUE(line->has("from"));
  EXPECT_EQ(line->value("from", "x"), "");
  EXPECT_EQ(line->value("reason"), "a=b");
  EXPECT_EQ(line->value("match"), "--json");
}

TEST(CommandLine, AfterTwoHyphensAllAreWords) {
  const auto line = parse({"trace", "--", "--json", "-c"});
  ASSERT_TRUE(line);
  EXPECT_THAT(line->words(), ElementsAre("trace", "--json", "-c"));
  EXPECT_FALSE(line->has("json"));
}

TEST(CommandLine, AValueThatIsMissingIsAnError) {
  const auto line = parse({"serve", "-c"});
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().reason, "the option --config needs a value");
}

TEST(CommandLine, NamesTheOptionThatIsUnknown) {
  const auto line = parse({"--json", "--frob", "1"});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->unknown_option({"json"}), "frob");
  EXPECT_EQ(line->unknown_option({"json", "frob"}), "");
}

}  // namespace
}  // namespace stagecoach
