// One managed PostgreSQL cluster for all tests of a process, and a fresh database with today's schema for
// each test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "routing/model/arrival.h"
#include "storage/directory_repository.h"
#include "storage/mail_writer.h"
#include "storage/managed_cluster.h"
#include "storage/migrations.h"
#include "storage/pg.h"

namespace stagecoach::storage {

/// The value, or an exception that GoogleTest shows: for steps that are not what the test is about.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// A folder below /tmp that the user of PostgreSQL may pass through; removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    char path[] = "/tmp/stagecoach-test-XXXXXX";
    if (!::mkdtemp(path)) throw std::runtime_error("no temporary folder");
    ::chmod(path, 0755);
    path_ = path;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class TestCluster {
 public:
  /// Started on first use, ended with the process.
  static TestCluster& instance() {
    static TestCluster cluster;
    return cluster;
  }

  /// A connection string of a new database; with `schema` all migrations are applied.
  std::string new_database(bool schema) {
    const std::string name = "test_" + std::to_string(++databases_);
    must(admin_->execute("CREATE DATABASE " + name + (schema ? " TEMPLATE with_schema" : "")));
    return conninfo(name);
  }

 private:
  TestCluster() : cluster_({.folder = folder_.path() + "/database", .shared_buffers_mb = 32}) {
    must(cluster_.start());
    admin_ = must(Database::connect(cluster_.conninfo()));
    must(admin_->execute("CREATE DATABASE with_schema"));
    auto schema = must(Database::connect(conninfo("with_schema")));
    must(migrate(schema));
  }
  std::string conninfo(const std::string& database) const {
    return cluster_.conninfo() + " dbname=" + database;
  }

  TemporaryFolder folder_;
  ManagedCluster cluster_;
  std::optional<Database> admin_;
  int databases_ = 0;
};

class StorageTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t k_now = 1'800'000'000;  // seconds since 1970

  explicit StorageTest(bool schema = true)
      : conninfo_(TestCluster::instance().new_database(schema)), database_(connect()) {}

  Database connect() const { return must(Database::connect(conninfo_)); }

  /// One text value: "3", "a b", "null".
  std::string value(const std::string& sql) {
    const std::string name = "test_value_" + std::to_string(++values_);
    const Rows rows = must(database_.run({name.c_str(), sql.c_str()}));
    if (rows.size() == 0) return "no row";
    return rows.is_null(0, 0) ? "null" : std::string(rows.text(0, 0));
  }

  UserId user(const std::string& name) {
    StoredUser entry;
    entry.name = name;
    return must(DirectoryRepository(database_).add(entry));
  }

  std::string conninfo_;
  Database database_;

 private:
  int values_ = 0;
};

/// A small message: "Subject: <subject>" and a body.
inline std::shared_ptr<const Content> small_content(const std::string& subject,
                                                    const std::string& body = "Hello.\r\n") {
  Content content;
  content.head = "Subject: " + subject + "\r\n\r\n" + body;
  content.size_bytes = static_cast<std::int64_t>(content.head.size());
  content.header_size_bytes = content.size_bytes - static_cast<std::int64_t>(body.size());
  content.envelope = "(\"" + subject + "\")";
  content.structure = "(\"TEXT\" \"PLAIN\")";
  content.parts = "parts of " + subject;
  return std::make_shared<const Content>(std::move(content));
}

/// A message for the INBOX of each of these users.
inline AcceptMessage message_to(std::int64_t id, const std::vector<UserId>& users,
                                const std::string& folder = "INBOX") {
  AcceptMessage accept;
  accept.id = MessageId{id};
  accept.content = small_content("message " + std::to_string(id));
  for (const UserId user : users) {
    NewCopy copy;
    copy.user = user;
    copy.folder = folder;
    copy.internal_date = 1'800'000'000 + id;
    accept.copies.push_back(std::move(copy));
  }
  return accept;
}

/// Commits units as one group.
inline std::vector<MailWriter::Answer> commit(MailWriter& writer, const std::vector<WriteUnit>& units) {
  std::vector<const WriteUnit*> pointers;
  for (const WriteUnit& unit : units) pointers.push_back(&unit);
  return writer.commit(pointers);
}

/// Commits one request that must succeed.
inline WriteResult commit_one(MailWriter& writer, WriteRequest request) {
  auto answers = commit(writer, {WriteUnit{std::move(request)}});
  return std::move(must(std::move(answers.at(0))).at(0));
}

}  // namespace stagecoach::storage
