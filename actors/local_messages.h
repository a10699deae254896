// Messages that never leave their node: they carry functions, snapshots and shared objects.
#pragma once

#include <caf/all.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/messages.h"
#include "conf/config.h"
#include "routing/directory.h"
#include "routing/pipeline.h"
#include "storage/mail_writer.h"

namespace stagecoach {

using ConfigPtr = std::shared_ptr<const conf::Config>;
using DirectoryPtr = routing::DirectoryPtr;

/// To the database: reads, and the rare changes that are no mail. The work runs on a connection of its own
/// thread; its answer is kept by the caller's closure (see database.h).
struct DatabaseJob {
  std::function<void(storage::Database&)> work;
  std::function<void(const Error&)> failed;  // no connection could be had
};
struct DatabaseDone {};
using DatabaseActor = caf::typed_actor<caf::replies_to<DatabaseJob>::with<DatabaseDone>>;

/// To the writer: requests that are committed in one transaction, together with whatever else waits.
struct WriteMail {
  std::shared_ptr<const storage::WriteUnit> unit;
  std::uint64_t cause = 0;  // session, for the news
  UserId user;              // whose folders change, for requests that do not say so
};
struct WriteAnswer {
  std::shared_ptr<const Result<std::vector<storage::WriteResult>>> result;
};
using WriterActor = caf::typed_actor<caf::replies_to<WriteMail>::with<WriteAnswer>>;

/// From the directory to those who route or authenticate: a new snapshot is in force.
struct DirectoryChanged {
  DirectoryPtr directory;
};
/// From the node: a new configuration is in force.
struct ConfigChanged {
  ConfigPtr config;
};
/// To a stage: decide about the draft, hand it on. The last stage answers.
struct RunStage {
  std::shared_ptr<const routing::RoutingInput> input;
  std::shared_ptr<routing::Draft> draft;
};
struct StagesDone {
  std::shared_ptr<routing::Draft> draft;
};
using StageActor = caf::typed_actor<caf::replies_to<RunStage>::with<StagesDone>>;

/// To the router: the log of automatic answers was cleared, of one definition or of all (""). Senders may get
/// answers again.
struct ForgetAnswers {
  std::string user, definition;
};
using LocalRouterActor = RouterActor::extend<caf::reacts_to<DirectoryChanged>, caf::reacts_to<ConfigChanged>,
                                             caf::reacts_to<ForgetAnswers>>;
using LocalAuthenticatorActor =
    AuthenticatorActor::extend<caf::reacts_to<DirectoryChanged>, caf::reacts_to<ConfigChanged>>;

/// To the directory: build a snapshot with this configuration; the answer comes when it is in force
/// everywhere.
struct LoadDirectory {
  ConfigPtr config;
};
/// To the directory: the snapshot that this configuration would make. Nothing comes into force.
struct BuildDirectory {
  ConfigPtr config;
};
struct DirectoryBuilt {
  DirectoryPtr directory;  // null: it cannot be
  Outcome outcome;
};
using LocalDirectoryActor = DirectoryActor::extend<caf::replies_to<LoadDirectory>::with<Outcome>,
                                                   caf::replies_to<BuildDirectory>::with<DirectoryBuilt>>;

/// To a session: the server stops; say so to the client and end soon.
struct ShutDown {};

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::DatabaseJob)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::DatabaseDone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::WriteMail)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::WriteAnswer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::DirectoryChanged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ConfigChanged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::RunStage)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::StagesDone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ForgetAnswers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::LoadDirectory)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::BuildDirectory)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::DirectoryBuilt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ShutDown)
