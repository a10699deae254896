#include "protocols/smtp/ace_domain.h"

#include <gtest/gtest.h>

namespace stagecoach::smtp {
namespace {

const struct {
  const char* domain;
  const char* ace;  // null: it has none
} k_domains[] = {
    {"remote.example", "remote.example"},
    {"Remote.Example", "Remote.Example"},  // ASCII stays as it is, also what is no domain
    {"a_b.example", "a_b.example"},
    {"", ""},
    {"bücher.example", "xn--bcher-kva.example"},
    {"BÜCHER.Example", "xn--bcher-kva.example"},
    {"bu\xcc\x88"
     "cher.example",
     "xn--bcher-kva.example"},  // u and a combining diaeresis
    {"straße.example", "xn--strae-oqa.example"},
    {"xn--bcher-kva.bücher.example", "xn--bcher-kva.xn--bcher-kva.example"},
    {"почта.рф", "xn--80a1acny.xn--p1ai"},
    {"例え。テスト", "xn--r8jz45g.xn--zckzah"},  // an ideographic full stop
    {"b\xff.example", nullptr},
    {"bü cher.example", nullptr},
    {"-bücher.example", nullptr},
    {"bü..example", nullptr},
};

TEST(AceDomain, IsWhatDnsKnows) {
  for (const auto& [domain, ace] : k_domains) {
    const auto result = ace_domain(domain);
    if (ace)
      EXPECT_EQ(result.value_or("nothing"), ace) << domain;
    else
      EXPECT_EQ(result, std::nullopt) << domain;
  }
}

TEST(AceDomain, HasTheLimitsOfDns) {
  std::string label;
  for (int i = 0; i < 70; ++i) label += "ü";
  EXPECT_EQ(ace_domain(label + ".example"), std::nullopt);
  std::string name;
  for (int i = 0; i < 40; ++i) name += "bücher.";
  EXPECT_EQ(ace_domain(name + "example"), std::nullopt);
  EXPECT_EQ(ace_domain(std::string(100'000, '\xc3')), std::nullopt);
}

}  // namespace
}  // namespace stagecoach::smtp
