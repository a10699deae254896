// What a session remembers while one command is carried out in several steps. Freed when the command ends.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "protocols/imap/content_pieces.h"
#include "protocols/imap/events.h"
#include "protocols/imap/fetch_plan.h"
#include "protocols/imap/fetch_request.h"
#include "protocols/imap/search_match.h"
#include "protocols/imap/search_query.h"
#include "protocols/sasl/server.h"

namespace stagecoach::imap {

struct LoginWork {
  sasl::ServerExchange exchange;
  std::string mechanism;
};

struct SelectWork {
  std::string name;
};

/// Bits of the items of STATUS.
enum StatusItem : std::uint16_t {
  status_messages = 1,
  status_recent = 2,
  status_uid_next = 4,
  status_uid_validity = 8,
  status_unseen = 16,
  status_size = 32,
  status_highest_modseq = 64,
  status_deleted = 128,
  status_append_limit = 256,
};

struct ListWork {
  bool lsub = false;
  bool extended = false;
  bool select_subscribed = false, select_special_use = false, recursive = false;
  bool return_subscribed = false;
  std::uint16_t return_status = 0;
  std::vector<std::string> patterns;
};

struct StatusWork {
  std::uint16_t items = 0;
  bool list = false;  // for LIST … RETURN (STATUS …): a folder that is gone is no error
};

/// A message too large to be loaded as a whole, on its way out.
struct StreamedMessage {
  LoadedMessage loaded;
  mime::PartIndex parts;
  ContentPieces pieces;
  std::uint64_t header_bytes = 0;
  bool planned = false;
  FetchPlan plan;
  std::size_t segment = 0;
  std::uint64_t sent_bytes = 0;  // of the segment's range
  mime::Range asked;
};

struct FetchWork {
  FetchRequest request;
  std::vector<std::uint32_t> indexes;
  std::size_t next = 0;
  std::vector<std::uint32_t> batch;  // indexes
  bool large = false;                // the batch is one message to be streamed
  bool slot = false;
  bool missing = false;                    // a message had vanished
  std::vector<std::uint32_t> marked_seen;  // UIDs of the batch
  std::unique_ptr<StreamedMessage> stream;
};

/// A large message whose text is searched range by range.
struct SearchedStream {
  std::uint32_t index = 0;
  std::string header_bytes;
  mime::PartIndex parts;
  std::size_t next = 0;  // of searched_ranges()
  std::vector<std::string> bodies;
};

struct SearchWork {
  struct Candidate {
    std::uint32_t index;
    bool body;
  };
  SearchQuery query;
  bool uid = false;
  std::vector<std::uint32_t> found;  // indexes
  std::vector<Candidate> candidates;
  std::size_t next = 0;
  std::vector<Candidate> batch;
  bool slot = false;
  std::unique_ptr<SearchedStream> stream;
};

struct StoreWork {
  bool uid = false;
  bool silent = false;
  bool conditional = false;
};

struct CopyWork {
  bool move = false;
};

struct ExpungeWork {
  bool close = false;  // CLOSE: nothing is told
};

struct AppendWork {
  std::uint64_t left = 0;
  bool waits = true;    // the client waits for "+"
  std::string refusal;  // not empty: the bytes are dropped, then "NO refusal"
};

struct SimpleWork {
  const char* done = "";  // text of the OK
};

using CommandWork = std::variant<std::monostate, LoginWork, SelectWork, ListWork, StatusWork, FetchWork,
                                 SearchWork, StoreWork, CopyWork, ExpungeWork, AppendWork, SimpleWork>;

}  // namespace stagecoach::imap
