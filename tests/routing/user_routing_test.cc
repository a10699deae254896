// Forwards, assistants and size rules of users, through the whole pipeline.
#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

/// fred with these settings, beside kate, bob and boss.
Directory office(const UserRouting& fred, const UserRouting& kate = {}, std::vector<MailList> lists = {}) {
  DirectoryEntries entries;
  entries.users = {user("fred", [&](Profile& profile) { profile.routing = fred; }),
                   user("kate", [&](Profile& profile) { profile.routing = kate; }), user("bob"),
                   user("boss", [](Profile& profile) { profile.administrator = true; })};
  entries.lists = std::move(lists);
  return Directory(std::move(entries), local_options());
}

struct Case {
  const char* name;
  UserRouting fred;
  UserRouting kate;
  Trip trip;
  const char* outcome;
};

const Trip k_to_fred{"stranger", {"fred@example.com"}};
Trip sized(std::int64_t bytes) { return {.to = {"fred@example.com"}, .size_bytes = bytes}; }
Trip from_kate() {
  Trip trip{"kate", {"fred@example.com"}};
  trip.from = "kate@example.com";
  return trip;
}

// The clock of the tests stands at Friday 2026-11-20 12:00.
const Case k_cases[] = {
    // USR-064
    {"an assistant gets a copy", {.assistants = {"kate"}}, {}, k_to_fred, "fred kate"},
    // USR-065
    {"redirect to the assistant",
     {.assistants = {"kate", "x@y.example"}, .redirect_to_assistant = true},
     {},
     k_to_fred,
     "kate >x@y.example"},
    // USR-066
    {"mail of the assistant reaches the user",
     {.assistants = {"kate"}, .redirect_to_assistant = true},
     {},
     from_kate(),
     "fred"},
    // USR-067
    {"an assistant's assistant gets nothing",
     {.assistants = {"kate"}},
     {.assistants = {"bob"}},
     k_to_fred,
     "fred kate"},
    // USR-069, USR-073
    {"forwards take the mail away",
     {.forward_to = {"kate", "x@y.example"}},
     {},
     k_to_fred,
     "kate >x@y.example"},
    // USR-070
    {"forward and assistant", {.assistants = {"bob"}, .forward_to = {"kate"}}, {}, k_to_fred, "kate bob"},
    // USR-072
    {"forwarding switched off", {.forward_to = {"kate"}, .use_forwarding = false}, {}, k_to_fred, "fred"},
    {"a forward of a forward", {.forward_to = {"kate"}}, {.forward_to = {"bob"}}, k_to_fred, "bob"},
    {"two that forward to each other",
     {.forward_to = {"kate"}},
     {.forward_to = {"fred"}},
     k_to_fred,
     "550/5.4.6:fred@example.com"},
    {"two that forward to each other, both written to",
     {.forward_to = {"kate"}},
     {.forward_to = {"fred"}},
     {"stranger", {"fred@example.com", "kate@example.com"}},
     "550/5.4.6:fred@example.com 550/5.4.6:kate@example.com"},
    {"a circle that somebody leaves",
     {.forward_to = {"kate"}},
     {.forward_to = {"fred", "bob"}},
     k_to_fred,
     "bob"},
    {"a forward to himself", {.forward_to = {"fred"}}, {}, k_to_fred, "550/5.4.6:fred@example.com"},
    {"a forward to nobody stays", {.forward_to = {"gone"}}, {}, k_to_fred, "fred"},
    // USR-078, USR-079, USR-080
    {"inside the window of the forward",
     {.forward_to = {"kate"}, .forward_window = {"20261101 11:00", "20261130 13:00"}},
     {},
     k_to_fred,
     "kate"},
    {"outside its hours",
     {.forward_to = {"kate"}, .forward_window = {"20261101 08:00", "20261130 10:00"}},
     {},
     k_to_fred,
     "fred"},
    {"windows are separate",
     {.assistants = {"bob"}, .forward_to = {"kate"}, .assistant_window = {"", "11:00"}},
     {},
     k_to_fred,
     "kate"},
    // USR-081, USR-082
    {"a large message is copied",
     {.size_ge = {100, CopyMode::copy, {"kate"}}},
     {},
     sized(200 * 1024),
     "fred kate"},
    {"exactly the size", {.size_ge = {100, CopyMode::redirect, {"kate"}}}, {}, sized(100 * 1024), "kate"},
    {"a small message is redirected",
     {.size_le = {10, CopyMode::redirect, {"kate"}}},
     {},
     sized(500),
     "kate"},
    {"between the sizes",
     {.size_ge = {100, CopyMode::redirect, {"kate"}}, .size_le = {10, CopyMode::redirect, {"bob"}}},
     {},
     sized(50 * 1024),
     "fred"},
    // USR-083
    {"no size is no rule", {.size_le = {0, CopyMode::redirect, {"kate"}}}, {}, sized(0), "fred"},
    {"no target is no rule", {.size_ge = {1, CopyMode::redirect, {}}}, {}, sized(5000), "fred"},
    // USR-029
    {"a target at a named server",
     {.forward_to = {"SMTP:f@x.example@192.0.2.1"}},
     {},
     k_to_fred,
     ">f@x.example"},
};

TEST(UserRouting, SendsMailWhereTheUserWantsIt) {
  for (const Case& one : k_cases)
    EXPECT_EQ(outcome(route(office(one.fred, one.kate), one.trip)), one.outcome) << one.name;
}

TEST(UserRouting, ForwardsToAListAndEndsItsCircle) {
  const Directory directory = office({.forward_to = {"team"}}, {}, {list("team", {"fred", "kate"})});
  EXPECT_EQ(outcome(route(directory, k_to_fred)), "kate");
  // One of two goes round: the other gets the message, nothing is lost.
  const Directory both =
      office({.forward_to = {"kate"}}, {.forward_to = {"fred"}}, {list("team", {"fred", "bob"})});
  EXPECT_EQ(outcome(route(both, {"boss", {"team@example.com"}})), "bob fred");
  const Directory alone = office({.forward_to = {"team"}}, {}, {list("team", {"fred"})});
  EXPECT_EQ(outcome(route(alone, k_to_fred)), "550/5.4.6:fred@example.com");
}

TEST(UserRouting, AnswersOnlyWhatArrives) {  // USR-101, MAP-028
  for (const auto& [forward, mapped, expected] :
       {std::tuple<bool, bool, const char*>{false, false, "fred autoresponse:ann@remote.example"},
        {true, false, "kate"},
        {false, true, "kate"}}) {
    DirectoryEntries entries;
    entries.users = {user("fred",
                          [&](Profile& profile) {
                            profile.autoresponder.definitions = {{.name = "Away", .response_text = "Away"}};
                            profile.autoresponder.rules = {{.name = "All", .autoresponder = "Away"}};
                            if (forward) profile.routing.forward_to = {"kate"};
                          }),
                     user("kate")};
    if (mapped) entries.mappings = {mapping("fred -> kate")};
    const Directory directory(std::move(entries), local_options());
    EXPECT_EQ(outcome(route(directory, sized(100))), expected);
  }
}

TEST(UserRouting, KeepsSpamFromForwards) {  // USR-074, USR-075, USR-184, USR-185
  for (const auto& [keep, threshold, expected] :
       {std::tuple<bool, const char*, const char*>{true, "global", "fred/Quarantine"},
        {false, "global", "kate/Quarantine"},
        {true, "disabled", "kate/Quarantine"},
        {true, "200", "kate/Quarantine"}}) {
    DirectoryEntries entries;
    entries.users = {user("fred",
                          [&](Profile& profile) {
                            profile.routing.forward_to = {"kate"};
                            profile.routing.no_forward_if_quarantined = keep;
                            profile.advanced.quarantine_threshold = threshold;
                          }),
                     user("kate")};
    const Directory directory(std::move(entries), local_options());
    const Arrival arrival = arrival_of(sized(100));
    Facts facts = facts_of(sized(100));
    facts.spam_score = 150;
    EXPECT_EQ(outcome(run_pipeline(Pipeline(), {arrival, directory, facts})), expected) << threshold;
  }
}

}  // namespace
}  // namespace stagecoach::routing
