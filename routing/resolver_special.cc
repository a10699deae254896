// The part of the resolver that deals with special addresses: list servers, returns of lists, No-one,
// postmaster, the mailer daemon.
#include "routing/list_rules.h"
#include "routing/resolver.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";

}  // namespace

bool Resolver::special(const OpenRecipient& recipient, const Way& way) {
  const Address& address = recipient.address;
  const auto special = in_.directory.special_address(address);
  switch (special.kind) {
    case Directory::Special::list_server:
      draft_.reason(k_stage, "list server", {}, recipient.envelope.address + " reads commands");
      draft_.plan.list_work.push_back({ListWork::Kind::command, address.key(), recipient.envelope.address});
      return true;
    case Directory::Special::list_return:
      draft_.reason(k_stage, "list " + special.list->name, special.list->where.text(),
                    recipient.envelope.address + " takes the bounces of the list");
      draft_.plan.list_work.push_back(
          {ListWork::Kind::bounce, to_lower(special.list->name), recipient.envelope.address});
      return true;
    case Directory::Special::vanishes:
      draft_.reason(k_stage, "No-one", {}, recipient.envelope.address + ", discarded");
      discard();
      return true;
    case Directory::Special::download_answer:
      draft_.reason(k_stage, "download answer", {},
                    recipient.envelope.address + " asks for a collected message");
      draft_.plan.download_answers.push_back(special.token);
      discard();
      return true;
    case Directory::Special::none: break;
  }
  if (!is_own(address)) return false;
  // RFC 5321 section 4.5.1: mail for postmaster is always accepted.
  if (equals_ignoring_case(address.local, "postmaster"))
    if (const User* user = in_.directory.postmaster())
      return to_user(*user, recipient.envelope, way,
                     {k_stage, "postmaster " + user->name, user->where.text()});
  if (equals_ignoring_case(address.local, "mailer_daemon") ||
      equals_ignoring_case(address.local, "mailer-daemon")) {
    const NamedBy by{k_stage, "mailer daemon", {}};
    const User* user = message_target(in_.directory, "BadMailerDaemonMessage");
    if (user) return to_user(*user, recipient.envelope, way, by);
    say(by, recipient.envelope.address + ", discarded: nobody shall get it");
    discard();
    return true;
  }
  return false;
}

}  // namespace stagecoach::routing
