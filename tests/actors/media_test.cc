#include "actors/media.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Generated answer_with(std::vector<std::string> attachments) {
  Generated generated;
  generated.composed = ComposedMail{.attachments = std::move(attachments), .attachments_of = "fred"};
  generated.memory = Generated::Memory{"fred", "Away", "All", "ann@x.example", 0};
  return generated;
}

TEST(WantedFiles, AreThoseOfTheAnswersEachOnce) {  // USR-129
  routing::DirectoryEntries entries;
  for (const auto& [name, id] : {std::pair{"fred", 1}, {"kate", 2}}) {
    User user;
    user.id = UserId{id};
    user.name = name;
    user.profile = std::make_shared<const Profile>();
    entries.users.push_back(std::move(user));
  }
  const routing::Directory directory(std::move(entries), {});
  Plan plan;
  EXPECT_TRUE(wanted_files(plan, directory).empty());
  plan.generated = {answer_with({"a.pdf", "A.PDF", "b.png"}), answer_with({"b.png"}), answer_with({})};
  plan.generated[2].composed->attachments = {"a.pdf"};
  plan.generated[2].composed->attachments_of = "kate";
  plan.generated.push_back(answer_with({"c.txt"}));
  plan.generated[3].composed->attachments_of = "nobody";
  std::vector<std::string> wanted;
  for (const WantedFile& file : wanted_files(plan, directory))
    wanted.push_back(std::to_string(file.user.value) + file.owner + "/" + file.name);
  EXPECT_THAT(wanted, ElementsAre("1fred/a.pdf", "1fred/b.png", "2kate/a.pdf"));
}

TEST(AnswerFiles, TellWhatAnAnswerHasToDoWithout) {  // USR-138
  AnswerFiles files;
  files.add("fred", {"a.pdf", "application/pdf", "x"});
  EXPECT_TRUE(files.missing(answer_with({"A.pdf"})).empty());
  const auto faults = files.missing(answer_with({"a.pdf", "b.pdf"}));
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].user + " " + faults[0].definition, "fred Away");
  EXPECT_THAT(faults[0].text, HasSubstr("b.pdf"));
}

TEST(MediaType, ComesFromTheEnding) {
  EXPECT_EQ(media_type_of("Plan.PDF"), "application/pdf");
  EXPECT_EQ(media_type_of("a.b.png"), "image/png");
  for (const char* name : {"", "pdf", "a.", "a.exe", ".png/x"})
    EXPECT_EQ(media_type_of(name), "application/octet-stream") << name;
}

const struct {
  const char *name, *type;
  bool right;
} k_media[] = {
    {"a.pdf", "application/pdf", true},
    {"Gr\xc3\xbc\xc3\x9f\x65 1.txt", "text/x-a+b.c", true},
    {"", "text/plain", false},
    {"../a", "text/plain", false},
    {"a\\b", "text/plain", false},
    {"a\nb", "text/plain", false},
    {"a", "", false},
    {"a", "text", false},
    {"a", "/plain", false},
    {"a", "text/", false},
    {"a", "text/plain; charset=x", false},
    {"a", "text/plain\r\nX: y", false},
    {"a", "Multipart/mixed", false},
    {"a", "message/rfc822", false},
};
TEST(MediaFault, RefusesWhatCannotBeAttached) {
  for (const auto& [name, type, right] : k_media)
    EXPECT_EQ(media_fault(name, type).empty(), right) << name << " " << type;
  EXPECT_FALSE(media_fault(std::string(201, 'a'), "text/plain").empty());
  EXPECT_FALSE(media_fault("a", "text/" + std::string(100, 'a')).empty());
}

}  // namespace
}  // namespace stagecoach
