// One message on its way in from a remote mailbox, as collectors of any protocol receive it: its bytes, the
// fields that this server puts on top, a digest to know it again by.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/intake.h"
#include "actors/node.h"

namespace stagecoach {

/// What the view of the remote mailbox shows of a message.
struct RemoteHead {
  std::string subject, sender, recipients;  // UTF-8
  std::int64_t date = 0;                    // microseconds since 1970; 0: unknown
};
RemoteHead remote_head(std::string_view head);

/// The address in Return-Path; with `or_from` that of From, when there is none. Empty: the null path, or
/// none.
std::string collected_sender(std::string_view head, bool or_from = false);

class CollectedMail {
 public:
  struct Remote {
    std::string host, protocol;  // "POP3"
    bool skip_mbox_line = true;  // a leading "From " line
  };

  CollectedMail(Node& node, Remote remote);
  ~CollectedMail();
  CollectedMail(CollectedMail&&) noexcept;
  CollectedMail& operator=(CollectedMail&&) noexcept;

  void add(std::string_view bytes);
  /// Whether the header section has come as a whole, or as much of it as anybody reads.
  bool has_head() const;
  /// The header section with its empty line and whatever came behind it, until open().
  std::string_view head() const;

  /// Return-Path, Received and `more_fields` (lines with CR LF) go on top; from now on chunks can be taken.
  void open(const std::string& more_fields);
  bool is_open() const { return intake_.has_value(); }
  std::optional<storage::UploadChunk> take_chunk() { return intake_->take_chunk(); }
  std::optional<storage::UploadChunk> take_last_chunk() { return intake_->take_last_chunk(); }

  MessageId id() const { return id_; }
  /// SHA-256 of the bytes as they came, in hexadecimal; once, at the end.
  std::string digest();
  const RemoteHead& shown() const { return shown_; }
  const std::string& reverse_path() const { return reverse_path_; }
  std::shared_ptr<const Content> finish() { return intake_->finish(); }

 private:
  std::string received_field() const;

  class Digest;
  Node* node_;
  Remote remote_;
  MessageId id_;
  std::unique_ptr<Digest> digest_;
  std::string head_;
  std::optional<Intake> intake_;
  RemoteHead shown_;
  std::string reverse_path_;
};

}  // namespace stagecoach
