// A directory for tests: entries of the database are put in as rows, declared ones as the configuration gives
// them.
#pragma once

#include <gtest/gtest.h>

#include "actors/directory_book.h"
#include "conf/entry_text.h"

namespace stagecoach {

class BookTest : public ::testing::Test {
 protected:
  static storage::StoredUser stored_user(std::int64_t id, const std::string& name,
                                         const std::string& settings = {}) {
    return {UserId{id}, name, {"$argon2id$" + name, "SCRAM " + name, "", {}}, settings};
  }
  static storage::StoredList stored_list(std::int64_t id, const std::string& name, Members members = {},
                                         const std::string& settings = {}) {
    return {ListId{id}, name, settings, std::move(members), {}, false};
  }
  /// kate is the administrator; fred is in office; sales goes to fred.
  static storage::StoredDirectory sample() {
    storage::StoredDirectory stored;
    stored.version = 10;
    stored.users = {stored_user(1, "fred", "primary_group = \"office\"\n"),
                    stored_user(2, "kate", "administrator = true\nfull_name = \"Kate K\"\n")};
    stored.groups = {{GroupId{1}, "office", ""}};
    stored.lists = {stored_list(1, "news", {"fred", "ann@remote.example"})};
    stored.mappings = {{7, "sales", "fred"}};
    return stored;
  }
  /// The user dora and the list staff with kate.
  static routing::DirectoryEntries declared() {
    routing::DirectoryEntries entries;
    User dora;
    dora.name = "Dora";
    dora.where = {"stagecoach.toml", 41};
    entries.users = {dora};
    MailList staff;
    staff.name = "staff";
    staff.where = {"stagecoach.toml", 50};
    staff.members = std::make_shared<const Members>(Members{"kate", "joe@remote.example"});
    entries.lists = {staff};
    return entries;
  }

  BookTest() {
    book_.declare(declared(), {{UserId{100}}, {}, {ListId{200}}});
    EXPECT_TRUE(book_.take(sample(), true).empty());
  }

  DirectoryBook book_;
};

}  // namespace stagecoach
