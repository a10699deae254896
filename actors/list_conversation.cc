#include "actors/list_conversation.h"

#include "actors/database.h"
#include "actors/list_mail.h"
#include "actors/routing_facts.h"
#include "actors/serialisation.h"
#include "protocols/sasl/digest.h"
#include "routing/list_server.h"
#include "storage/list_repository.h"

namespace stagecoach {

namespace {

using routing::ListAnswer;
using routing::ListCommand;
using storage::PendingKind;
using storage::PendingSubscription;
using Verb = ListCommand::Verb;

class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(ListsActor::base* self, Node& node, DirectoryPtr directory,
               const storage::StoredListWork& work, ListHands hands)
      : self_(self),
        node_(node),
        directory_(std::move(directory)),
        work_(work),
        sender_{work.reverse_path, work.auth_user},
        hands_(std::move(hands)) {}

  void run(std::string_view message) {
    Arrival arrival;
    arrival.content = std::make_shared<Content>(content_of(message));
    const auto routed = prepare_routing(*node_.config(), directory_, std::move(arrival), 1);
    const auto automatic = routed->facts.first("Auto-Submitted");
    // Two programs that answer each other never end (RFC 3834).
    if (sender_.address.empty() || (!automatic.empty() && !equals_ignoring_case(automatic, "no")))
      return hands_.finish({});
    commands_ = routing::parse_list_commands(routed->facts.first("Subject"), routed->facts.body());
    next();
  }

 private:
  const std::string& server() const { return work_.list; }
  void say(const std::string& text) { text_ += text + "\n\n"; }
  void mail(const std::vector<std::string>& to, const std::string& subject, const std::string& text) {
    mail_.push_back(list_server_arrival(node_, server(), to, subject, text));
  }

  void next() {
    if (at_ == commands_.size()) return finish();
    const ListCommand& command = commands_[at_++];
    text_ += "> " + command.line + "\n";
    switch (command.verb) {
      case Verb::confirm:
      case Verb::approve:
      case Verb::reject: return take_token(command);
      default: return carry_out(routing::answer_list_command(command, sender_, work_.list, *directory_));
    }
  }

  void finish() {
    mail({sender_.address}, "Your commands", text_);
    hands_.finish(std::move(mail_));
  }

  void carry_out(const ListAnswer& answer) {
    if (!answer.text.empty()) say(answer.text);
    if (answer.alert) alert();
    if (answer.change == ListAnswer::Change::none) return next();
    if (answer.confirm) return ask_for_confirmation(answer);
    change(answer);
  }

  void alert() {
    if (const User* user = routing::message_target(*directory_, "ListServerBadMessageAlert"))
      mail({directory_->address_of(user->name)}, "A message that the list server cannot read",
           "From " + sender_.address + ":\n\n" + commands_[at_ - 1].line + "\n");
  }

  // ---- members ----

  void change(const ListAnswer& answer) {
    self_->request(node_.handles()->directory, caf::infinite, membership_change(answer))
        .then(
            [self = shared_from_this(), answer](const DirectoryAnswer& done) {
              if (done.outcome.ok) return self->changed(answer);
              self->say(done.faults.empty() ? done.outcome.error.text() : done.faults.front().reason);
              self->next();
            },
            [self = shared_from_this()](const caf::error&) {
              self->hands_.failed("the directory has ended");
            });
  }

  void changed(const ListAnswer& answer) {
    const bool added = answer.change == ListAnswer::Change::add;
    if (answer.text.empty())
      say(answer.address + (added ? " is a member of the list " : " has left the list ") + answer.list + ".");
    for (Arrival& arrival : membership_mail(node_, *directory_, server(), answer))
      mail_.push_back(std::move(arrival));
    next();
  }

  // ---- confirmations ----

  void ask_for_confirmation(const ListAnswer& answer) {
    const MailList* list = directory_->find_list(answer.list);
    if (!list) return next();
    const PendingSubscription pending{new_token(), list->id, answer.address, PendingKind::subscribe,
                                      now_microseconds()};
    ask_database<bool>(
        self_, node_.handles()->database,
        [pending](storage::Database& database) -> Result<bool> {
          auto done = storage::ListRepository(database).add_pending(pending);
          if (!done) return std::move(done.error());
          return true;
        },
        [self = shared_from_this(), pending, name = list->name](Result<bool> done) {
          if (!done) return self->hands_.failed(done.error().text());
          self->say("Please answer the message that asks you to confirm.");
          self->mail({pending.address}, "confirm " + pending.token,
                     "Somebody, probably you, wants to subscribe " + pending.address + " to the list " +
                         name +
                         ".\n\nIf that is right, answer this message and leave its subject as it is. "
                         "Otherwise do nothing.\n");
          self->next();
        });
  }

  void take_token(const ListCommand& command) {
    ask_database<std::optional<PendingSubscription>>(
        self_, node_.handles()->database,
        [token = command.argument](storage::Database& database) {
          return storage::ListRepository(database).take_pending(token);
        },
        [self = shared_from_this(), verb = command.verb](Result<std::optional<PendingSubscription>> pending) {
          if (!pending) return self->hands_.failed(pending.error().text());
          self->with_token(verb, *pending);
        });
  }

  const MailList* list_of(ListId id) const {
    for (const MailList& list : directory_->lists())
      if (list.id == id) return &list;
    return nullptr;
  }

  void with_token(Verb verb, const std::optional<PendingSubscription>& pending) {
    const MailList* list = pending ? list_of(pending->list) : nullptr;
    const bool moderation = pending && pending->kind == PendingKind::moderate;
    if (!list || moderation == (verb == Verb::confirm)) {
      say("This number is not known, or it has been used already.");
      return next();
    }
    if (moderation) return decide_post(verb, *list, std::strtoll(pending->address.c_str(), nullptr, 10));
    ListAnswer answer;
    answer.change = ListAnswer::Change::add;
    answer.list = list->name;
    answer.address = pending->address;
    answer.greet = true;
    answer.inform_moderators = list->inform_moderators;
    change(answer);
  }

  // ---- moderation ----

  void decide_post(Verb verb, const MailList& list, std::int64_t work) {
    if (!routing::is_moderator(list, sender_, *directory_)) {
      say("You are no moderator of the list " + list.name + ".");
      return next();
    }
    if (verb == Verb::approve) return approve(work);
    ask_database<std::optional<storage::StoredListWork>>(
        self_, node_.handles()->database,
        [work](storage::Database& database) { return storage::ListWorkRepository(database).find(work); },
        [self = shared_from_this(), name = list.name](Result<std::optional<storage::StoredListWork>> found) {
          if (!found) return self->hands_.failed(found.error().text());
          if (*found) return self->reject(**found, name);
          self->say("The message is gone already.");
          self->next();
        });
  }

  void approve(std::int64_t work) {
    ask_database<bool>(
        self_, node_.handles()->database,
        [work](storage::Database& database) { return storage::ListWorkRepository(database).approve(work); },
        [self = shared_from_this()](Result<bool> done) {
          if (!done) return self->hands_.failed(done.error().text());
          self->say(*done ? "The message goes to the members." : "The message is gone already.");
          self->next();
        });
  }

  void reject(const storage::StoredListWork& post, const std::string& list) {
    auto unit = std::make_shared<storage::WriteUnit>();
    storage::ListWorkDone done;
    done.id = post.id;
    done.finished = true;
    unit->emplace_back(done);
    self_->request(node_.handles()->writer, caf::infinite, WriteMail{unit, 0, {}})
        .then(
            [self = shared_from_this(), post, list](const WriteAnswer&) {
              self->say("The message is not sent.");
              if (!post.reverse_path.empty())
                self->mail({post.reverse_path}, "Your message to the list " + list,
                           "A moderator has decided not to send your message to the members of the list.\n");
              self->next();
            },
            [self = shared_from_this()](const caf::error&) { self->hands_.failed("the writer has ended"); });
  }

  ListsActor::base* self_;
  Node& node_;
  DirectoryPtr directory_;
  storage::StoredListWork work_;
  routing::Poster sender_;
  ListHands hands_;
  std::vector<ListCommand> commands_;
  std::size_t at_ = 0;
  std::string text_;
  std::vector<Arrival> mail_;
};

}  // namespace

ChangeDirectory membership_change(const ListAnswer& answer) {
  EntryChange entry;
  entry.verb = EntryChange::Verb::set;
  entry.kind = EntryKind::list;
  entry.name = answer.list;
  (answer.change == ListAnswer::Change::add ? entry.members_added : entry.members_removed) = {answer.address};
  ChangeDirectory request;
  request.changes = {std::move(entry)};
  return request;
}

std::vector<Arrival> membership_mail(Node& node, const routing::Directory& directory,
                                     const std::string& server, const ListAnswer& answer) {
  std::vector<Arrival> mail;
  const MailList* list = directory.find_list(answer.list);
  if (!list) return mail;
  const bool added = answer.change == ListAnswer::Change::add;
  if (answer.greet)
    mail.push_back(
        list_server_arrival(node, server, {directory.complete(split_address(answer.address)).text()},
                            (added ? "Welcome to the list " : "You have left the list ") + list->name,
                            added ? routing::welcome_text(*list, directory) : routing::farewell_text(*list)));
  const std::vector<std::string> moderators =
      answer.inform_moderators ? routing::moderator_addresses(*list, directory) : std::vector<std::string>{};
  if (!moderators.empty())
    mail.push_back(
        list_server_arrival(node, server, moderators, "List " + list->name,
                            answer.address + (added ? " has joined the list.\n" : " has left the list.\n")));
  return mail;
}

std::string new_token() { return sasl::hex(random_bytes(16)); }

void run_list_commands(ListsActor::base* self, Node& node, DirectoryPtr directory,
                       const storage::StoredListWork& work, std::string_view message, ListHands hands) {
  std::make_shared<Conversation>(self, node, std::move(directory), work, std::move(hands))->run(message);
}

}  // namespace stagecoach
