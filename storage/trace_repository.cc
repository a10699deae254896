#include "storage/trace_repository.h"

#include <cstdlib>

#include "routing/model/address.h"

namespace stagecoach::storage {

namespace {
constexpr Statement k_find{
    "trace_find",
    "WITH hit AS (SELECT DISTINCT id FROM trace WHERE id = $1 OR message_id = $2 OR lower(reverse_path) = $3"
    "   OR $3 = ANY (recipients) ORDER BY id DESC LIMIT $4)"
    " SELECT id, at, event, session, reverse_path, recipients, message_id, size_bytes, detail FROM trace"
    " WHERE id IN (SELECT id FROM hit) ORDER BY id DESC, at"};
constexpr Statement k_prune{"trace_prune", "DELETE FROM trace WHERE at < $1"};

constexpr Statement k_accepted{
    "trace_accepted",
    "SELECT id, at, event, session, reverse_path, recipients, message_id, size_bytes, detail FROM trace"
    " WHERE event = 'accepted' AND id > $3 AND CASE WHEN $1::bigint[] = '{}' THEN at >= $2 ELSE id = ANY "
    "($1) END"
    " ORDER BY id LIMIT $4"};

std::vector<TraceEntry> entries_of(const Rows& rows) {
  std::vector<TraceEntry> entries(static_cast<std::size_t>(rows.size()));
  for (int i = 0; i < rows.size(); ++i) {
    TraceEntry& entry = entries[static_cast<std::size_t>(i)];
    entry.id = MessageId{rows.integer(i, 0)};
    entry.at = rows.integer(i, 1);
    entry.event = rows.text(i, 2);
    entry.session = rows.text(i, 3);
    entry.reverse_path = rows.text(i, 4);
    entry.recipients = rows.texts(i, 5);
    entry.message_id = rows.text(i, 6);
    entry.size_bytes = rows.integer(i, 7);
    entry.detail = rows.text(i, 8);
  }
  return entries;
}

std::string without_brackets(std::string text) {
  if (text.size() > 1 && text.front() == '<' && text.back() == '>') return text.substr(1, text.size() - 2);
  return text;
}
}  // namespace

Result<std::vector<TraceEntry>> TraceRepository::find(const std::string& what, int messages_max) {
  const std::string plain = clean_text(without_brackets(what));
  if (plain.empty()) return std::vector<TraceEntry>{};
  // "4711.report@example.com" is an address, not the message 4711.
  const bool is_number = plain.find_first_not_of("0123456789") == std::string::npos;
  const std::int64_t number = is_number ? std::strtoll(plain.c_str(), nullptr, 10) : 0;
  auto rows = database_.run(k_find, {number, plain, to_lower(plain), messages_max});
  if (!rows) return std::move(rows.error()).while_doing("searching the trace");
  return entries_of(*rows);
}

Result<std::vector<TraceEntry>> TraceRepository::accepted(const std::vector<std::int64_t>& ids,
                                                          std::int64_t since, std::int64_t after,
                                                          std::int64_t rows_max) {
  auto rows = database_.run(k_accepted, {Param(ids), since, after, rows_max});
  if (!rows) return std::move(rows.error()).while_doing("reading the trace");
  return entries_of(*rows);
}

Result<std::int64_t> TraceRepository::prune(std::int64_t before_microseconds) {
  auto rows = database_.run(k_prune, {before_microseconds});
  if (!rows) return std::move(rows.error()).while_doing("pruning the trace");
  return rows->affected();
}

}  // namespace stagecoach::storage
