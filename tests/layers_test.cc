// Each layer includes only what docs/architecture.md allows: one socket or one query in a routing stage would
// end `explain`.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Layer {
  std::string folder;                // the first folder that fits a file counts
  std::vector<std::string> project;  // folders of the tree, besides its own
  std::vector<std::string> system;   // beginnings of library headers
};

const std::vector<std::string> k_posix{"sys/",      "arpa/",     "netinet/", "netdb.h",  "unistd.h",
                                       "fcntl.h",   "poll.h",    "pwd.h",    "grp.h",    "ifaddrs.h",
                                       "net/if.h",  "signal.h",  "spawn.h",  "syslog.h", "dirent.h",
                                       "termios.h", "pthread.h", "time.h",   "errno.h"};

std::vector<std::string> with_posix(std::vector<std::string> headers) {
  headers.insert(headers.end(), k_posix.begin(), k_posix.end());
  return headers;
}

const Layer k_layers[] = {
    {"routing/model/", {}, {}},
    {"routing/", {"routing/model/"}, {"pcre2.h", "lua.h", "lua.hpp", "lauxlib.h", "lualib.h"}},
    {"protocols/http/", {"protocols/", "routing/model/"}, {"boost/beast/http", "boost/asio/buffer.hpp"}},
    {"protocols/", {"routing/model/"}, {"openssl/", "unicode/", "lber.h"}},
    {"storage/", {"routing/model/"}, with_posix({"libpq-fe.h"})},
    {"conf/", {"routing/"}, {"toml++/"}},
    {"actors/",
     {"routing/", "protocols/", "storage/", "conf/"},
     with_posix({"caf/", "openssl/", "unbound.h", "sodium.h", "crypt.h", "nlohmann/", "archive.h", "curl/",
                 "archive_entry.h", "linux/", "systemd/"})},
};

// libcrypto computes; libssl and BIO sockets do not belong into protocols/.
const char* const k_forbidden_in_protocols[] = {"openssl/ssl.h", "openssl/bio.h", "openssl/rand.h"};

// Of the standard library: what reaches the outside world, or shares it between threads.
const struct {
  const char* folder;
  std::vector<std::string> headers;
} k_impure[] = {
    {"routing/",
     {"fstream", "filesystem", "iostream", "thread", "mutex", "atomic", "random", "condition_variable",
      "future"}},
    {"protocols/",
     {"fstream", "filesystem", "iostream", "thread", "mutex", "atomic", "random", "condition_variable",
      "future"}},
};

bool begins_with_one(const std::string& text, const std::vector<std::string>& beginnings) {
  for (const std::string& beginning : beginnings)
    if (text.starts_with(beginning)) return true;
  return false;
}

const Layer* layer_of(const std::string& file) {
  for (const Layer& layer : k_layers)
    if (file.starts_with(layer.folder)) return &layer;
  return nullptr;
}

/// Why this file may not include this header; empty: it may.
std::string objection(const std::string& file, const std::string& header, bool in_quotes) {
  const Layer* layer = layer_of(file);
  if (!layer) return {};
  if (in_quotes)
    return header.starts_with(layer->folder) || begins_with_one(header, layer->project) ? ""
                                                                                        : "another layer";
  const bool standard = header.find('.') == std::string::npos && header.find('/') == std::string::npos;
  if (standard) {
    for (const auto& [folder, headers] : k_impure)
      if (file.starts_with(folder) && std::find(headers.begin(), headers.end(), header) != headers.end())
        return "impure";
    return {};
  }
  if (file.starts_with("protocols/"))
    for (const char* forbidden : k_forbidden_in_protocols)
      if (header == forbidden) return "impure";
  return begins_with_one(header, layer->system) ? "" : "a library of another layer";
}

struct Included {
  std::string header;
  bool in_quotes;
};

std::optional<Included> included_by(const std::string& line) {
  const auto hash = line.find_first_not_of(" \t");
  if (hash == std::string::npos || line[hash] != '#') return {};
  const auto word = line.find_first_not_of(" \t", hash + 1);
  if (word == std::string::npos || line.compare(word, 7, "include") != 0) return {};
  const auto begin = line.find_first_of("<\"", word);
  const auto end = begin == std::string::npos ? begin : line.find_first_of(">\"", begin + 1);
  if (end == std::string::npos) return {};
  return Included{line.substr(begin + 1, end - begin - 1), line[begin] == '"'};
}

TEST(Layers, IncludeOnlyWhatTheyMay) {
  int files = 0;
  for (const char* folder : {"routing", "protocols", "storage", "conf", "actors"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(STAGECOACH_SOURCE_DIR) / folder)) {
      const std::string name = fs::relative(entry.path(), STAGECOACH_SOURCE_DIR).string();
      if (!name.ends_with(".h") && !name.ends_with(".cc")) continue;
      ++files;
      std::ifstream source(entry.path());
      int number = 0;
      for (std::string line; std::getline(source, line);) {
        ++number;
        const auto included = included_by(line);
        if (!included) continue;
        const std::string reason = objection(name, included->header, included->in_quotes);
        EXPECT_TRUE(reason.empty()) << name << ":" << number << ": " << included->header << ": " << reason;
      }
    }
  }
  EXPECT_GT(files, 50);
}

TEST(Layers, AreToldApart) {
  EXPECT_EQ(objection("routing/model/a.h", "string", false), "");
  EXPECT_NE(objection("routing/model/a.h", "routing/pattern.h", true), "");
  EXPECT_NE(objection("routing/stages/a.cc", "storage/pg.h", true), "");
  EXPECT_NE(objection("routing/a.cc", "fstream", false), "");
  EXPECT_NE(objection("protocols/smtp/a.cc", "sys/socket.h", false), "");
  EXPECT_NE(objection("protocols/smtp/a.cc", "openssl/ssl.h", false), "");
  EXPECT_EQ(objection("protocols/smtp/a.cc", "openssl/evp.h", false), "");
  EXPECT_NE(objection("storage/a.cc", "protocols/smtp/reply.h", true), "");
  EXPECT_NE(objection("conf/a.cc", "caf/all.hpp", false), "");
  EXPECT_EQ(objection("actors/a.cc", "caf/all.hpp", false), "");
}

}  // namespace
