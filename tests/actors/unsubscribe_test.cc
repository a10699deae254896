#include "actors/unsubscribe.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

const std::string k_key(32, 'k');
const UnsubscribeToken k_content{ListId{7}, "ann@remote.example"};

TEST(UnsubscribeToken, SaysListAndMember) {
  for (const UnsubscribeToken& content : {k_content, UnsubscribeToken{ListId{1}, "a"},
                                          UnsubscribeToken{ListId{INT64_MAX}, std::string(500, 'x')},
                                          UnsubscribeToken{ListId{2}, "j\xC3\xBCrgen@example.com"}}) {
    const std::string token = unsubscribe_token(k_key, content);
    EXPECT_EQ(token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
              std::string::npos);
    EXPECT_EQ(read_unsubscribe_token(k_key, token), content) << content.member;
  }
}

TEST(UnsubscribeToken, OfAnotherListMemberOrKeyDiffers) {
  const std::string token = unsubscribe_token(k_key, k_content);
  EXPECT_EQ(token, unsubscribe_token(k_key, k_content));
  EXPECT_EQ(read_unsubscribe_token(std::string(32, 'x'), token), std::nullopt);
  const std::string other = unsubscribe_token(k_key, {ListId{8}, k_content.member});
  // The signature of one list in front of the content of another: 16 bytes end in the 22nd character.
  EXPECT_EQ(read_unsubscribe_token(k_key, token.substr(0, 21) + other.substr(21)), std::nullopt);
}

TEST(UnsubscribeToken, CannotBeForged) {
  const std::string token = unsubscribe_token(k_key, k_content);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(read_unsubscribe_token(k_key, changed), std::nullopt) << i;
    EXPECT_EQ(read_unsubscribe_token(k_key, token.substr(0, i)), std::nullopt) << i;
  }
  for (const std::string& wrong :
       {token + "A", token + "=", token + "/", std::string(3000, 'A'), std::string("%")})
    EXPECT_EQ(read_unsubscribe_token(k_key, wrong), std::nullopt) << wrong;
  EXPECT_EQ(read_unsubscribe_token("", unsubscribe_token("", k_content)), std::nullopt);
}

MailList mailing_list() {
  MailList list;
  list.id = ListId{7};
  list.name = "news";
  list.type = ListType::mailing;
  list.allow_subscribe = true;
  return list;
}

TEST(UnsubscribeUrl, IsOfferedWhereAListAllowsIt) {
  Node node;
  auto config = std::make_shared<conf::Config>();
  config->list_options.unsubscribe_url = "https://lists.example.com";
  node.set_config(config);
  EXPECT_EQ(unsubscribe_url(node, mailing_list(), "ann@remote.example"), "") << "no key yet";
  node.unsubscribe_key = k_key;
  EXPECT_EQ(unsubscribe_url(node, mailing_list(), "ann@remote.example"),
            "https://lists.example.com/unsubscribe/" + unsubscribe_token(k_key, k_content));
  const std::pair<const char*, void (*)(MailList&)> changes[] = {
      {"one_click", [](MailList& list) { list.one_click = false; }},
      {"allow_subscribe", [](MailList& list) { list.allow_subscribe = false; }},
      {"fed by SQL", [](MailList& list) { list.type = ListType::external_db; }},
      {"not stored yet", [](MailList& list) { list.id = {}; }}};
  for (const auto& [name, change] : changes) {
    MailList list = mailing_list();
    change(list);
    EXPECT_EQ(unsubscribe_url(node, list, "ann@remote.example"), "") << name;
  }
  node.set_config(std::make_shared<conf::Config>());
  EXPECT_EQ(unsubscribe_url(node, mailing_list(), "ann@remote.example"), "") << "no unsubscribe_url";
}

}  // namespace
}  // namespace stagecoach
