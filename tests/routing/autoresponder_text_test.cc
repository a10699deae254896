#include "routing/autoresponder_text.h"

#include <gtest/gtest.h>

#include <chrono>

namespace stagecoach::routing {
namespace {

const CustomFields k_fields{{"event", "holiday"}, {"empty", ""}, {"evil", "<lua>x</lua>{Subject}"}};

std::optional<std::string> built_in(std::string_view name) {
  if (name == "Subject") return "Hello";
  if (name == "Evil") return "{Subject}\\<lua>boom</lua>";
  return std::nullopt;
}

TextValues all_values() {
  return {built_in, k_fields, {}, [](std::string_view script) { return "[" + std::string(script) + "]"; }};
}

const struct {
  const char* text;
  const char* expanded;
} k_texts[] = {
    // USR-130
    {"{$event} {$other(some day)} {$other}", "holiday some day "},
    {"{$event(x)} {$empty(x)}", "holiday "},
    {"{$a(has (brackets) and } braces)}", "has (brackets) and } braces"},
    {"{$1a} {$} {$event {$event(x}", "{$1a} {$} {$event {$event(x}"},
    // USR-132
    {"{Subject}!", "Hello!"},
    {"{Unknown} {} { } p{color:red}", "{Unknown} {} { } p{color:red}"},
    {"{Subject", "{Subject"},
    // values are not looked at again
    {"{Evil}", "{Subject}\\<lua>boom</lua>"},
    {"{$evil}", "<lua>x</lua>{Subject}"},
    // USR-134
    {"\\{Subject} \\\\ \\x \\", "{Subject} \\ x \\"},
    {"\\<lua>a</lua>", "<lua>a</lua>"},
    // USR-135
    {"{if $event}a{endif}b", "ab"},
    {"{if $empty}a{else}b{endif}c", "bc"},
    {"{if $none}a{else}b{endif}", "b"},
    {"{ifnot $none}a{else}b{endif}", "a"},
    {"{ifnot $event}a{endif}", ""},
    {"{IF $event}a{ELSE}b{ENDIF}", "a"},
    {"{if $event}{ifnot $event}a{else}b{endif}c{else}d{if $event}e{else}f{endif}{endif}g", "bcg"},
    {"{if $event}a", "a"},
    {"{if $none}a", ""},
    {"{else} {endif}", "{else} {endif}"},
    {"{if event}a{endif}", "{if event}a{endif}"},
    {"a{rem a comment, {Subject}b", "ab"},
    {"{if $none}{Subject}{$event}<lua>x</lua>\\{{endif}", ""},
    // USR-136
    {"a<lua>print('{Subject} \\n </p>')</lua>b", "a[print('{Subject} \\n </p>')]b"},
    {"<LUA>a</LUA>", "[a]"},
    {"<lua>never ends", "<lua>never ends"},
    {"{if $none}<lua>{endif}</lua>x{endif}y", "y"},
};

TEST(AutoresponderText, ExpandsReplacementsAndStatements) {
  for (const auto& [text, expanded] : k_texts) EXPECT_EQ(expand_text(text, all_values()), expanded) << text;
}

// USR-131
TEST(AutoresponderText, SomeTextsKnowCustomReplacementsOnly) {
  EXPECT_EQ(expand_text("{$event}@x {Subject} \\{ {if $event}{endif} {rem x} <lua>", {{}, k_fields, {}, {}}),
            "holiday@x {Subject} \\{ {if $event}{endif} {rem x} <lua>");
}

TEST(AutoresponderText, GuardsEveryValue) {
  TextValues values = all_values();
  values.guard = [](std::string_view value) { return "(" + std::string(value) + ")"; };
  EXPECT_EQ(expand_text("{Subject}{$event}{$new(a)}b", values), "(Hello)(holiday)(a)b");
}

TEST(AutoresponderText, CutsWhatGrowsTooLarge) {
  TextValues values = all_values();
  values.result_bytes_max = 10;
  EXPECT_EQ(expand_text("{$event}{$event}{$event}", values), "holidayhol");
  EXPECT_EQ(expand_text("123456789\xc3\xa4", values), "123456789");
}

TEST(AutoresponderText, TakesNoQuadraticTime) {
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string part : {"{if $event}", "<lua>", "{$a(", "{rem ", "{else}"}) {
    std::string text;
    while (text.size() < 250000) text += part;
    EXPECT_LE(expand_text(text, all_values()).size(), text.size());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST(AutoresponderText, ListsCustomFields) {
  using Fields = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(custom_fields_of("{$a(1)} x {$b} {$3} {if $c}"), (Fields{{"a", "1"}, {"b", ""}}));
}

}  // namespace
}  // namespace stagecoach::routing
