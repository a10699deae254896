#include "conf/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The TOML of a page, as far as it begins with a section; lists indent theirs.
std::vector<std::string> examples_in(const std::string& path) {
  std::vector<std::string> examples;
  std::istringstream page(text_of(path));
  std::string block;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
    if (line.rfind("```", 0) != 0) {
      block += inside ? line + "\n" : "";
      continue;
    }
    if (inside && block.rfind('[', 0) == 0) examples.push_back(block);
    inside = line == "```toml";
    block.clear();
  }
  return examples;
}

/// With UPDATE_REFERENCE=1 in the environment this test writes the page instead.
TEST(Reference, IsThePageInTheTree) {
  const std::string path = STAGECOACH_SOURCE_DIR "/docs/reference/settings.md";
  if (std::getenv("UPDATE_REFERENCE")) std::ofstream(path) << settings_reference();
  EXPECT_EQ(text_of(path), settings_reference())
      << "run: stagecoach docs settings > docs/reference/settings.md";
}

TEST(Reference, ShowsKeysRangesDefaultsAndMeaning) {
  const std::string page = settings_reference();
  for (const char* part :
       {"## `[[service]]`",
        "| `idle_timeout` | duration (an integer: seconds), \"0s\" to \"1d\" | `\"0s\"` |",
        "## `[collector.routing.options]`", "| `kind` (or `method`) | relay, direct | `\"relay\"` |"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
}

/// What somebody copies from a page is not refused.
TEST(Documentation, ItsExamplesHaveKnownKeysAndValues) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(STAGECOACH_SOURCE_DIR "/docs")) {
    if (file.path().extension() != ".md") continue;
    for (const std::string& example : examples_in(file.path())) {
      if (example.rfind("[[case]]", 0) == 0 || example.rfind("[[sending]]", 0) == 0) continue;  // *.test.toml
      ++count;
      std::string text = example.find("[local]") == std::string::npos
                             ? "[local]\ndomains = [\"example.com\"]\n"
                             : std::string();
      if (example.rfind("[[user.", 0) == 0) text += "[[user]]\nname = \"fred\"\n";
      for (const Problem& problem : read_config_text(text + example).problems) {
        // Other sections, and scripts, are not part of the example.
        const bool elsewhere = problem.message.rfind("there is no ", 0) == 0 ||
                               problem.message.find("is missing") != std::string::npos;
        EXPECT_TRUE(elsewhere || problem.severity == Problem::Severity::warning)
            << file.path() << ": " << problem.text() << "\n"
            << example;
      }
    }
  }
  EXPECT_GT(count, 20u);
}

}  // namespace
}  // namespace stagecoach::conf
