#include "actors/writer.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "actors/serialisation.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;

constexpr auto k_patience = 30s;  // without a database; then what was not tried gets a temporary error
constexpr auto k_retry = 100ms;
constexpr std::size_t k_batch_bytes_max = 16 * 1024 * 1024;

struct CommitNow {};

std::size_t bytes_of(const storage::WriteUnit& unit) {
  std::size_t bytes = 0;
  for (const storage::WriteRequest& request : unit) {
    if (const auto* accept = std::get_if<storage::AcceptMessage>(&request); accept && accept->content)
      bytes += accept->content->head.size();
    if (const auto* chunk = std::get_if<storage::UploadChunk>(&request)) bytes += chunk->bytes.size();
  }
  return bytes;
}

/// The message number by which committed() recognises this unit; 0: it has none.
std::int64_t number_of(const storage::WriteUnit& unit) {
  for (const storage::WriteRequest& request : unit)
    if (const auto* accept = std::get_if<storage::AcceptMessage>(&request)) return accept->id.value;
  return 0;
}

}  // namespace
}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::CommitNow)

namespace stagecoach {
namespace {

using PrivateWriterActor = WriterActor::extend<caf::reacts_to<CommitNow>>;

class Writer : public PrivateWriterActor::base {
 public:
  Writer(caf::actor_config& config, Node& node, std::string conninfo)
      : PrivateWriterActor::base(config), node_(node), conninfo_(std::move(conninfo)) {}

  behavior_type make_behavior() override {
    return {[this](WriteMail& write) -> caf::result<WriteAnswer> {
              auto promise = make_response_promise<WriteAnswer>();
              waiting_.push_back(
                  {std::move(write), promise, Counted(node_.counters.waiting_writes), Clock::now()});
              schedule(node_.config()->storage.commit_wait);
              return promise;
            },
            [this](const CommitNow&) {
              scheduled_ = false;
              work();
            }};
  }

  void on_exit() override {
    for (auto* all : {&unsettled_, &waiting_}) {
      for (Waiting& one : *all) answer(one, unavailable("the writer has ended"));
      all->clear();
    }
  }
  const char* name() const override { return "writer"; }

 private:
  struct Waiting {
    WriteMail write;
    caf::typed_response_promise<WriteAnswer> promise;
    Counted counted;
    std::chrono::steady_clock::time_point since;
  };
  using Clock = std::chrono::steady_clock;
  using Batch = std::deque<Waiting>;
  using Answer = storage::MailWriter::Answer;

  Batch take_batch() {
    Batch batch;
    std::size_t bytes = 0;
    const auto limit = static_cast<std::size_t>(node_.config()->storage.commit_batch_max);
    while (!waiting_.empty() && batch.size() < limit && bytes < k_batch_bytes_max) {
      bytes += bytes_of(*waiting_.front().write.unit);
      batch.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return batch;
  }

  /// Comes after everything that has arrived by then.
  void schedule(std::chrono::milliseconds wait) {
    if (std::exchange(scheduled_, true)) return;
    if (wait.count() > 0)
      delayed_send(this, wait, CommitNow{});
    else
      send(this, CommitNow{});
  }

  void work() {
    while (!unsettled_.empty() || !waiting_.empty()) {
      if (!connect() || !settle()) {
        expire();
        return schedule(k_retry);
      }
      if (!waiting_.empty()) commit_batch();
    }
  }

  void commit_batch() {
    Batch batch = take_batch();
    std::vector<const storage::WriteUnit*> units;
    for (const Waiting& one : batch) units.push_back(one.write.unit.get());
    writer_->keep_deleted(node_.deletion_time());
    auto answers = writer_->commit(units);
    ++node_.counters.commits;
    node_.counters.commit_requests += static_cast<std::int64_t>(batch.size());
    if (writer_->is_broken()) {
      node_.log.warning("database", "", "the connection broke during a commit; asking what is there");
      ++node_.counters.database_reconnects;
      writer_.reset();
      unsettled_ = std::move(batch);
      return;
    }
    for (std::size_t i = 0; i < batch.size(); ++i) answer(batch[i], std::move(answers[i]));
    send_news();
  }

  /// After a lost connection: finds out what has been committed and puts the rest back in front. Nobody is
  /// told anything before the truth is known, however long that takes. False: the connection is lost again.
  bool settle() {
    if (unsettled_.empty()) return true;
    std::vector<std::int64_t> numbers;
    for (const Waiting& one : unsettled_) numbers.push_back(number_of(*one.write.unit));
    auto found = writer_->committed(numbers);
    if (!found) {
      writer_.reset();
      return false;
    }
    const std::set<std::int64_t> there(found->begin(), found->end());
    auto copies = committed_copies(*found);
    for (std::size_t i = unsettled_.size(); i-- > 0;) {
      if (numbers[i] == 0 || !there.contains(numbers[i])) {
        waiting_.push_front(std::move(unsettled_[i]));
        continue;
      }
      std::vector<storage::WriteResult> results(unsettled_[i].write.unit->size());
      results.front().stored = std::move(copies[numbers[i]]);
      answer(unsettled_[i], std::move(results));
    }
    unsettled_.clear();
    send_news();
    return true;
  }

  /// By message number; sessions in IDLE want to hear of them. Without them only the news is missing.
  std::map<std::int64_t, std::vector<storage::StoredCopy>> committed_copies(
      const std::vector<std::int64_t>& numbers) {
    std::set<std::int64_t> users;
    for (const Waiting& one : unsettled_)
      for (const storage::WriteRequest& request : *one.write.unit)
        if (const auto* accept = std::get_if<storage::AcceptMessage>(&request))
          for (const storage::NewCopy& copy : accept->copies) users.insert(copy.user.value);
    std::map<std::int64_t, std::vector<storage::StoredCopy>> by_number;
    if (auto copies = writer_->copies_of(numbers, {users.begin(), users.end()}))
      for (storage::StoredCopy& copy : *copies)
        by_number[copy.message.content.value].push_back(std::move(copy));
    return by_number;
  }

  /// What was never tried and has waited too long without a database is refused: the client may come again.
  void expire() {
    while (!waiting_.empty() && Clock::now() - waiting_.front().since > k_patience) {
      answer(waiting_.front(), unavailable("the database does not answer"));
      waiting_.pop_front();
    }
  }

  bool connect() {
    if (writer_) return true;
    auto writer = storage::MailWriter::connect(conninfo_);
    if (writer) writer_.emplace(std::move(*writer));
    node_.database_away = !writer;
    return writer.has_value();
  }

  void answer(Waiting& one, Answer result) {
    if (!result) {
      ++node_.counters.commit_failures;
      node_.log.error("database", "", "a change was not stored: " + result.error().text());
    } else {
      note_news(one.write, *result);
    }
    one.promise.deliver(WriteAnswer{std::make_shared<const Answer>(std::move(result))});
  }

  MailboxNews& news_of(UserId user, FolderId folder, std::uint64_t cause) {
    MailboxNews& news = news_[{user.value, folder.value, cause}];
    news.user = user;
    news.folder = folder;
    news.cause = cause;
    return news;
  }

  void note_news(const WriteMail& write, const std::vector<storage::WriteResult>& results) {
    for (const storage::WriteResult& result : results) {
      for (const storage::StoredCopy& copy : result.stored) {
        if (!copy.folder) continue;
        MailboxNews& news = news_of(copy.user ? copy.user : write.user, copy.folder, write.cause);
        news.arrived.push_back(copy.message);
        news.modseq = std::max(news.modseq, copy.message.modseq);
        ++node_.counters.copies_stored;
      }
      for (const storage::MessagesGone& gone : result.gone) {
        if (gone.uids.empty()) continue;
        MailboxNews& news = news_of(gone.user ? gone.user : write.user, gone.folder, write.cause);
        news.vanished.insert(news.vanished.end(), gone.uids.begin(), gone.uids.end());
        news.modseq = std::max(news.modseq, gone.modseq);
      }
    }
    for (std::size_t i = 0; i < results.size() && i < write.unit->size(); ++i) {
      const auto* change = std::get_if<storage::ChangeFlags>(&(*write.unit)[i]);
      if (!change || results[i].flags.changed.empty()) continue;
      MailboxNews& news = news_of(write.user, change->folder, write.cause);
      news.changed.insert(news.changed.end(), results[i].flags.changed.begin(),
                          results[i].flags.changed.end());
      news.modseq = std::max(news.modseq, results[i].flags.modseq);
    }
  }

  void send_news() {
    const auto handles = node_.handles();
    for (auto& [key, news] : news_) {
      std::sort(news.arrived.begin(), news.arrived.end(),
                [](const StoredMessage& a, const StoredMessage& b) { return a.uid < b.uid; });
      if (handles->mailboxes) send(handles->mailboxes, std::move(news));
    }
    news_.clear();
  }

  Node& node_;
  std::string conninfo_;
  std::optional<storage::MailWriter> writer_;
  Batch waiting_;    // not tried yet
  Batch unsettled_;  // their commit was under way when the connection broke
  bool scheduled_ = false;
  std::map<std::tuple<std::int64_t, std::int64_t, std::uint64_t>, MailboxNews> news_;
};

}  // namespace

WriterActor spawn_writer(caf::actor_system& system, Node& node, std::string conninfo) {
  return system.spawn<Writer, caf::detached>(std::ref(node), std::move(conninfo));
}

}  // namespace stagecoach
