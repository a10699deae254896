#include "routing/sending/return_path.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

using Mode = ReturnPathMode;

const struct {
  const char* name;
  ReturnPathRule rule;
  const char* reverse_path;
  bool is_local;
  const char* result;
} k_cases[] = {
    {"unchanged, own", {}, "fred@example.com", true, "fred@example.com"},             // SND-29
    {"unchanged, forwarded", {}, "ann@remote.example", false, "ann@remote.example"},  // SND-29
    {"always, own",
     {Mode::always, "b@example.com", ""},
     "fred@example.com",
     true,
     "b@example.com"},  // SND-30
    {"always, forwarded", {Mode::always, "b@example.com", ""}, "ann@remote.example", false, "b@example.com"},
    {"not local, own",  // SND-31
     {Mode::if_not_local, "b@example.com", ""},
     "fred@example.com",
     true,
     "fred@example.com"},
    {"not local, forwarded",
     {Mode::if_not_local, "b@example.com", ""},
     "ann@remote.example",
     false,
     "b@example.com"},
    {"no address", {Mode::always, "", ""}, "fred@example.com", true, "fred@example.com"},
    {"null stays", {}, "", false, ""},  // SND-32
    {"null stays with always", {Mode::always, "b@example.com", ""}, "", false, ""},
    {"null stays when not local", {Mode::if_not_local, "b@example.com", ""}, "", false, ""},
    {"null replaced", {Mode::unchanged, "", "no-reply@example.com"}, "", false, "no-reply@example.com"},
    {"null replaced, always",
     {Mode::always, "b@example.com", "no-reply@example.com"},
     "",
     false,
     "no-reply@example.com"},
    {"replacement is for null only",
     {Mode::unchanged, "", "no-reply@example.com"},
     "fred@example.com",
     true,
     "fred@example.com"},
};

TEST(ReturnPath, BecomesWhatTheSenderSays) {
  for (const auto& row : k_cases)
    EXPECT_EQ(return_path(row.rule, row.reverse_path, row.is_local), row.result) << row.name;
}

}  // namespace
}  // namespace stagecoach::routing
