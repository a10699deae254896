// docs/reference/features.md keeps its promises: a row that is done names a test that knows it.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Row {
  std::string id, feature, state, proof;
};

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::string trim(const std::string& text) {
  const auto begin = text.find_first_not_of(" `");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" `") - begin + 1);
}

/// "MAP-003": three capitals, a hyphen, digits.
bool is_id(const std::string& text) {
  return text.size() > 4 && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 && text[3] == '-' &&
         text.find_first_not_of("0123456789", 4) == std::string::npos;
}

/// The cells of a row of a table whose first cell is an ID.
std::optional<std::vector<std::string>> cells_of(const std::string& line) {
  if (!line.starts_with("| ")) return {};
  std::vector<std::string> cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) cells.push_back(trim(cell));
  if (!is_id(cells.front())) return {};
  return cells;
}

/// Whether the text has this ID as a word of its own: MAP-1 is not in MAP-10.
bool names(const std::string& text, const std::string& id) {
  const auto in_word = [&](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_');
  };
  for (auto at = text.find(id); at != std::string::npos; at = text.find(id, at + 1))
    if (!in_word(at + id.size()) && (at == 0 || !in_word(at - 1))) return true;
  return false;
}

std::vector<Row> rows() {
  std::vector<Row> result;
  std::ifstream page(STAGECOACH_SOURCE_DIR "/docs/reference/features.md");
  for (std::string line; std::getline(page, line);)
    if (const auto cells = cells_of(line)) {
      EXPECT_GE(cells->size(), 4u) << line;
      if (cells->size() >= 4) result.push_back({cells->at(0), cells->at(1), cells->at(2), cells->at(3)});
    }
  return result;
}

TEST(Features, HaveARowEach) {
  std::set<std::string> ids;
  for (const Row& row : rows()) EXPECT_TRUE(ids.insert(row.id).second) << row.id << " has two rows";
  EXPECT_GT(ids.size(), 1000u);
  const fs::path specification = fs::path(STAGECOACH_SOURCE_DIR) / "../shared/spec";
  if (!fs::is_directory(specification)) return;
  for (const auto& entry : fs::directory_iterator(specification)) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);)
      if (const auto cells = cells_of(line)) {
        EXPECT_TRUE(ids.contains(cells->front())) << cells->front() << " has no row";
      }
  }
}

TEST(Features, HaveAState) {
  for (const Row& row : rows()) {
    const bool known = row.state == "done" || row.state == "part" || row.state == "planned" ||
                       (row.state.starts_with("not planned: ") && row.state.size() > 13);
    EXPECT_TRUE(known) << row.id << ": " << row.state;
    EXPECT_FALSE(row.feature.empty()) << row.id;
    EXPECT_TRUE(row.state != "done" || !row.proof.empty()) << row.id << " is done without a proof";
  }
}

TEST(Features, AreProvenByTestsThatNameThem) {
  std::map<std::string, std::string> tests;
  for (const Row& row : rows()) {
    if (row.proof.empty()) continue;
    const fs::path file = fs::path(STAGECOACH_SOURCE_DIR) / row.proof;
    ASSERT_TRUE(fs::is_regular_file(file)) << row.id << ": " << row.proof;
    auto& text = tests[row.proof];
    if (text.empty()) text = text_of(file);
    EXPECT_TRUE(names(text, row.id)) << row.proof << " does not name " << row.id;
  }
}

}  // namespace
