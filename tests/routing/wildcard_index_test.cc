#include "routing/wildcard_index.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "routing/wildcard.h"
#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

/// What the index finds must be what comparing one by one finds.
TEST(WildcardIndex, FindsExactlyTheMatchingPatterns) {  // MAP-011, MAP-012
  std::mt19937 random(4711);
  const auto word = [&](const char* alphabet, unsigned length) {
    std::string text;
    for (unsigned i = random() % length; i > 0; --i) text += alphabet[random() % std::strlen(alphabet)];
    return text;
  };
  std::size_t matches = 0;
  for (int round = 0; round < 200; ++round) {
    WildcardIndex index;
    std::vector<std::string> patterns;
    for (std::uint32_t i = 0; i < 50; ++i) {
      std::string pattern = word("ab*?@.", 8);
      if (!has_wildcard(pattern)) pattern += '*';
      index.add(pattern, i);
      patterns.push_back(std::move(pattern));
    }
    for (int look = 0; look < 20; ++look) {
      const std::string value = word("ab@.", 10);
      std::vector<std::uint32_t> found, expected;
      index.find(value, found);
      std::sort(found.begin(), found.end());
      for (std::uint32_t i = 0; i < patterns.size(); ++i)
        if (matches_wildcard(patterns[i], value)) expected.push_back(i);
      EXPECT_EQ(found, expected) << value;
      matches += expected.size();
    }
  }
  EXPECT_GT(matches, 1000u);
}

}  // namespace
}  // namespace stagecoach::routing
