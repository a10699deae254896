#include "conf/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace stagecoach::conf {
namespace {

/// With UPDATE_REFERENCE=1 in the environment this test writes the page instead.
TEST(Reference, IsThePageInTheTree) {
  const std::string path = STAGECOACH_SOURCE_DIR "/docs/reference/settings.md";
  if (std::getenv("UPDATE_REFERENCE")) std::ofstream(path) << settings_reference();
  std::ostringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_EQ(page.str(), settings_reference()) << "run: stagecoach docs settings > docs/reference/settings.md";
}

TEST(Reference, ShowsKeysRangesDefaultsAndMeaning) {
  const std::string page = settings_reference();
  for (const char* part :
       {"## `[[service]]`",
        "| `idle_timeout` | duration (an integer: seconds), \"0s\" to \"1d\" | `\"0s\"` |",
        "## `[collector.routing.options]`", "| `kind` (or `method`) | relay, direct | `\"relay\"` |"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace stagecoach::conf
