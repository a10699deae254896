// SEARCH: first what the rows can tell, then the content of the messages that are still in doubt.
#include <algorithm>

#include "protocols/imap/session_impl.h"

namespace stagecoach::imap {

void ServerSession::Impl::search(Cursor& cursor) {
  SearchProblem problem;
  auto query = cursor.space() ? parse_search(cursor, limits_, problem) : std::nullopt;
  if (problem.bad_charset) return no("[BADCHARSET (US-ASCII UTF-8)] Unknown character set");
  if (!query) return bad("Bad search keys");
  condstore_ = condstore_ || query->uses_modseq;
  SearchWork search;
  search.query = std::move(*query);
  search.uid = uid_;
  resolve(search.query.root, static_cast<std::uint32_t>(view_->size()), view_->largest_uid());
  for (std::uint32_t index = 0; index < view_->size(); ++index) {
    const Truth truth = matches(search.query.root, {view_->row(index), view_->keywords(index), index + 1});
    if (truth == Truth::yes) search.found.push_back(index);
    if (truth == Truth::needs_header || truth == Truth::needs_body)
      search.candidates.push_back({index, truth == Truth::needs_body});
  }
  const bool undecided = !search.candidates.empty();
  begin(std::move(search));
  if (undecided)
    wait(Waiting::granted, BeginWork{Work::search});
  else
    search_finish();
}

void ServerSession::Impl::search_next() {
  auto& search = work<SearchWork>();
  if (search.stream) return search_stream_next();
  if (search.next == search.candidates.size()) return search_finish();
  search.batch.clear();
  LoadMessages load{.folder = view_->id(), .wants = 0, .messages = {}};
  std::uint64_t expected = 0;
  while (search.next < search.candidates.size() && search.batch.size() < limits_.batch_messages_max) {
    const auto candidate = search.candidates[search.next];
    const MessageRow& row = view_->row(candidate.index);
    const bool large = candidate.body && row.size_bytes > limits_.range_bytes_max;
    const std::uint8_t wants = !candidate.body ? want_header
                               : large         ? want_header | want_parts
                                               : want_whole | want_parts;
    expected += candidate.body && !large ? row.size_bytes : 4096;
    if (!search.batch.empty() && (large || wants != load.wants || expected > limits_.batch_bytes_max)) break;
    load.wants = wants;
    load.messages.push_back({row.uid, row.content});
    search.batch.push_back(candidate);
    ++search.next;
    if (large) break;
  }
  wait(Waiting::loaded, std::move(load));
}

void ServerSession::Impl::search_loaded(std::vector<LoadedMessage> messages) {
  auto& search = work<SearchWork>();
  if (search.stream) {
    auto& stream = *search.stream;
    const auto ranges = searched_ranges(stream.parts, limits_.searched_part_bytes_max);
    if (messages.size() == 1)
      stream.bodies.push_back(searched_text(messages[0].bytes, *ranges[stream.next].second));
    ++stream.next;
    return search_stream_next();
  }
  for (const auto& candidate : search.batch) {
    const std::uint32_t uid = view_->row(candidate.index).uid;
    const auto found = std::find_if(messages.begin(), messages.end(),
                                    [&](const LoadedMessage& message) { return message.uid == uid; });
    if (found != messages.end()) search_one(candidate.index, *found, candidate.body);
  }
  search_next();
}

void ServerSession::Impl::search_one(std::uint32_t index, const LoadedMessage& message, bool body) {
  auto& search = work<SearchWork>();
  auto parsed = body ? mime::parse_part_index(message.parts) : Result<mime::PartIndex>(mime::PartIndex{});
  mime::PartIndex parts = parsed ? std::move(*parsed) : mime::PartIndex{};
  if (body && view_->row(index).size_bytes > limits_.range_bytes_max) {
    search.stream = std::make_unique<SearchedStream>();
    search.stream->index = index;
    search.stream->header_bytes = message.bytes;
    search.stream->parts = std::move(parts);
    return;
  }
  std::vector<std::string> bodies;
  const std::string_view bytes = message.bytes;
  for (const auto& [range, node] : searched_ranges(parts, limits_.searched_part_bytes_max))
    if (range.offset < bytes.size())
      bodies.push_back(searched_text(bytes.substr(range.offset, range.size_bytes), *node));
  judge(index, bytes, bodies);
}

void ServerSession::Impl::search_stream_next() {
  auto& search = work<SearchWork>();
  auto& stream = *search.stream;
  const auto ranges = searched_ranges(stream.parts, limits_.searched_part_bytes_max);
  if (stream.next < ranges.size()) {
    const MessageRow& row = view_->row(stream.index);
    const mime::Range range = ranges[stream.next].first;
    return wait(
        Waiting::loaded,
        LoadMessages{view_->id(), want_range, {{row.uid, row.content}}, range.offset, range.size_bytes});
  }
  judge(stream.index, stream.header_bytes, stream.bodies);
  search.stream.reset();
  search_next();
}

/// Decides about a message of which everything is known.
void ServerSession::Impl::judge(std::uint32_t index, std::string_view header,
                                const std::vector<std::string>& bodies) {
  auto& search = work<SearchWork>();
  const mime::HeaderSection section = mime::parse_header_section(header);
  if (matches(search.query.root, {view_->row(index), view_->keywords(index), index + 1, &section, &bodies}) ==
      Truth::yes)
    search.found.push_back(index);
}

namespace {

std::string classic_answer(const std::vector<std::uint32_t>& numbers, std::uint64_t modseq) {
  std::string text = "* SEARCH";
  for (const std::uint32_t number : numbers) text += ' ' + std::to_string(number);
  if (modseq > 0) text += " (MODSEQ " + std::to_string(modseq) + ')';
  return text + "\r\n";
}

std::string extended_answer(const SearchReturn& wanted, const std::string& tag, bool uid,
                            const std::vector<std::uint32_t>& numbers, std::uint64_t modseq) {
  std::string text = "* ESEARCH (TAG \"" + tag + "\")";
  if (uid) text += " UID";
  if (wanted.min && !numbers.empty()) text += " MIN " + std::to_string(numbers.front());
  if (wanted.max && !numbers.empty()) text += " MAX " + std::to_string(numbers.back());
  if (wanted.all && !numbers.empty()) text += " ALL " + SequenceSet::of(numbers).text();
  if (wanted.count) text += " COUNT " + std::to_string(numbers.size());
  if (modseq > 0) text += " MODSEQ " + std::to_string(modseq);
  return text + "\r\n";
}

}  // namespace

void ServerSession::Impl::search_finish() {
  auto& search = work<SearchWork>();
  std::vector<std::uint32_t>& found = search.found;
  std::sort(found.begin(), found.end());
  const SearchReturn& wanted = search.query.result;
  std::uint64_t modseq = 0;
  if (search.query.uses_modseq) {
    // RFC 7162 section 3.1.5: of the messages told, that is only the first or last for MIN and MAX.
    const bool ends_only = wanted.extended && !wanted.all && !wanted.count;
    for (std::size_t i = 0; i < found.size(); ++i)
      if (!ends_only || (wanted.min && i == 0) || (wanted.max && i + 1 == found.size()))
        modseq = std::max(modseq, view_->row(found[i]).modseq);
  }
  std::vector<std::uint32_t> numbers;
  numbers.reserve(found.size());
  for (const std::uint32_t index : found) numbers.push_back(search.uid ? view_->row(index).uid : index + 1);
  out(wanted.extended ? extended_answer(wanted, tag_, search.uid, numbers, modseq)
                      : classic_answer(numbers, modseq));
  if (search.slot) emit(EndWork{Work::search});
  ok("Completed");
}

}  // namespace stagecoach::imap
