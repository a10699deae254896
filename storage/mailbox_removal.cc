#include "storage/mailbox_removal.h"

#include "storage/write_statements.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_messages{
    "mailbox_messages_remove",
    "WITH f AS (SELECT id FROM folder WHERE user_id = $1 UNION"
    "   SELECT folder_id FROM recycled_folder WHERE user_id = $1),"
    " here AS (DELETE FROM message WHERE folder_id IN (SELECT id FROM f) RETURNING content_id),"
    " bin AS (DELETE FROM recycled_message WHERE folder_id IN (SELECT id FROM f) RETURNING content_id),"
    " n AS (SELECT content_id, count(*) AS copies FROM"
    "   (SELECT content_id FROM here UNION ALL SELECT content_id FROM bin) gone GROUP BY content_id)"
    " UPDATE content SET copies = content.copies - n.copies FROM n WHERE content.id = n.content_id"};
constexpr Statement k_expunged{
    "mailbox_expunged_remove",
    "DELETE FROM expunged WHERE folder_id IN (SELECT id FROM folder WHERE user_id = $1)"};
constexpr Statement k_folders{"mailbox_folders_remove", "DELETE FROM folder WHERE user_id = $1"};
constexpr Statement k_bin{"mailbox_bin_remove", "DELETE FROM recycled_folder WHERE user_id = $1"};
constexpr Statement k_subscriptions{"mailbox_subscriptions_remove",
                                    "DELETE FROM subscription WHERE user_id = $1"};
constexpr Statement k_answers{"mailbox_answers_remove", "DELETE FROM autoresponse_log WHERE user_id = $1"};
constexpr Statement k_matches{"mailbox_matches_remove", "DELETE FROM autoresponse_match WHERE user_id = $1"};
constexpr Statement k_media{"mailbox_media_remove", "DELETE FROM user_media WHERE user_id = $1"};

}  // namespace

Result<void> remove_mailbox(Database& database, UserId user) {
  for (const Statement* statement : {&k_messages, &statements::k_drop_dead, &k_expunged, &k_folders, &k_bin,
                                     &k_subscriptions, &k_answers, &k_matches, &k_media}) {
    auto done = statement == &statements::k_drop_dead ? database.run(*statement)
                                                      : database.run(*statement, {user.value});
    if (!done) return std::move(done.error()).while_doing("deleting a mailbox");
  }
  return {};
}

}  // namespace stagecoach::storage
