#include "routing/download/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

using Action = DownloadAction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const DownloadCondition k_yes{"Always", false, DownloadMatch::equals, "1"};
const DownloadCondition k_no{"Always", false, DownloadMatch::equals, "0"};

DownloadRule rule(Action action, std::vector<DownloadCondition> conditions = {k_yes}, std::string name = {}) {
  DownloadRule result;
  result.name = std::move(name);
  result.action = action;
  result.conditions = std::move(conditions);
  if (meaning_of(action).needs_targets()) result.targets = {"kate"};
  if (meaning_of(action).needs_header()) result.header_line = "X-Mark: yes";
  result.where = {"stagecoach.toml", 10};
  return result;
}

DownloadDecision decide(const std::vector<DownloadRule>& rules, const HeaderFields& header = {}) {
  return DownloadRules(rules).decide(DownloadFacts{.header = header});
}

/// "whole original targets; question original; at_once"
std::string summary(Action action) {
  const ActionMeaning& meaning = meaning_of(action);
  const auto audience = [](const Audience& who) {
    return std::string(who.original ? " original" : "") + (who.targets ? " targets" : "");
  };
  std::string text = meaning.fetch == Fetch::whole     ? "whole"
                     : meaning.fetch == Fetch::headers ? "headers"
                                                       : "-";
  if (meaning.fetch != Fetch::nothing) text += audience(meaning.mail);
  constexpr const char* k_notices[] = {"", "; question", "; deleted", "; rejected"};
  text += k_notices[static_cast<std::size_t>(meaning.notice)] + audience(meaning.told);
  constexpr const char* k_fates[] = {"; by age", "; at once", "; when answered", "; when old"};
  return text + k_fates[static_cast<std::size_t>(meaning.fate)];
}

TEST(DownloadRules, EachActionHasItsMeaning) {
  const struct {
    Action action;
    const char* name;
    const char* meaning;
  } k_actions[] = {
      {Action::query, "query", "-; question original; when answered"},                    // COL-26
      {Action::redirect_query, "redirect_query", "-; question targets; when answered"},   // COL-27
      {Action::copy_query, "copy_query", "-; question original targets; when answered"},  // COL-28
      {Action::download, "download", "whole original; by age"},                           // COL-29
      {Action::redirect, "redirect", "whole targets; by age"},                            // COL-30
      {Action::copy, "copy", "whole original targets; by age"},                           // COL-31
      {Action::download_and_delete, "download_and_delete", "whole original; at once"},    // COL-32
      {Action::redirect_download_and_delete, "redirect_download_and_delete",
       "whole targets; at once"},  // COL-33
      {Action::copy_download_and_delete, "copy_download_and_delete",
       "whole original targets; at once"},                                           // COL-34
      {Action::delete_and_warn, "delete_and_warn", "-; deleted original; at once"},  // COL-35
      {Action::delete_and_warn_other_user, "delete_and_warn_other_user",
       "-; deleted targets; at once"},  // COL-36
      {Action::delete_and_copy_warning, "delete_and_copy_warning",
       "-; deleted original targets; at once"},                                              // COL-37
      {Action::delete_silently, "delete_silently", "-; at once"},                            // COL-38
      {Action::ignore, "ignore", "-; when old"},                                             // COL-39
      {Action::headers_only, "headers_only", "headers original; by age"},                    // COL-40
      {Action::redirect_headers_only, "redirect_headers_only", "headers targets; by age"},   // COL-41
      {Action::copy_headers_only, "copy_headers_only", "headers original targets; by age"},  // COL-42
      {Action::reject, "reject", "-; rejected; at once"},                                    // COL-43
      {Action::stop, "stop", "whole original; by age"},                                      // COL-47
  };
  for (const auto& [action, name, meaning] : k_actions) {
    EXPECT_EQ(meaning_of(action).name, name);
    EXPECT_EQ(summary(action), meaning) << name;
    EXPECT_EQ(decide({rule(action)}).action, action) << name;
  }
}

TEST(DownloadRules, TheFirstMatchDecides) {  // COL-22
  const auto decision = decide({rule(Action::ignore, {k_no}), rule(Action::redirect), rule(Action::reject)});
  EXPECT_EQ(decision.action, Action::redirect);
  ASSERT_EQ(decision.tried.size(), 2u);
  EXPECT_FALSE(decision.tried[0].matched);
  EXPECT_EQ(decision.tried[0].why, "Always \"0\": no");
  EXPECT_TRUE(decision.tried[1].matched);
  EXPECT_EQ(decision.tried[1].where, "stagecoach.toml:10");
}

TEST(DownloadRules, WithoutAMatchTheMessageIsDownloaded) {  // COL-23
  EXPECT_EQ(decide({}).action, Action::download);
  EXPECT_EQ(decide({rule(Action::reject, {k_no})}).action, Action::download);
  EXPECT_EQ(decide({}).rules_field(), "");
}

TEST(DownloadRules, AllOrAnyCondition) {  // COL-25
  for (const ConditionMatch match : {ConditionMatch::all, ConditionMatch::any}) {
    DownloadRule mixed = rule(Action::reject, {k_no, k_yes});
    mixed.match = match;
    EXPECT_EQ(decide({mixed}).action, match == ConditionMatch::any ? Action::reject : Action::download);
    mixed.conditions = {k_no, k_no};
    EXPECT_EQ(decide({mixed}).action, Action::download);
    mixed.conditions = {k_yes, k_yes};
    EXPECT_EQ(decide({mixed}).action, Action::reject);
    mixed.conditions = {};
    EXPECT_EQ(decide({mixed}).action, Action::reject) << "no condition: always";
  }
}

std::vector<std::string> header_of(const DownloadDecision& decision) {
  std::vector<std::string> lines;
  for (const HeaderEdit& edit : decision.header) lines.push_back(edit.name + ": " + edit.value);
  return lines;
}

TEST(DownloadRules, SetHeaderGoesOnAndIsNotSeenByLaterRules) {  // COL-44
  const auto decision =
      decide({rule(Action::set_header_and_continue, {k_yes}, "mark"),
              rule(Action::reject, {{"X-Mark", false, DownloadMatch::equals, "yes"}}), rule(Action::copy)});
  EXPECT_EQ(decision.action, Action::copy);
  EXPECT_THAT(header_of(decision), ElementsAre("X-Mark: yes"));
  EXPECT_EQ(decision.rules_field(), "1 \"mark\" set_header_and_continue, 3 copy");
}

TEST(DownloadRules, SetHeaderAndStop) {  // COL-45
  const auto decision = decide({rule(Action::set_header_and_stop), rule(Action::reject)});
  EXPECT_EQ(decision.meaning().fetch, Fetch::whole);
  EXPECT_TRUE(decision.redirection().original);
  EXPECT_THAT(header_of(decision), ElementsAre("X-Mark: yes"));
}

TEST(DownloadRules, IfElseEndif) {  // COL-46
  const auto ends_in = [](std::vector<DownloadCondition> outer, std::vector<DownloadCondition> inner) {
    return decide({rule(Action::begin_if, std::move(outer)), rule(Action::begin_if, std::move(inner)),
                   rule(Action::copy), rule(Action::begin_else, {}), rule(Action::redirect),
                   rule(Action::end_if, {}), rule(Action::begin_else, {}), rule(Action::ignore),
                   rule(Action::end_if, {}), rule(Action::reject)})
        .action;
  };
  EXPECT_EQ(ends_in({k_yes}, {k_yes}), Action::copy);
  EXPECT_EQ(ends_in({k_yes}, {k_no}), Action::redirect);
  EXPECT_EQ(ends_in({k_no}, {k_yes}), Action::ignore);
  EXPECT_EQ(ends_in({k_no}, {k_no}), Action::ignore);
  EXPECT_EQ(decide({rule(Action::begin_if, {k_no}), rule(Action::reject), rule(Action::end_if, {}),
                    rule(Action::copy)})
                .action,
            Action::copy)
      << "behind endif rules count again";
}

TEST(DownloadRules, StopMeansTheDefaultAction) {  // COL-47
  const auto decision = decide({rule(Action::stop), rule(Action::reject)});
  EXPECT_EQ(decision.meaning().fetch, Fetch::whole);
  EXPECT_EQ(decision.redirection(), (Redirection{{}, true}));
}

TEST(DownloadRules, TargetsMayHaveFolders) {  // COL-48
  DownloadRule copies = rule(Action::copy);
  copies.targets = {"fred Customers", "bob", " ann@x.example ", "kate My Old Mail"};
  EXPECT_THAT(decide({copies}).redirection().targets,
              ElementsAre(CollectedTarget{"fred", "Customers"}, CollectedTarget{"bob", ""},
                          CollectedTarget{"ann@x.example", ""}, CollectedTarget{"kate", "My Old Mail"}));
  EXPECT_TRUE(decide({copies}).redirection().original);
  EXPECT_FALSE(decide({rule(Action::redirect)}).redirection().original);
}

TEST(DownloadRules, WhoAsksForAMessageGetsIt) {
  const struct {
    Action action, wanted;
  } k_wishes[] = {{Action::query, Action::download},
                  {Action::redirect_query, Action::redirect},
                  {Action::copy_query, Action::copy},
                  {Action::delete_silently, Action::download},
                  {Action::ignore, Action::download},
                  {Action::reject, Action::download},
                  {Action::headers_only, Action::download},
                  {Action::copy_headers_only, Action::copy},
                  {Action::redirect_download_and_delete, Action::redirect_download_and_delete}};
  for (const auto& [action, wanted] : k_wishes)
    EXPECT_EQ(decide({rule(action)}).as_wanted().action, wanted) << meaning_of(action).name;
}

std::vector<std::string> faults(const std::vector<DownloadRule>& rules) {
  std::vector<std::string> texts;
  const DownloadRules compiled(rules);
  for (const DownloadFault& fault : compiled.faults())
    texts.push_back(std::to_string(fault.place) + " " + fault.key + (fault.is_warning ? " (warning)" : ""));
  return texts;
}

TEST(DownloadRules, SaysWhatIsWrong) {
  DownloadRule without_target = rule(Action::copy);
  without_target.targets.clear();
  DownloadRule without_header = rule(Action::set_header_and_stop);
  without_header.header_line = "no colon";
  DownloadRule useless = rule(Action::download);
  useless.targets = {"fred"};
  useless.header_line = "X-A: b";
  DownloadRule remote_folder = rule(Action::redirect);
  remote_folder.targets = {"ann@x.example Inbox"};
  EXPECT_THAT(faults({rule(Action::begin_if), rule(Action::begin_else, {}), rule(Action::end_if, {})}),
              IsEmpty());
  EXPECT_THAT(faults({rule(Action::begin_if)}), ElementsAre("0 action"));
  EXPECT_THAT(faults({rule(Action::end_if, {})}), ElementsAre("0 action"));
  EXPECT_THAT(faults({rule(Action::copy), rule(Action::begin_else, {})}), ElementsAre("1 action"));
  EXPECT_THAT(faults({rule(Action::begin_if), rule(Action::begin_else, {}), rule(Action::begin_else, {}),
                      rule(Action::end_if, {})}),
              ElementsAre("2 action"));
  EXPECT_THAT(faults({rule(Action::begin_if), rule(Action::end_if)}), ElementsAre("1 conditions"));
  EXPECT_THAT(faults({without_target}), ElementsAre("0 targets"));
  EXPECT_THAT(faults({without_header}), ElementsAre("0 header_line"));
  EXPECT_THAT(faults({useless}), ElementsAre("0 targets (warning)", "0 header_line (warning)"));
  EXPECT_THAT(faults({remote_folder}), ElementsAre("0 targets"));
  EXPECT_THAT(faults({rule(Action::copy, {{"Subject", false, DownloadMatch::regex, "/(/"}})}),
              ElementsAre("0 conditions"));
}

TEST(DownloadRules, ARuleThatCannotBeReadNeverMatches) {
  DownloadRule broken =
      rule(Action::delete_silently, {k_yes, {"Subject", false, DownloadMatch::regex, "/(/"}});
  broken.match = ConditionMatch::any;
  EXPECT_EQ(decide({broken}).action, Action::download);
}

TEST(DownloadRules, TheAddedFieldIsNeverTooLong) {
  std::vector<DownloadRule> many(100, rule(Action::set_header_and_continue, {k_yes}, std::string(80, 'n')));
  EXPECT_LE(decide(many).rules_field().size(), 900u);
}

}  // namespace
}  // namespace stagecoach::routing
