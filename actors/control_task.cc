#include "actors/control_task.h"

#include "actors/serialisation.h"

namespace stagecoach {

using nlohmann::json;

caf::behavior ControlTask::make_behavior() {
  guarded([this] { start_(*this); });
  return {};
}

void ControlTask::guarded(const std::function<void()>& work) {
  try {
    work();
  } catch (const json::exception& wrong) {
    fail(invalid_input(std::string("a wrong argument: ") + wrong.what()));
  }
}

void ControlTask::answer(const json& line) {
  if (session_) anon_send(session_, ControlLine{line.dump(-1, ' ', false, json::error_handler_t::replace)});
}

void ControlTask::succeed_with_text(const std::string& result) {
  if (session_) anon_send(session_, ControlLine{"{\"ok\":true,\"result\":" + result + "}"});
}

void ControlTask::send_piece(const json& line, std::function<void()> then) {
  if (!session_) return;
  request(session_, caf::infinite, ControlPiece{line.dump(-1, ' ', false, json::error_handler_t::replace)})
      .then(
          [this, then](const Outcome& taken) {
            if (taken.ok) guarded(then);
          },
          [](const caf::error&) {});
}

void ControlTask::write(storage::WriteUnit unit, UserId user,
                        std::function<void(const std::vector<storage::WriteResult>&)> then) {
  WriteMail mail{std::make_shared<const storage::WriteUnit>(std::move(unit)), 0, user};
  ask<WriteAnswer>(node_.handles()->writer, std::move(mail), [this, then](const WriteAnswer& answer) {
    if (!*answer.result) return fail(answer.result->error());
    then(**answer.result);
  });
}

void ControlTask::find_user(const std::string& name, std::function<void(UserId)> then) {
  if (name.empty()) return fail(invalid_input("the name of a user is missing"));
  ask<EntryListing>(node_.handles()->directory, ListEntries{EntryKind::user, name, {}, false},
                    [this, name, then](const EntryListing& listing) {
                      if (!listing.outcome.ok) return fail(listing.outcome.error);
                      if (listing.entries.empty())
                        return fail(not_found("there is no user \"" + name + "\""));
                      then(UserId{listing.entries.front().id});
                    });
}

}  // namespace stagecoach
