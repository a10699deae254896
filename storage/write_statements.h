// The statements of write_group.cc.
#pragma once

#include "storage/pg.h"

namespace stagecoach::storage::statements {

inline constexpr Statement k_content{
    "content_insert",
    "INSERT INTO content (id, copies, size_bytes, header_bytes, transmit_offset, "
    "envelope, structure, parts, data)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
inline constexpr Statement k_chunk{
    "chunk_insert",
    "INSERT INTO content_chunk (content_id, position, data) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING"};
// All copies of a transaction in one statement: one a folder would cost the backend a fifth more. The UIDs
// come from the folder rows, which are locked in the order of their numbers: writers of several nodes never
// wait for each other in a circle. A folder that is gone gives NULL, which the table refuses: nothing is ever
// stored where nobody finds it. The name is checked because a folder may have been renamed.
inline constexpr Statement k_deliver{
    "deliver",
    "WITH l AS MATERIALIZED (SELECT id FROM folder WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE),"
    " f AS (UPDATE folder SET uidnext = uidnext + c.count, modseq = modseq + 1"
    "   FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS c (id, count, name)"
    "   WHERE folder.id = c.id AND folder.id IN (SELECT id FROM l) AND (c.name = '' OR folder.name = c.name)"
    "   RETURNING folder.id, uidnext - c.count AS first, modseq)"
    " INSERT INTO message (folder_id, uid, content_id, size_bytes, flags, keywords, internal_date, modseq)"
    " SELECT n.folder, f.first + n.place, n.content_id, n.size, n.flags,"
    " string_to_array(nullif(n.keywords, ''), ' '), n.date, f.modseq"
    " FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[],"
    "   $10::bigint[]) AS n (folder, place, content_id, size, flags, keywords, date)"
    " LEFT JOIN f ON f.id = n.folder RETURNING folder_id, uid, modseq"};
inline constexpr Statement k_queue{
    "queue_insert",
    "WITH q AS (INSERT INTO queue_message (id, reverse_path, envelope_id, return_content, body, smtputf8,"
    "   size_bytes, priority, queued_at, delete_at, peer_ip, auth_user, subject, tls, transmit_offset)"
    "   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $23, $24))"
    " INSERT INTO queue_recipient (queue_id, next_attempt, held_until, address, notify, original_recipient,"
    "   sender, route, list, mirror)"
    " SELECT $1, $14::bigint, $15::bigint, r.* FROM unnest($16::text[], $17::bigint[], $18::text[],"
    "   $19::text[], $20::text[], $21::text[], $22::bigint[]) AS r ON CONFLICT DO NOTHING"};
inline constexpr Statement k_list_work{
    "list_work_insert",
    "INSERT INTO list_work (message_id, kind, list, recipient, at) VALUES ($1, $2, $3, $4, $5) RETURNING id"};
inline constexpr Statement k_list_work_step{"list_work_step",
                                            "UPDATE list_work SET position = $2 WHERE id = $1"};
inline constexpr Statement k_list_work_end{
    "list_work_end",
    "WITH w AS (DELETE FROM list_work WHERE id = $1 RETURNING message_id)"
    " UPDATE content SET copies = copies - 1 FROM w WHERE content.id = w.message_id"};
// The archive takes over the work's reference to the content.
inline constexpr Statement k_list_work_archive{
    "list_work_archive",
    "WITH w AS (DELETE FROM list_work WHERE id = $1 RETURNING message_id)"
    " INSERT INTO list_archive (list_id, content_id, at) SELECT $2, message_id, $3 FROM w"
    " ON CONFLICT DO NOTHING"};
inline constexpr Statement k_autoresponse{
    "autoresponse_insert",
    "INSERT INTO autoresponse_log (user_id, definition, sender, rule, at) VALUES ($1, $2, $3, $4, $5)"};
inline constexpr Statement k_autoresponse_match{
    "autoresponse_match",
    "INSERT INTO autoresponse_match AS m (user_id, rule, matches) VALUES ($1, lower($2), 1)"
    " ON CONFLICT (user_id, rule) DO UPDATE SET matches = m.matches + 1"};
inline constexpr Statement k_trace{
    "trace_insert",
    "INSERT INTO trace (id, at, event, session, reverse_path, recipients, message_id, size_bytes, detail)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
inline constexpr Statement k_collected{
    "collected_insert",
    "INSERT INTO collector_seen (collector, uid, digest, first_seen, last_seen, settled, state, subject,"
    " sender, recipients, message_date, token)"
    " VALUES ($1, $2, $3, $4, $4, $4, $5, $6, $7, $8, $9, $10)"
    " ON CONFLICT (collector, uid) DO UPDATE SET digest = $3, last_seen = $4, settled = $4, state = $5,"
    " subject = $6, sender = $7, recipients = $8, message_date = $9, token = $10, get_wanted = false,"
    " delete_wanted = false"};
inline constexpr Statement k_download_answer{
    "download_answer", "UPDATE collector_seen SET get_wanted = true WHERE token = $1 AND token <> ''"};
inline constexpr Statement k_flags{
    "flags_change",
    "WITH t AS (SELECT uid FROM message WHERE folder_id = $1 AND uid = ANY ($2::bigint[])"
    "   AND ($6::bigint < 0 OR modseq <= $6) FOR UPDATE),"
    " f AS (UPDATE folder SET modseq = modseq + 1 WHERE id = $1 AND EXISTS (SELECT FROM t) RETURNING modseq)"
    " UPDATE message m SET modseq = f.modseq,"
    " flags = CASE $3::bigint WHEN 0 THEN m.flags | $4::bigint WHEN 1 THEN m.flags & ~$4::bigint ELSE $4 END,"
    " keywords = (SELECT nullif(array_agg(DISTINCT k), '{}') FROM unnest(CASE $3 WHEN 2 THEN $5::text[]"
    "   WHEN 0 THEN coalesce(m.keywords, '{}') || $5::text[] ELSE coalesce(m.keywords, '{}') END) k"
    "   WHERE $3 <> 1 OR k <> ALL ($5::text[]))"
    " FROM f, t WHERE m.folder_id = $1 AND m.uid = t.uid"
    " RETURNING m.uid, m.flags, m.keywords, m.modseq, m.content_id"};
inline constexpr Statement k_count_copies{
    "content_count_copies",
    "UPDATE content SET copies = copies + n.count FROM (SELECT content_id, count(*) FROM message"
    " WHERE folder_id = $1 AND uid = ANY ($2::bigint[]) GROUP BY content_id) n WHERE content.id = "
    "n.content_id"};
inline constexpr Statement k_copy{
    "messages_copy",
    "WITH s AS (SELECT *, row_number() OVER (ORDER BY uid) AS ord FROM message WHERE folder_id = $1"
    "   AND uid = ANY ($2::bigint[])),"
    " f AS (UPDATE folder SET uidnext = uidnext + (SELECT count(*) FROM s), modseq = modseq + 1 WHERE id = $3"
    "   RETURNING uidnext - (SELECT count(*) FROM s) AS first, modseq)"
    " INSERT INTO message (folder_id, uid, content_id, size_bytes, flags, keywords, internal_date, modseq)"
    " SELECT $3, (SELECT first FROM f) + s.ord - 1, s.content_id, s.size_bytes,"
    " CASE WHEN $4::boolean THEN s.flags ELSE 0 END, CASE WHEN $4 THEN s.keywords END,"
    " CASE WHEN $4 THEN s.internal_date ELSE $5::bigint END, (SELECT modseq FROM f) FROM s ORDER BY s.ord"
    " RETURNING uid, flags, keywords, content_id, size_bytes, internal_date, modseq"};
inline constexpr Statement k_sources{
    "messages_sources",
    "SELECT uid FROM message WHERE folder_id = $1 AND uid = ANY ($2::bigint[]) ORDER BY uid FOR UPDATE"};
// With a time of deletion ($4) the rows move into the recycle bin, and their contents keep the reference.
inline constexpr Statement k_expunge{
    "messages_expunge",
    "WITH d AS (DELETE FROM message WHERE folder_id = $1 AND uid = ANY ($2::bigint[])"
    "   AND (NOT $3::boolean OR flags & 8 <> 0)"
    "   RETURNING uid, content_id, size_bytes, flags, keywords, internal_date),"
    " f AS (UPDATE folder SET modseq = modseq + 1 WHERE id = $1 AND EXISTS (SELECT FROM d) RETURNING modseq),"
    " e AS (INSERT INTO expunged (folder_id, uid, modseq) SELECT $1, d.uid, f.modseq FROM d, f),"
    " r AS (INSERT INTO recycled_message (folder_id, content_id, size_bytes, flags, keywords, internal_date,"
    "   deleted_at) SELECT $1, content_id, size_bytes, flags, keywords, internal_date, $4::bigint FROM d"
    "   WHERE $4 > 0),"
    " c AS (UPDATE content SET copies = copies - n.count FROM (SELECT content_id, count(*) FROM d"
    "   WHERE $4 = 0 GROUP BY content_id) n WHERE content.id = n.content_id)"
    " SELECT d.uid, f.modseq FROM d, f ORDER BY d.uid"};
// A folder that is gone gives NULL, which the table refuses: nothing leaves the bin for nowhere.
inline constexpr Statement k_restore{
    "messages_restore",
    "WITH r AS (DELETE FROM recycled_message WHERE folder_id = $1 AND deleted_at >= $2::bigint RETURNING *),"
    " s AS (SELECT *, row_number() OVER (ORDER BY internal_date, content_id) AS ord FROM r),"
    " f AS (UPDATE folder SET uidnext = uidnext + (SELECT count(*) FROM s), modseq = modseq + 1 WHERE id = $1"
    "   RETURNING uidnext - (SELECT count(*) FROM s) AS first, modseq)"
    " INSERT INTO message (folder_id, uid, content_id, size_bytes, flags, keywords, internal_date, modseq)"
    " SELECT $1, (SELECT first FROM f) + s.ord - 1, content_id, size_bytes,"
    " (flags & ~8 & CASE WHEN $3::boolean THEN ~1 ELSE ~0 END) | CASE WHEN $4::boolean THEN 4 ELSE 0 END,"
    " keywords, internal_date, (SELECT modseq FROM f) FROM s ORDER BY s.ord"
    " RETURNING uid, flags, keywords, content_id, size_bytes, internal_date, modseq"};
inline constexpr Statement k_drop_dead{
    "contents_drop_dead",
    "WITH dead AS (DELETE FROM content WHERE copies <= 0 RETURNING id, data IS NULL AS chunked)"
    " DELETE FROM content_chunk WHERE content_id IN (SELECT id FROM dead WHERE chunked)"};
// With its last recipient the message leaves the queue, and the content goes unless something else refers to
// it. The content is locked first: another node may be about to refer to it.
inline constexpr Statement k_queue_done{
    "queue_done",
    "WITH r AS (DELETE FROM queue_recipient WHERE queue_id = $1 AND address = ANY ($2::text[])),"
    " q AS (DELETE FROM queue_message WHERE id = $1 AND NOT EXISTS"
    "   (SELECT FROM queue_recipient WHERE queue_id = $1 AND address <> ALL ($2::text[])) RETURNING id),"
    " c AS MATERIALIZED (SELECT content.id, copies FROM content, q WHERE content.id = q.id"
    "   FOR UPDATE OF content),"
    " gone AS (DELETE FROM content USING c WHERE content.id = c.id AND c.copies <= 1"
    "   RETURNING content.id, content.data IS NULL AS chunked),"
    " chunks AS (DELETE FROM content_chunk WHERE content_id IN (SELECT id FROM gone WHERE chunked))"
    " UPDATE content SET copies = content.copies - 1 FROM c WHERE content.id = c.id AND c.copies > 1"};
inline constexpr Statement k_queue_later{
    "queue_recipient_later",
    "UPDATE queue_recipient SET held = $3, attempts = $4, next_attempt = $5, last_reply = $6,"
    " held_until = $8, final = $9, address = coalesce($7, address),"
    " route = CASE WHEN $7::text IS NULL THEN route ELSE '' END,"
    " list = CASE WHEN $7::text IS NULL THEN list ELSE '' END,"
    " mirror = CASE WHEN $7::text IS NULL THEN mirror ELSE 0 END WHERE queue_id = $1 AND address = $2"};
inline constexpr Statement k_queue_copy{"queue_copy", "UPDATE content SET copies = copies + 1 WHERE id = $1"};
inline constexpr Statement k_queue_warned{"queue_warned",
                                          "UPDATE queue_message SET warned = true WHERE id = $1"};
inline constexpr Statement k_queue_priority{"queue_priority",
                                            "UPDATE queue_message SET priority = $2 WHERE id = $1"};
// The copy of a message that was sent on, out of the INBOX; it is no deletion and passes the recycle bin by.
inline constexpr Statement k_mirror_done{
    "mirror_done",
    "WITH d AS (DELETE FROM message USING folder WHERE folder.user_id = $2 AND folder.name = $3"
    "   AND message.folder_id = folder.id AND message.content_id = $1 RETURNING message.folder_id, uid),"
    " f AS (UPDATE folder SET modseq = modseq + 1 WHERE id IN (SELECT folder_id FROM d) RETURNING id, "
    "modseq),"
    " e AS (INSERT INTO expunged (folder_id, uid, modseq) SELECT f.id, d.uid, f.modseq FROM d, f),"
    " c AS (UPDATE content SET copies = copies - (SELECT count(*) FROM d) WHERE id = $1)"
    " SELECT d.uid, f.modseq, f.id FROM d, f ORDER BY d.uid"};

}  // namespace stagecoach::storage::statements
