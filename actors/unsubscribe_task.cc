#include "actors/unsubscribe_task.h"

#include <algorithm>

#include "actors/list_conversation.h"
#include "actors/serialisation.h"
#include "routing/list_server.h"

namespace stagecoach {

namespace {

using routing::ListAnswer;
using Kind = UnsubscribeResult::Kind;

class UnsubscribeTask : public UnsubscribeActor::base {
 public:
  UnsubscribeTask(caf::actor_config& config, Node& node) : UnsubscribeActor::base(config), node_(node) {}

  behavior_type make_behavior() override {
    return {[this](const Unsubscribe& wanted) -> caf::result<UnsubscribeResult> {
      auto promise = make_response_promise<UnsubscribeResult>();
      decide(wanted, promise);
      return promise;
    }};
  }
  const char* name() const override { return "unsubscribe_task"; }

 private:
  using Promise = caf::typed_response_promise<UnsubscribeResult>;

  void decide(const Unsubscribe& wanted, Promise promise) {
    const DirectoryPtr directory = node_.directory();
    if (!directory) return void(promise.deliver(UnsubscribeResult{}));
    const MailList* list = list_with_id(*directory, wanted.token.list);
    if (!list) return void(promise.deliver(UnsubscribeResult{Kind::no_list, {}, {}}));
    const std::string server = routing::list_server_address(*list, *directory);
    const ListAnswer answer =
        routing::answer_list_command({routing::ListCommand::Verb::unsubscribe, list->name, {}, {}},
                                     {address_of(*directory, wanted.token.member), {}}, server, *directory);
    if (answer.change == ListAnswer::Change::remove) return leave(wanted, directory, server, answer, promise);
    promise.deliver(UnsubscribeResult{list->type == ListType::mailing ? Kind::no_member : Kind::refused,
                                      list->name, answer.text});
  }

  /// Users are members by their name; the list server knows people by their address.
  static std::string address_of(const routing::Directory& directory, const std::string& member) {
    return member.find('@') == std::string::npos ? directory.address_of(member) : member;
  }

  void leave(const Unsubscribe& wanted, const DirectoryPtr& directory, const std::string& server,
             const ListAnswer& answer, Promise promise) {
    request(node_.handles()->directory, caf::infinite, membership_change(answer))
        .then(
            [=, this](const DirectoryAnswer& done) mutable {
              if (!done.outcome.ok) return refuse(done, answer, promise);
              node_.log.info("http", wanted.session,
                             answer.address + " has left the list " + answer.list +
                                 " by one-click: peer=" + wanted.peer);
              promise.deliver(UnsubscribeResult{Kind::done, answer.list, {}});
              for (Arrival& arrival : membership_mail(node_, *directory, server, answer))
                send_mail(std::move(arrival));
            },
            [promise](const caf::error&) mutable { promise.deliver(UnsubscribeResult{}); });
  }

  void refuse(const DirectoryAnswer& done, const ListAnswer& answer, Promise promise) {
    if (done.faults.empty()) {
      node_.log.warning("http", "", "unsubscribing " + answer.address + ": " + done.outcome.error.text());
      return void(promise.deliver(UnsubscribeResult{}));
    }
    promise.deliver(UnsubscribeResult{Kind::refused, answer.list, done.faults.front().reason});
  }

  void send_mail(Arrival arrival) {
    RouteMessage message;
    message.arrival = std::move(arrival);
    const auto fail = [this](const std::string& why) {
      node_.log.warning("http", "", "a list's message was not taken: " + why);
    };
    request(node_.handles()->router, caf::infinite, std::move(message))
        .then(
            [fail](const RouteResult& result) {
              if (!result.accepted) fail(result.reply.text);
            },
            [fail](const caf::error&) { fail("the router has ended"); });
  }

  Node& node_;
};

}  // namespace

UnsubscribeActor spawn_unsubscribe_task(caf::actor_system& system, Node& node) {
  return system.spawn<UnsubscribeTask>(std::ref(node));
}

const MailList* list_with_id(const routing::Directory& directory, ListId id) {
  const auto& lists = directory.lists();
  const auto found =
      std::find_if(lists.begin(), lists.end(), [&](const MailList& list) { return list.id == id; });
  return found == lists.end() || !id ? nullptr : &*found;
}

bool has_member(const MailList& list, std::string_view member) {
  return std::any_of(list.members->begin(), list.members->end(),
                     [&](const std::string& one) { return equals_ignoring_case(one, member); });
}

}  // namespace stagecoach
