#include "actors/lists.h"

#include "actors/database.h"
#include "actors/list_conversation.h"
#include "actors/list_mail.h"
#include "actors/plan_writer.h"
#include "actors/routing_facts.h"
#include "actors/serialisation.h"
#include "protocols/dsn/read_report.h"
#include "routing/list_rules.h"
#include "storage/content_store.h"
#include "storage/list_repository.h"
#include "storage/list_source.h"
#include "storage/list_work_repository.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;
using storage::StoredListWork;

constexpr auto k_tick = 60s;
constexpr auto k_rest_first = 2s, k_rest_max = 60s;  // of a list whose members cannot be read
constexpr std::size_t k_batch = 500;                 // members a message of the queue
constexpr std::size_t k_large_bytes = 1u << 20;      // such a message is stored once for all members
constexpr std::int64_t k_microseconds_a_day = 24LL * 3600 * 1'000'000;
constexpr std::int64_t k_moderation_days = 14;
constexpr std::size_t k_digest_bytes_max = 32u << 20;

class Lists : public ListsActor::base {
 public:
  Lists(caf::actor_config& config, Node& node) : ListsActor::base(config), node_(node) {}

  behavior_type make_behavior() override {
    delayed_send(this, k_tick, caf::tick_atom_v);
    return {[this](const ListWorkWaits&) { go_on(); },
            [this](const DirectoryChanged& change) {
              directory_ = change.directory;
              resting_.clear();
              go_on();
            },
            [this](caf::tick_atom) {
              delayed_send(this, k_tick, caf::tick_atom_v);
              go_on();
              if (directory_) look_for_digests();
            }};
  }
  const char* name() const override { return "lists"; }

 private:
  // ---- one piece of work after the other ----

  void go_on() {
    if (busy_ || !directory_) return void(again_ = busy_);
    busy_ = true;
    ask_database<std::vector<StoredListWork>>(
        this, node_.handles()->database,
        [resting = resting_lists()](storage::Database& database) {
          return storage::ListWorkRepository(database).next(1, resting);
        },
        [this](Result<std::vector<StoredListWork>> work) {
          if (!work) return pause(work.error().text());
          if (!work->empty()) return load(std::move(work->front()));
          busy_ = false;
          if (std::exchange(again_, false)) go_on();
        });
  }

  /// Tries again with the next tick.
  void pause(const std::string& why) {
    node_.log.warning("lists", "", why);
    busy_ = false;
  }

  void next() {
    busy_ = false;
    go_on();
  }

  std::vector<std::string> resting_lists() const {
    std::vector<std::string> names;
    for (const auto& [name, rest] : resting_)
      if (rest.until > std::chrono::steady_clock::now()) names.push_back(name);
    return names;
  }

  /// The posts of this list wait, longer each time; those of the others go on.
  void let_rest(const std::string& name, const std::string& why) {
    Rest& rest = resting_[name];
    rest.length = std::clamp<std::chrono::seconds>(2 * rest.length, k_rest_first, k_rest_max);
    rest.until = std::chrono::steady_clock::now() + rest.length;
    node_.log.warning("lists", "", why);
    delayed_send(this, rest.length, ListWorkWaits{});
    next();
  }

  void load(StoredListWork work) {
    auto kept = std::make_shared<StoredListWork>(std::move(work));
    const ContentId content{kept->message.value};
    ask_database<std::string>(
        this, node_.handles()->database,
        [content](storage::Database& database) -> Result<std::string> {
          storage::ContentStore store(database);
          auto described = store.describe({content.value}, 0);
          if (!described) return std::move(described.error());
          if (described->empty()) return not_found("the message of a list is gone");
          // What this server put on top belongs to a local copy.
          const auto& one = described->front();
          return store.read(content, one.transmit_offset, one.size_bytes - one.transmit_offset);
        },
        [this, kept](Result<std::string> message) {
          if (!message && message.error().kind != Error::Kind::not_found)
            return pause(message.error().text());
          if (!message) return finish(*kept);
          work_on(*kept, std::make_shared<const std::string>(std::move(*message)));
        });
  }

  void work_on(const StoredListWork& work, std::shared_ptr<const std::string> message) {
    const MailList* list = directory_->find_list(work.list);
    if (!list && work.kind != ListWork::Kind::command) {
      node_.log.warning("lists", std::to_string(work.message.value), "the list " + work.list + " is gone");
      return finish(work);
    }
    switch (work.kind) {
      case ListWork::Kind::post: return post(work, *list, message);
      case ListWork::Kind::moderate: return ask_moderators(work, *list, *message);
      case ListWork::Kind::bounce: return bounce(work, *list, *message);
      case ListWork::Kind::command: return command(work, message);
    }
  }

  // ---- ends of steps ----

  void route(Arrival arrival, std::optional<ListStep> step, std::function<void()> then) {
    RouteMessage message;
    message.arrival = std::move(arrival);
    message.list_step = step;
    request(node_.handles()->router, caf::infinite, std::move(message))
        .then(
            [this, then, step](const RouteResult& result) {
              if (result.accepted || !step) return then();
              if (result.reply.code < 500)
                return pause("a list's message was not taken: " + result.reply.text);
              // Nobody wants it: the step itself still counts, or it would be tried for ever.
              commit_step(*step, then);
            },
            [this](const caf::error&) { pause("the router has ended"); });
  }

  void commit_step(const ListStep& step, std::function<void()> then) {
    auto unit = std::make_shared<storage::WriteUnit>();
    unit->emplace_back(list_step_request(step));
    request(node_.handles()->writer, caf::infinite, WriteMail{unit, 0, {}})
        .then(
            [this, then](const WriteAnswer& answer) {
              if (!*answer.result) return pause(answer.result->error().text());
              then();
            },
            [this](const caf::error&) { pause("the writer has ended"); });
  }

  void finish(const StoredListWork& work) {
    commit_step({work.id, 0, true, 0}, [this] { next(); });
  }

  // ---- posts ----

  void post(const StoredListWork& work, const MailList& list, std::shared_ptr<const std::string> message) {
    if (list.type != ListType::external_db) return post_to(work, list, list.members, message);
    const auto config = node_.config();
    const std::string* named = conf::database_conninfo(*config, list.source_database);
    ask_database<std::shared_ptr<const Members>>(
        this, node_.handles()->database,
        [conninfo = named ? *named : list.source_conninfo, query = list.source_query,
         database = list.source_database](storage::Database&) -> Result<std::shared_ptr<const Members>> {
          if (conninfo.empty()) return not_found("there is no [[database]] with the name " + database);
          return storage::members_of_source(conninfo, query);
        },
        [this, work, name = list.name, message](Result<std::shared_ptr<const Members>> members) {
          const MailList* same = directory_->find_list(name);
          if (!same) return finish(work);
          if (members) {
            resting_.erase(work.list);
            return post_to(work, *same, *members, message);
          }
          tell(*same, "The members of the list " + name + " cannot be read: " + members.error().text() +
                          "\n\nIts messages wait and are sent as soon as that works again.\n");
          let_rest(work.list, members.error().text());
        });
  }

  void post_to(const StoredListWork& work, const MailList& list,
               const std::shared_ptr<const Members>& members,
               const std::shared_ptr<const std::string>& message) {
    const auto begin = std::min(static_cast<std::size_t>(work.position), members->size());
    const std::size_t batch = list.slow_posting                 ? 1
                              : message->size() > k_large_bytes ? std::max(k_batch, members->size())
                                                                : k_batch;
    const std::size_t end = std::min(begin + batch, members->size());
    ListStep step{work.id, static_cast<std::int64_t>(end), end >= members->size(), 0};
    if (step.finished && list.archive) step.archive = list.id.value;
    const auto then = [this, work, step, name = list.name, members, message] {
      const MailList* same = directory_->find_list(name);
      if (step.finished && step.archive != 0) look_for_digests();
      if (step.finished) return next();
      StoredListWork rest = work;
      rest.position = step.position;
      if (!same) return finish(rest);
      post_to(rest, *same, members, message);
    };
    if (begin >= end) return commit_step(step, then);
    const std::vector<std::string> some(members->begin() + static_cast<std::ptrdiff_t>(begin),
                                        members->begin() + static_cast<std::ptrdiff_t>(end));
    route(post_arrival(node_, *directory_, list, *message, some, list.slow_posting, work.reverse_path), step,
          then);
  }

  // ---- moderation ----

  void ask_moderators(const StoredListWork& work, const MailList& list, const std::string& message) {
    const std::string token = new_token();
    storage::PendingSubscription pending{token, list.id, std::to_string(work.id),
                                         storage::PendingKind::moderate, now_microseconds()};
    auto kept = std::make_shared<std::string>(message);
    ask_database<bool>(
        this, node_.handles()->database,
        [pending](storage::Database& database) -> Result<bool> {
          auto done = storage::ListRepository(database).add_pending(pending);
          if (!done) return std::move(done.error());
          return true;
        },
        [this, work, token, name = list.name, kept](Result<bool> done) {
          const MailList* same = directory_->find_list(name);
          if (!done) return pause(done.error().text());
          if (!same) return finish(work);
          const std::string server = routing::list_server_address(*same, *directory_);
          const std::string text =
              "A message of " + (work.reverse_path.empty() ? "nobody" : work.reverse_path) + " to the list " +
              name +
              " waits for you; it is attached.\n\nTo send it to"
              " the members, send a message with this line to " +
              server + ":\n\napprove " + token + "\n\nTo return it:\n\nreject " + token + "\n";
          route(list_server_arrival(node_, server, routing::moderator_addresses(*same, *directory_),
                                    "approve " + token, text, *kept),
                ListStep{work.id, 1, false, 0}, [this] { next(); });
        });
  }

  void tell(const MailList& list, const std::string& text) {
    const User* user = routing::message_target(*directory_, "MailingList");
    const std::int64_t now = now_microseconds();
    if (!user || now - told_[list.name] < k_microseconds_a_day / 24) return;  // once an hour
    told_[list.name] = now;
    route(list_server_arrival(node_, routing::list_server_address(list, *directory_),
                              {directory_->address_of(user->name)}, "List " + list.name, text),
          {}, [] {});
  }

  // ---- bounces ----

  void bounce(const StoredListWork& work, const MailList& list, const std::string& message) {
    std::vector<std::string> failed;
    for (const dsn::RecipientReport& report : dsn::read_report(message))
      if (report.action == dsn::Action::failed)
        for (const std::string& member : *list.members)
          if (routing::is_same_person(member, {report.final_recipient, {}}, *directory_))
            failed.push_back(member);
    if (failed.empty()) {
      // No report that we understand: whoever runs the list reads it.
      return route(
          passed_on_arrival(node_, "list server", routing::moderator_addresses(list, *directory_), message),
          ListStep{work.id, 0, true, 0}, [this] { next(); });
    }
    ask_database<std::vector<std::string>>(
        this, node_.handles()->database,
        [failed, id = list.id,
         max = list.bounces_max](storage::Database& database) -> Result<std::vector<std::string>> {
          std::vector<std::string> suspended;
          for (const std::string& member : failed) {
            auto now = storage::ListRepository(database).count_bounce(id, member, max);
            if (!now) return std::move(now.error());
            if (*now) suspended.push_back(member);
          }
          return suspended;
        },
        [this, work, name = list.name](Result<std::vector<std::string>> suspended) {
          if (!suspended) return pause(suspended.error().text());
          const MailList* same = directory_->find_list(name);
          if (suspended->empty() || !same) return finish(work);
          send(node_.handles()->directory, RefreshDirectory{});
          std::string text = "These members of the list " + name +
                             " get no more mail, because too much of it came back:\n\n";
          for (const std::string& member : *suspended) text += member + "\n";
          route(list_server_arrival(node_, routing::list_server_address(*same, *directory_),
                                    routing::moderator_addresses(*same, *directory_),
                                    "List " + name + ": members suspended", text),
                ListStep{work.id, 0, true, 0}, [this] { next(); });
        });
  }

  // ---- commands ----

  void command(const StoredListWork& work, const std::shared_ptr<const std::string>& message) {
    ListHands hands;
    hands.failed = [this](const std::string& why) { pause(why); };
    hands.finish = [this, work](std::vector<Arrival> mail) { send_all(work, std::move(mail)); };
    run_list_commands(this, node_, directory_, work, *message, std::move(hands));
  }

  /// The last one carries the end of the work.
  void send_all(const StoredListWork& work, std::vector<Arrival> mail) {
    if (mail.empty()) return finish(work);
    Arrival last = std::move(mail.back());
    mail.pop_back();
    for (Arrival& arrival : mail) route(std::move(arrival), {}, [] {});
    route(std::move(last), ListStep{work.id, 0, true, 0}, [this] { next(); });
  }

  // ---- digests ----

  void look_for_digests() {
    for (const MailList& list : directory_->lists()) {
      const MailList* main = list.digest_of.empty() ? nullptr : directory_->find_list(list.digest_of);
      if (main && main->id && list.id) make_digest(main->name, list.name, list.digest_every_days);
    }
    const std::int64_t now = now_microseconds();
    if (now - pruned_ < k_microseconds_a_day / 24) return;
    pruned_ = now;
    for (const MailList& list : directory_->lists())
      if (list.archive) prune(list.id, now - list.archive_keep_days * k_microseconds_a_day);
    drop_unanswered(now - k_moderation_days * k_microseconds_a_day);
  }

  void prune(ListId list, std::int64_t before) {
    ask_database<std::int64_t>(
        this, node_.handles()->database,
        [list, before](storage::Database& database) {
          return storage::ListWorkRepository(database).prune_archive(list, before);
        },
        [this](Result<std::int64_t> gone) {
          if (!gone) node_.log.warning("lists", "", gone.error().text());
        });
  }

  void drop_unanswered(std::int64_t before) {
    ask_database<std::vector<StoredListWork>>(
        this, node_.handles()->database,
        [before](storage::Database& database) {
          return storage::ListWorkRepository(database).unanswered(before);
        },
        [this](Result<std::vector<StoredListWork>> old) {
          if (!old) return node_.log.warning("lists", "", old.error().text());
          for (const StoredListWork& work : *old) commit_step({work.id, 0, true, 0}, [] {});
        });
  }

  void make_digest(const std::string& main, const std::string& digest, std::int64_t days) {
    const ListId main_id = directory_->find_list(main)->id, id = directory_->find_list(digest)->id;
    const std::int64_t now = now_microseconds();
    ask_database<std::vector<std::string>>(
        this, node_.handles()->database,
        [main_id, id, now, days](storage::Database& database) {
          return due_messages(database, main_id, id, now, days);
        },
        [this, main, digest](Result<std::vector<std::string>> due) {
          if (!due) return node_.log.warning("lists", "", due.error().text());
          const MailList* from = directory_->find_list(main);
          const MailList* to = directory_->find_list(digest);
          if (due->empty() || !from || !to) return;
          route(digest_arrival(node_, *directory_, *from, *to, *due), {}, [] {});
        });
  }

  /// Marks the digest as made: after a crash in between it is missing rather than sent twice.
  static Result<std::vector<std::string>> due_messages(storage::Database& database, ListId main,
                                                       ListId digest, std::int64_t now, std::int64_t days) {
    storage::ListWorkRepository repository(database);
    auto last = repository.last_digest(digest);
    if (!last) return std::move(last.error());
    std::vector<std::string> due;
    if (*last == 0) {  // the first period begins
      if (auto done = repository.set_last_digest(digest, now); !done) return std::move(done.error());
      return due;
    }
    if (now - *last < days * k_microseconds_a_day) return due;
    auto archived = repository.archived(main, *last);
    if (!archived) return std::move(archived.error());
    std::size_t bytes = 0;
    storage::ContentStore store(database);
    for (const auto& one : *archived) {
      auto described = store.describe({one.content.value}, 0);
      if (!described) return std::move(described.error());
      if (described->empty() || bytes > k_digest_bytes_max) continue;
      const auto& content = described->front();
      auto message =
          store.read(one.content, content.transmit_offset, content.size_bytes - content.transmit_offset);
      if (!message) return std::move(message.error());
      bytes += message->size();
      due.push_back(std::move(*message));
    }
    if (auto done = repository.set_last_digest(digest, now); !done) return std::move(done.error());
    return due;
  }

  struct Rest {
    std::chrono::seconds length{0};
    std::chrono::steady_clock::time_point until;
  };

  Node& node_;
  DirectoryPtr directory_;
  std::map<std::string, Rest> resting_;  // by the name of the list in its work
  bool busy_ = false, again_ = false;
  std::int64_t pruned_ = 0;
  std::map<std::string, std::int64_t> told_;  // list: when its administrator was told of a fault
};

}  // namespace

ListsActor spawn_lists(caf::actor_system& system, Node& node) { return system.spawn<Lists>(std::ref(node)); }

}  // namespace stagecoach
