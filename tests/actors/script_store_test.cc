#include "actors/script_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace stagecoach {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class ScriptStoreTest : public testing::Test {
 protected:
  ScriptStoreTest() {
    char path[] = "/tmp/stagecoach-scripts-XXXXXX";
    config_.folder = ::mkdtemp(path);
  }
  ~ScriptStoreTest() override {
    std::error_code ignored;
    fs::remove_all(config_.folder, ignored);
  }

  Result<std::string> save(const std::string& name, const std::string& text,
                           SaveMode mode = SaveMode::replace) {
    return save_script(config_, {name, text}, mode);
  }
  std::string run(const std::string& text) {
    auto printed = run_script({"try.lua", text}, load_scripts(config_).scripts, {}, {});
    return printed ? *printed : "! " + printed.error().text();
  }

  conf::Config config_;
};

TEST_F(ScriptStoreTest, SavesWhatIsLua) {  // REF-128
  ASSERT_TRUE(save("office", "return 1\n"));
  ASSERT_TRUE(save("OFFICE.lua", "return 2\n"));
  const auto loaded = load_scripts(config_);
  EXPECT_EQ(loaded.scripts->all().size(), 1u) << "names do not regard case";
  EXPECT_EQ(loaded.scripts->find("office")->text, "return 2\n");
  auto refused = save("office", "return\nend\n");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("office.lua:2"));
  EXPECT_EQ(load_scripts(config_).scripts->find("office")->text, "return 2\n") << "the old one stays";
}

TEST_F(ScriptStoreTest, RefusesNamesThatAreNone) {
  for (const char* name : {"", "../x", "a/b", ".hidden", "-x", "a b", "a\n", "\xc3\xa4"})
    EXPECT_FALSE(save(name, "return 1\n")) << name;
  EXPECT_FALSE(save(std::string(101, 'a'), "return 1\n"));
  EXPECT_FALSE(save("big", std::string(5u << 20, ' ')));
}

TEST_F(ScriptStoreTest, ANewOneDoesNothingAndTakesNobodysPlace) {  // SCR-004
  for (const KnownScript& known : known_scripts())
    EXPECT_TRUE(save(known.name, script_frame(known.name), SaveMode::create)) << known.name;
  EXPECT_FALSE(save("Monitor", "return 1\n", SaveMode::create));
  ASSERT_TRUE(save("prices", script_frame("prices"), SaveMode::create));
  EXPECT_TRUE(load_scripts(config_).problems.empty());
  EXPECT_EQ(run("print(type(require 'prices'))"), "table") << "others can include it";
}

TEST_F(ScriptStoreTest, RunsAndGivesWhatItPrints) {  // SCR-003
  ASSERT_TRUE(save("tax", "local M = {} function M.add(x) return x * 1.5 end return M\n"));
  EXPECT_EQ(run("local tax = require 'tax' print(tax.add(2), 'b') print()"), "3.0\tb\n");
  EXPECT_THAT(run("\nerror('broken')"), HasSubstr("try.lua:2: broken"));
  EXPECT_THAT(run("while true do end"), HasSubstr("try.lua:1"));
}

}  // namespace
}  // namespace stagecoach
