// The requests of one transaction as commands for PostgreSQL, and its rows as their results.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "storage/mail_writer.h"

namespace stagecoach::storage {

/// The columns uid, flags, keywords, content_id, size_bytes, internal_date, modseq.
StoredMessage whole_message_of(const Rows& rows, int row);

class WriteGroup {
 public:
  /// The number of a user's folder, which exists by now; 0: it does not.
  using FindFolder = std::function<FolderId(UserId user, const std::string& name)>;

  /// `deleted_at`: when expunged messages go to the recycle bin (seconds since 1970); 0: they are gone.
  WriteGroup(FindFolder find_folder, std::int64_t deleted_at)
      : find_folder_(std::move(find_folder)), deleted_at_(deleted_at) {}

  /// `index` ascends from 0: the place of its result.
  void add(std::size_t index, const WriteRequest& request);
  /// After the last request.
  void close();

  const std::vector<Database::Command>& commands() const { return commands_; }
  /// `count`: of requests.
  std::vector<WriteResult> results(const std::vector<Rows>& rows, std::size_t count);

 private:
  using Reader = std::function<void(const Rows&, std::vector<WriteResult>&)>;
  /// The copies that go to one folder.
  struct Arrivals {
    std::string folder;                                       // its name, when it was found by name
    std::vector<std::pair<std::size_t, std::size_t>> owners;  // request, position in its `stored`
  };

  void command(const Statement& statement, Params params, Reader reader);
  void deliver();
  /// The UIDs of a folder's copies ascend in their order.
  void number_copies(const Rows& rows, std::vector<WriteResult>& results);

  void add_one(const AcceptMessage& accept);
  void add_content(const AcceptMessage& accept);
  void add_copy(const AcceptMessage& accept, std::size_t i);
  void arrives_in(const std::string& name, std::size_t i, StoredCopy copy);
  void arrives(std::int64_t folder, const std::string& name, std::size_t i, StoredCopy copy);
  void add_queued(const AcceptMessage& accept);
  void add_list_work(const AcceptMessage& accept, const NewListWork& work);
  void add_one(const ListWorkDone& done);
  void add_one(const LogAutoresponse& log);
  void add_one(const CountMatch& match);
  void add_trace(const TraceEntry& trace);
  void add_one(const UploadChunk& chunk);
  void add_one(const ChangeFlags& change);
  void add_one(const CopyMessages& copy);
  /// Reads the rows of whole_message_of, ordered by UID.
  Reader stored_in(FolderId folder, UserId user = {});
  void add_one(const RestoreMessages& request);
  void add_one(const ExpungeMessages& request);
  void expunge(FolderId folder, const std::vector<std::int64_t>& uids, bool only_deleted,
               std::int64_t deleted_at);
  void add_one(const QueueOutcome& outcome);
  void add_queued_copy(QueueId id, const QueueOutcome::Copy& copy);
  void remove_mirror(QueueId id, UserId user);

  FindFolder find_folder_;
  std::int64_t deleted_at_;
  std::size_t index_ = 0;
  bool deletes_ = false;
  std::vector<Database::Command> commands_;
  std::vector<Reader> readers_;
  std::map<std::int64_t, Arrivals> deliveries_;                       // by folder number
  std::map<std::pair<std::size_t, std::size_t>, StoredCopy> stored_;  // by request and position
};

}  // namespace stagecoach::storage
