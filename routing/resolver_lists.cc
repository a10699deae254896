// The part of the resolver that deals with lists and groups.
#include "routing/list_rules.h"
#include "routing/refuse.h"
#include "routing/resolver.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_members_in_reason = 20;

}  // namespace

/// A list that we sent on adds its address as X-Loop: what comes back with it has been here.
bool Resolver::comes_from_list(const MailList& list) const {
  const std::string address = list_address(list, in_.directory);
  for (const std::string_view body : in_.facts.all("X-Loop"))
    if (equals_ignoring_case(body, address)) return true;
  return false;
}

/// False: not spam, or the list does not filter.
bool Resolver::is_list_spam(const MailList& list, const EnvelopeRecipient& recipient, const Way& way) {
  if (list.spam_threshold < 0 || !in_.facts.spam_score ||
      *in_.facts.spam_score < static_cast<double>(list.spam_threshold))
    return false;
  const NamedBy by{"recipients", "spam of list " + list.name, list.where.text()};
  if (list.spam_redirect.empty()) {
    say(by, recipient.address + ", discarded");
    discard();
  }
  for (const std::string& target : list.spam_redirect) apply_target(target, recipient, way, by);
  return true;
}

bool Resolver::to_list(const MailList& list, const EnvelopeRecipient& recipient, const Way& way,
                       const NamedBy& by) {
  const std::string step = "list " + to_lower(list.name);
  const std::string key = to_lower(list.name);
  if (came_through(way, step) || comes_from_list(list)) {
    cycle(recipient, way, by, "list " + list.name);
    // A member who forwards to his own list: the other members have the message.
    if (const auto reach = draft_.expanded.find(key);
        reach != draft_.expanded.end() && reach->second.complete)
      draft_.again.push_back({recipient.address, key});
    return true;
  }
  if (!draft_.expanded.emplace(key, ListReach{}).second) {
    say({by.stage, "list " + list.name, list.where.text()}, "its members have the message already");
    draft_.again.push_back({recipient.address, key});
    return true;
  }
  const std::size_t targets_before = draft_.targets.size(), others_before = others();
  const std::size_t again_before = draft_.again.size();
  const bool decided = send_to_list(list, recipient, way, by);
  const auto reach = draft_.expanded.find(key);
  if (reach == draft_.expanded.end()) return decided;  // refused: it may still come on another way
  for (std::size_t i = targets_before; i < draft_.targets.size(); ++i)
    reach->second.users.push_back(draft_.targets[i].user);
  reach->second.others = others() > others_before;
  reach->second.complete = true;
  for (std::size_t i = again_before; i < draft_.again.size(); ++i) {
    const ListReach& inner = draft_.expanded[draft_.again[i].list];
    reach->second.users.insert(reach->second.users.end(), inner.users.begin(), inner.users.end());
    reach->second.others |= inner.others;
  }
  return decided;
}

std::size_t Resolver::others() const {
  return draft_.remote.size() + draft_.plan.list_work.size() + draft_.discards;
}

bool Resolver::send_to_list(const MailList& list, const EnvelopeRecipient& recipient, const Way& way,
                            const NamedBy& by) {
  const std::string step = "list " + to_lower(list.name);
  const Way onward = std::make_shared<const Step>(Step{step, way});
  if (list.type == ListType::mailing || list.type == ListType::external_db) {
    if (is_list_spam(list, recipient, onward)) return true;
    return post(list, recipient, way, by);
  }
  expand(list, recipient, onward);
  return true;
}

/// A message for a mailing list: its members get it later, from the list.
bool Resolver::post(const MailList& list, const EnvelopeRecipient& recipient, const Way& way,
                    const NamedBy& by) {
  const NamedBy here{by.stage, "list " + list.name, list.where.text()};
  PostingVerdict verdict{PostingVerdict::Kind::allowed, "through another list"};
  const bool direct = !way || !way->before;
  if (direct && !in_.arrival.origin.service.starts_with("list "))
    verdict = may_post(list, {in_.arrival.envelope.reverse_path, draft_.sender_user}, in_.directory);
  if (verdict.kind == PostingVerdict::Kind::refused) {
    draft_.expanded.erase(to_lower(list.name));
    refuse(draft_, in_, by.stage, recipient, {550, "5.7.1", verdict.text}, here.rule, here.where);
    return true;
  }
  const bool moderated = verdict.kind == PostingVerdict::Kind::moderated;
  say(here, recipient.address + " to its members, " + verdict.text);
  draft_.plan.list_work.push_back(
      {moderated ? ListWork::Kind::moderate : ListWork::Kind::post, to_lower(list.name), recipient.address});
  return true;
}

/// Distribution lists and forwardings: every member at once, the header as it is.
void Resolver::expand(const MailList& list, const EnvelopeRecipient& recipient, const Way& way) {
  const NamedBy by{"recipients", (list.type == ListType::forwarding ? "forwarding " : "list ") + list.name,
                   list.where.text()};
  if (list.members->empty()) {
    say(by, recipient.address + ": the list has no members");
    discard();
  }
  const std::size_t reasons_before = draft_.plan.reasons.size();
  bool any = false;
  for (const std::string& member : *list.members) {
    any |= apply_target(member, recipient, way, by);
    // A list of 20,000 members needs no 20,000 lines in every trace.
    if (draft_.plan.reasons.size() > reasons_before + k_members_in_reason)
      draft_.plan.reasons.resize(reasons_before + k_members_in_reason);
  }
  if (list.members->size() > k_members_in_reason)
    say(by, recipient.address + " -> " + std::to_string(list.members->size()) + " members in all");
  if (!any) discard();
}

bool Resolver::to_group(std::string_view group, const EnvelopeRecipient& recipient, const Way& way,
                        const NamedBy& by) {
  const auto members = in_.directory.members_of_group(group);
  const Way onward = std::make_shared<const Step>(Step{"group " + to_lower(group), way});
  const NamedBy here{by.stage, "group " + std::string(group), by.where};
  if (members.empty()) discard();
  say(here, recipient.address + " -> " + std::to_string(members.size()) + " users");
  for (const User* user : members) {
    // Of the members only those count who take mail of this sender; the reasons are the group's.
    if (is_external() && !user->profile->permissions.receive_internet) continue;
    draft_.targets.push_back({to_lower(user->name), recipient, onward});
  }
  return true;
}

}  // namespace stagecoach::routing
