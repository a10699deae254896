// What a visit to a remote mailbox does apart from the protocol: what is known of its messages, what the
// download rules say of each, handing it to the router, questions and warnings, the result of the visit. An
// object of the collector's actor; answers come in its context.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/collected_mail.h"
#include "actors/collector.h"
#include "actors/collector_notices.h"
#include "routing/download/remote_message.h"
#include "storage/collector_repository.h"

namespace stagecoach {

/// A message as the remote server lists it.
struct ListedMessage {
  std::string uid;  // empty: the server gives none
  std::int64_t size_bytes = 0;
};

/// What the rules say of one message, and whom it is for.
struct Judged {
  routing::DownloadDecision decision;
  routing::CollectedAudience audience;
  std::string own_fields;  // lines for the top of the message
};

/// Compiles the rules and asks them. The actor's visit and `explain download` use the same.
class DownloadDesk {
 public:
  DownloadDesk(Node& node, const conf::CollectorSettings& settings) : node_(node), settings_(settings) {}
  Judged judge(std::string_view head, std::int64_t size_bytes);

 private:
  Node& node_;
  const conf::CollectorSettings& settings_;
  ConfigPtr rules_of_;  // the configuration that rules_ come from
  std::optional<routing::DownloadRules> rules_;
};

class CollectorWork {
 public:
  using Self = CollectorActor::base;
  using Then = std::function<void(Result<void>)>;
  using Stored = std::function<void(bool stored)>;

  CollectorWork(Self* self, Node& node, conf::CollectorSettings settings, std::string session);

  // ---- the visit ----

  void load(Then then);
  /// The server has said what it has: the whole mailbox in its order. Known UIDs that stand for other
  /// messages now are not known any more, apart from the digests; sizes of 0 leave all as it is.
  void note_listing(const std::vector<ListedMessage>& messages, Then then);
  using Retire = storage::CollectorRepository::Retire;
  /// It has deleted these, or is about to. Their UIDs may be given again.
  void retire(const std::vector<std::string>& uids, Retire which, Then then);
  void note_result(const CollectReport& report, Then then);

  // ---- one message ----

  bool uses_rules() const { return settings_.pop3.use_download_rules; }
  routing::RemoteStep first_step(const ListedMessage& message) const;
  bool ignored_long_enough(const ListedMessage& message) const;
  /// It was fetched, or its header section was, and nobody wants it deleted for another reason.
  bool is_collected(const ListedMessage& message) const;
  /// `wanted`: somebody asked for this message itself.
  Judged judge(const ListedMessage& message, std::string_view head, bool wanted);

  /// The same bytes came before under another UID: a copy of their own when the server still shows the first
  /// one (which remove_duplicates drops when both came in this visit), a renumbered message when it does not.
  bool is_duplicate(const std::string& digest) const;
  void skip_duplicate(const ListedMessage& message, const std::string& digest, const RemoteHead& shown,
                      Stored stored);

  /// Hands a message that has come as a whole (`digest`), or its header section alone, to the router.
  void deliver(CollectedMail mail, const ListedMessage& message, const std::string& digest,
               const std::optional<Judged>& judged, Stored stored);
  /// Question, warning or report instead of the message. Without anybody to tell it is noted all the same.
  void tell(const ListedMessage& message, std::string_view head, const Judged& judged, Stored stored);
  /// A message above the limit: the question when rules are in use and its header section is known, else a
  /// note to the message target.
  void tell_too_large(const ListedMessage& message, std::string_view head, Stored stored);

  void log(const std::string& text) const;

 private:
  routing::RemoteMessageFacts facts_of(const ListedMessage& message) const;
  routing::RemotePolicy policy() const;
  RemoteNews news_of(const ListedMessage& message, std::string_view head) const;
  CollectedNote note_of(const ListedMessage& message, const std::string& digest, routing::RemoteState state,
                        const RemoteHead& shown) const;
  void route(RouteMessage message, std::function<void(const RouteResult&)> then);
  void send_notice(std::optional<Arrival> notice, CollectedNote note, Stored stored);
  void write_note(CollectedNote note, Stored stored);
  std::vector<std::string> forget_replaced(const std::vector<ListedMessage>& messages);

  Self* self_;
  Node& node_;
  conf::CollectorSettings settings_;
  std::string session_;
  DownloadDesk desk_;
  std::unordered_map<std::string, storage::SeenMessage> seen_;
  std::unordered_map<std::string, std::string> digests_;  // to the UID they were fetched under
  std::unordered_set<std::string> listed_;                // UIDs that the server shows now
  std::unordered_set<std::string> delivered_;             // digests of this visit
  std::int64_t listed_at_ = 0;
};

}  // namespace stagecoach
