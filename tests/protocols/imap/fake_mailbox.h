// A mailbox in memory that carries out the events of an imap::ServerSession, for tests: the answers come at
// once.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "protocols/imap/envelope.h"
#include "protocols/imap/server_session.h"
#include "protocols/mime/part_index.h"

namespace stagecoach::imap {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

/// Line ends of the table, "\n", as the protocol has them.
inline std::string with_cr(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? "\r\n" : std::string(1, c);
  return result;
}

class FakeMailbox {
 public:
  struct Message {
    std::uint32_t uid;
    std::string bytes;
    Flags flags;
    std::uint64_t modseq;
    std::int64_t date = 1'700'000'000;  // 14-Nov-2023 22:13:20 +0000
  };
  struct Folder {
    FolderId id;
    std::vector<Message> messages;
    std::uint32_t uid_next = 1;
    std::string special_use;
    bool exists = true;
    bool subscribed = false;
    bool fixed = false;  // its owner may not rename or delete it
  };

  explicit FakeMailbox(Options options = {}, Limits limits = {}) : session_(std::move(options), limits) {
    add_folder("INBOX");
  }

  Folder& add_folder(const std::string& name) {
    Folder& folder = folders_[name];
    if (!folder.id) folder.id = FolderId{++last_folder_};
    return folder;
  }
  void add_message(const std::string& folder, std::string bytes, Flags flags = {}) {
    Folder& target = folders_.at(folder);
    target.messages.push_back({target.uid_next++, std::move(bytes), std::move(flags), ++modseq_});
  }

  ServerSession& session() { return session_; }
  Folder& folder(const std::string& name) { return folders_.at(name); }
  std::string greeting() {
    carry_out(session_.greet());
    return take();
  }
  /// What the session says to these bytes, line ends as "\n"; events of interest as "<close>".
  std::string send(std::string_view bytes) {
    carry_out(session_.receive(bytes));
    return take();
  }
  std::string send_byte_by_byte(std::string_view bytes) {
    for (const char& c : bytes) carry_out(session_.receive({&c, 1}));
    return take();
  }
  std::string take() {
    std::erase(said_, '\r');
    return std::exchange(said_, {});
  }
  std::string tell(FolderNews news) {
    carry_out(session_.news(std::move(news)));
    return take();
  }

  std::string journal;           // loads: "load 3 w16;" and what else a test wants to see
  std::size_t largest_load = 0;  // bytes
  Error fetch_refusal{Error::Kind::internal, "", {}};
  std::string scram_verifier;

 private:
  void carry_out(Events events) {
    for (Event& event : events) std::visit([&](auto& e) { on(e); }, event);
  }

  Folder* by_id(FolderId id) {
    for (auto& [name, folder] : folders_)
      if (folder.id == id) return &folder;
    return nullptr;
  }
  Message* find(Folder& folder, std::uint32_t uid) {
    for (Message& message : folder.messages)
      if (message.uid == uid) return &message;
    return nullptr;
  }
  Folder* existing(const std::string& name) {
    const auto found = folders_.find(name);
    return found == folders_.end() || !found->second.exists ? nullptr : &found->second;
  }

  void on(const Output& e) { said_ += e.bytes; }
  void on(const WaitForDrain&) { carry_out(session_.drained()); }
  void on(const StartTls&) {
    said_ += "<tls>\n";
    carry_out(session_.tls_started());
  }
  void on(const CloseConnection&) { said_ += "<close>"; }
  void on(const ClientIdentified& e) { said_ += "<client " + e.text + ">\n"; }
  void on(const Authenticate& e) {
    if (e.user == "full")
      return carry_out(session_.authenticated(limit_reached("Too many logins for this user")));
    if (e.user == "locked") return carry_out(session_.authenticated(conflict("Mailbox Locked")));
    if (e.password != "secret") return carry_out(session_.authenticated(invalid_input("wrong password")));
    carry_out(session_.authenticated(e.user));
  }
  void on(const WantScramVerifier&) { carry_out(session_.verifier(scram_verifier)); }
  void on(const ScramSucceeded& e) { carry_out(session_.authenticated(e.user)); }
  void on(const LoginFailed& e) { said_ += "<failed " + e.user + ">\n"; }

  void on(const ListFolders&) {
    std::vector<FolderInfo> infos;
    for (const auto& [name, folder] : folders_)
      infos.push_back({name, folder.special_use, folder.exists, true, folder.subscribed});
    carry_out(session_.folders(std::move(infos)));
  }
  void on(const FolderStatus& e) {
    std::vector<FolderCounts> counts;
    for (const std::string& name : e.names) {
      const Folder* folder = existing(name);
      if (!folder) continue;
      FolderCounts c{
          .name = name, .uid_next = folder->uid_next, .uid_validity = 7, .highest_modseq = modseq_};
      for (const Message& message : folder->messages) {
        ++c.messages;
        c.unseen += message.flags.system & flag_seen ? 0 : 1;
        c.size_bytes += message.bytes.size();
      }
      counts.push_back(c);
    }
    carry_out(session_.status(std::move(counts)));
  }
  void on(const OpenFolder& e) {
    const Folder* folder = existing(e.name);
    if (!folder) return carry_out(session_.opened(not_found("No such folder")));
    FolderSnapshot snapshot{.folder = folder->id, .uid_validity = 7, .uid_next = folder->uid_next};
    snapshot.highest_modseq = modseq_;
    snapshot.read_only = e.read_only;
    for (const Message& message : folder->messages) {
      MessageRow row{.content = ContentId{message.uid},
                     .internal_date = message.date,
                     .modseq = message.modseq,
                     .uid = message.uid};
      row.size_bytes = static_cast<std::uint32_t>(message.bytes.size());
      row.keywords = snapshot.keywords.intern(message.flags.keywords);
      row.flags = message.flags.system;
      snapshot.rows.push_back(row);
    }
    carry_out(session_.opened(std::move(snapshot)));
  }
  void on(const CloseFolder&) { journal += "close folder;"; }
  void on(const CreateFolder& e) {
    if (existing(e.name)) return carry_out(session_.done(conflict("The folder exists")));
    add_folder(e.name).special_use = e.special_use;
    carry_out(session_.done({}));
  }
  void on(const DeleteFolder& e) {
    Folder* folder = existing(e.name);
    if (!folder) return carry_out(session_.done(not_found("No such folder")));
    if (folder->fixed) return carry_out(session_.denied());
    if (folder->subscribed)
      folder->exists = false;
    else
      folders_.erase(e.name);
    carry_out(session_.done({}));
  }
  void on(const RenameFolder& e) {
    if (!existing(e.from)) return carry_out(session_.done(not_found("No such folder")));
    if (folders_.at(e.from).fixed) return carry_out(session_.denied());
    folders_[e.to] = folders_.at(e.from);
    folders_.erase(e.from);
    carry_out(session_.done({}));
  }
  void on(const SubscribeFolder& e) {
    if (!folders_.count(e.name)) folders_[e.name].exists = false;
    folders_[e.name].subscribed = e.subscribed;
    carry_out(session_.done({}));
  }
  void on(const BeginWork&) {
    journal += "begin;";
    if (!fetch_refusal.reason.empty()) return carry_out(session_.granted(fetch_refusal));
    carry_out(session_.granted({}));
  }
  void on(const EndWork&) { journal += "end;"; }

  void on(const LoadMessages& e) {
    Folder* folder = by_id(e.folder);
    std::vector<LoadedMessage> loaded;
    journal += "load " + std::to_string(e.messages.size()) + " w" + std::to_string(e.wants) + ";";
    std::size_t bytes = 0;
    for (const MessageRef& ref : e.messages) {
      const Message* message = find(*folder, ref.uid);
      if (!message) continue;
      const auto structure = mime::scan_structure(message->bytes);
      LoadedMessage result{.uid = ref.uid};
      if (e.wants & want_envelope) result.envelope = envelope_text(structure.envelope);
      if (e.wants & want_structure) result.structure = bodystructure_text(structure);
      if (e.wants & want_parts) result.parts = mime::serialize(structure);
      if (e.wants & want_header) result.bytes = structure.header;
      if (e.wants & want_whole) result.bytes = message->bytes;
      if (e.wants & want_range) result.bytes = message->bytes.substr(e.offset, e.size_bytes);
      bytes += result.bytes.size();
      loaded.push_back(std::move(result));
    }
    largest_load = std::max(largest_load, bytes);
    carry_out(session_.loaded(std::move(loaded)));
  }
  void on(const StoreFlags& e) {
    Folder* folder = by_id(e.folder);
    StoredFlags stored;
    ++modseq_;
    for (const std::uint32_t uid : e.uids) {
      Message* message = find(*folder, uid);
      if (!message) continue;
      if (e.unchanged_since && message->modseq > *e.unchanged_since) {
        stored.modified.push_back(uid);
        continue;
      }
      change(message->flags, e);
      message->modseq = modseq_;
      stored.changed.push_back({uid, message->flags, modseq_});
    }
    stored.highest_modseq = modseq_;
    carry_out(session_.stored(std::move(stored)));
  }
  static void change(Flags& flags, const StoreFlags& e) {
    if (e.mode == StoreMode::replace) flags = e.flags;
    if (e.mode == StoreMode::add) flags.system |= e.flags.system;
    if (e.mode == StoreMode::remove) flags.system &= static_cast<std::uint8_t>(~e.flags.system);
    for (const std::string& keyword : e.flags.keywords) {
      if (e.mode == StoreMode::replace) break;
      std::erase(flags.keywords, keyword);
      if (e.mode == StoreMode::add) flags.keywords.push_back(keyword);
    }
  }
  void on(const CopyMessages& e) {
    Folder* target = existing(e.target);
    if (!target) return carry_out(session_.copied(not_found("No such folder")));
    Folder* source = by_id(e.folder);
    CopiedMessages copied{.uid_validity = 7, .highest_modseq = ++modseq_};
    for (const std::uint32_t uid : e.uids) {
      const Message* message = find(*source, uid);
      if (!message) continue;
      Message copy = *message;
      copy.uid = target->uid_next++;
      copied.from.push_back(uid);
      copied.to.push_back(copy.uid);
      target->messages.push_back(std::move(copy));
    }
    if (e.move) std::erase_if(source->messages, [&](const Message& m) { return contains(e.uids, m.uid); });
    carry_out(session_.copied(std::move(copied)));
  }
  void on(const ExpungeMessages& e) {
    Folder* folder = by_id(e.folder);
    std::erase_if(folder->messages, [&](const Message& m) { return contains(e.uids, m.uid); });
    carry_out(session_.expunged(ExpungedMessages{e.uids, ++modseq_}));
  }
  static bool contains(const std::vector<std::uint32_t>& uids, std::uint32_t uid) {
    return std::find(uids.begin(), uids.end(), uid) != uids.end();
  }
  void on(const AppendBegin& e) {
    if (!existing(e.folder)) return carry_out(session_.append_ready(not_found("No such folder")));
    append_ = e;
    append_bytes_.clear();
    carry_out(session_.append_ready({}));
  }
  void on(const AppendData& e) { append_bytes_ += e.bytes; }
  void on(const AppendEnd&) {
    if (append_bytes_.size() != append_.size_bytes)
      return carry_out(session_.appended(internal_error("bytes are missing")));
    add_message(append_.folder, append_bytes_, append_.flags);
    Message& message = folders_.at(append_.folder).messages.back();
    if (append_.internal_date) message.date = append_.internal_date->time.time_since_epoch().count();
    carry_out(session_.appended(AppendedMessage{7, message.uid}));
  }
  void on(const AppendAbort&) { said_ += "<abort>\n"; }
  void on(const StartIdle&) { journal += "idle;"; }
  void on(const EndIdle&) { journal += "end idle;"; }

  ServerSession session_;
  std::map<std::string, Folder> folders_;
  std::int64_t last_folder_ = 0;
  std::uint64_t modseq_ = 10;
  std::string said_;
  AppendBegin append_;
  std::string append_bytes_;
};

}  // namespace stagecoach::imap
