// Every type that may cross nodes goes through CAF's serialiser with each member set and comes back equal: a
// member that inspect() forgets, and a type without inspect(), would be lost without an error (caf.md section
// 1).
#include "actors/serialisation.h"

#include <gtest/gtest.h>

#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace stagecoach {
namespace {

// The members of each struct. A new member does not compile until it is here: a structured binding names all.
#define FIELDS(type, ...)                               \
  template <class T>                                    \
  requires std::is_same_v<std::remove_const_t<T>, type> \
  auto fields(T& x) {                                   \
    auto& [__VA_ARGS__] = x;                            \
    return std::tie(__VA_ARGS__);                       \
  }

template <class T>
struct is_id : std::false_type {};
template <class Tag>
struct is_id<Id<Tag>> : std::true_type {};
template <class T>
requires is_id<std::remove_const_t<T>>::value auto fields(T& x) { return std::tie(x.value); }
FIELDS(Error, a, b, c)
FIELDS(Outcome, a, b)
FIELDS(EnvelopeRecipient, a, b, c)
FIELDS(Envelope, a, b, c, d, e, f, g)
FIELDS(Origin, a, b, c, d, e, f, g)
FIELDS(Content, a, b, c, d, e, f, g, h)
FIELDS(CollectedTarget, a, b)
FIELDS(Redirection, a, b)
FIELDS(Arrival, a, b, c, d, e, f)
FIELDS(Reason, a, b, c, d)
FIELDS(Refusal, a, b, c)
FIELDS(Delivery, a, b, c, d, e, f, g, h)
FIELDS(Enqueue, a, b, c, d, e, f, g, h, i)
FIELDS(QueueWay, a, b, c, d)
FIELDS(RefusedRecipient, a, b)
FIELDS(Bounce, a, b, c)
FIELDS(Notice, a, b)
FIELDS(HeaderEdit, a, b, c)
FIELDS(Footer, a, b)
FIELDS(Rendition, a, b, c)
FIELDS(ComposedMail, a, b, c, d, e, f, g, h, i, j)
FIELDS(Generated::Memory, a, b, c, d, e)
FIELDS(Generated, a, b, c, d, e, f)
FIELDS(ListWork, a, b, c)
FIELDS(AnswerMatch, a, b)
FIELDS(AnswerFault, a, b, c)
FIELDS(LanMatch, a, b, c, d)
FIELDS(Plan, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
FIELDS(StoredMessage, a, b, c, d, e, f, g)
FIELDS(CheckRecipient, a, b, c)
FIELDS(RecipientAnswer, a, b)
FIELDS(CollectedNote, a, b, c, d, e, f, g, h, i)
FIELDS(QueueChange, a, b, c, d, e, f, g, h, i)
FIELDS(TraceNote, a, b, c)
FIELDS(QueuedCopy, a, b)
FIELDS(QueueUpdate, a, b, c, d, e, f, g)
FIELDS(ListStep, a, b, c, d)
FIELDS(RouteMessage, a, b, c, d)
FIELDS(RouteResult, a, b, c, d, e, f)
FIELDS(ExplainMessage, a)
FIELDS(Explanation, a)
FIELDS(MailboxNews, a, b, c, d, e, f, g)
FIELDS(WatchMailbox, a, b)
FIELDS(LockMaildrop, a, b)
FIELDS(OpenMailbox, a)
FIELDS(OpenedMailbox, a)
FIELDS(BeginWork, a, b, c, d, e)
FIELDS(EndWork, a, b)
FIELDS(MessageQueued, a, b, c, d, e, f, g, h, i, j, k, l)
FIELDS(RunSender, a)
FIELDS(SenderReport, a, b, c, d, e)
FIELDS(NextDelivery, a)
FIELDS(DeliveryTask, a, b, c, d, e, f, g, h)
FIELDS(AttemptResult, a, b, c, d, e, f, g, h, i)
FIELDS(AttemptFinished, a, b, c)
FIELDS(SendingReached, a, b, c, d)
FIELDS(SendingEnded, a, b, c, d)
FIELDS(QueueCriteria, a, b, c, d, e, f, g, h, i)
FIELDS(QueueCommand, a, b, c, d, e, f)
FIELDS(QueueCommandAnswer, a, b, c)
FIELDS(ListQueue, a, b, c)
FIELDS(QueueEntry, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r)
FIELDS(QueueListing, a, b)
FIELDS(QueueCount, a, b, c)
FIELDS(EntrySetting, a, b)
FIELDS(ListEntries, a, b, c, d)
FIELDS(EntryView, a, b, c, d, e, f, g, h, i)
FIELDS(EntryListing, a, b, c)
FIELDS(AppPasswordChange, a, b, c, d)
FIELDS(EntryChange, a, b, c, d, e, f, g, h, i, j, k, l, m)
FIELDS(ChangeDirectory, a, b, c, d)
FIELDS(ChangeFault, a, b)
FIELDS(DirectoryAnswer, a, b, c)
template <class T>
requires std::is_same_v<std::remove_const_t<T>, RefreshDirectory> ||
    std::is_same_v<std::remove_const_t<T>, CountQueue>
auto fields(T&) { return std::tuple<>(); }
FIELDS(PasswordUpgraded, a, b, c, d)
FIELDS(FindLocks, a, b)
FIELDS(AccountLock, a, b, c)
FIELDS(LockListing, a)
FIELDS(CheckPassword, a, b, c, d, e)
FIELDS(FindVerifier, a, b, c)
FIELDS(LoginFailedNote, a, b, c)
FIELDS(LoginAnswer, a, b, c, d, e)
#undef FIELDS

/// Gives every member a value that it does not have by itself.
class Filler {
 public:
  explicit Filler(caf::actor_system& system) : system_(system) {}
  ~Filler() {
    // The serialiser has put them into the registry: they live until they are told to end.
    for (const caf::actor& actor : actors_) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  void fill(std::string& x) { x = "text " + std::to_string(++n_) + std::string("\0\xff", 2); }
  void fill(bool& x) { x = !x; }
  template <class T>
  requires std::is_integral_v<T>
  void fill(T& x) { x = static_cast<T>(++n_ % 100 + 1); }
  template <class T>
  requires std::is_enum_v<T>
  void fill(T& x) { x = static_cast<T>(x == T{} ? 1 : 0); }
  void fill(Time& x) { x = Time{std::chrono::microseconds{1'800'000'000'000'000 + ++n_}}; }
  template <class T>
  void fill(std::vector<T>& x) {
    x.resize(2);
    for (T& one : x) fill(one);
  }
  template <class T>
  void fill(std::optional<T>& x) {
    fill(x.emplace());
  }
  void fill(std::shared_ptr<const Content>& x) {
    Content content;
    fill(content);
    content.head += std::string(100'000, 'x');
    x = std::make_shared<const Content>(std::move(content));
  }
  void fill(WatcherActor& x) {
    x = system_.spawn([]() -> WatcherActor::behavior_type { return {[](const MailboxNews&) {}}; });
    actors_.push_back(caf::actor_cast<caf::actor>(x));
  }
  void fill(MailboxActor& x) {
    x = system_.spawn([]() -> MailboxActor::behavior_type {
      return {[](const MailboxNews&) {}, [](const WatchMailbox&) { return Outcome{}; },
              [](const LockMaildrop&) { return Outcome{}; }};
    });
    actors_.push_back(caf::actor_cast<caf::actor>(x));
  }
  template <class T>
  auto fill(T& x) -> std::void_t<decltype(fields(x))> {
    std::apply([this](auto&... member) { (fill(member), ...); }, fields(x));
  }

 private:
  caf::actor_system& system_;
  std::vector<caf::actor> actors_;
  int n_ = 0;
};

template <class T>
concept HasFields = requires(const T& x) {
  fields(x);
};

template <class T>
bool equal(const std::vector<T>& a, const std::vector<T>& b);
template <class T>
bool equal(const std::optional<T>& a, const std::optional<T>& b);
bool equal(const std::shared_ptr<const Content>& a, const std::shared_ptr<const Content>& b);
template <class T>
bool equal(const T& a, const T& b) {
  if constexpr (HasFields<T>)
    return [&]<std::size_t... I>(std::index_sequence<I...>, [[maybe_unused]] auto x,
                                 [[maybe_unused]] auto y) {
      return (equal(std::get<I>(x), std::get<I>(y)) && ...);
    }
  (std::make_index_sequence<std::tuple_size_v<decltype(fields(a))>>{}, fields(a), fields(b));
  else return a == b;
}
template <class T>
bool equal(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!equal(a[i], b[i])) return false;
  return true;
}
template <class T>
bool equal(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() == b.has_value() && (!a || equal(*a, *b));
}
bool equal(const std::shared_ptr<const Content>& a, const std::shared_ptr<const Content>& b) {
  return a && b && equal(*a, *b);
}

class Serialisation : public ::testing::Test {
 protected:
  struct Config : caf::actor_system_config {
    Config() {
      add_message_types<caf::id_block::stagecoach>();
      set("scheduler.max-threads", static_cast<std::size_t>(1));
    }
  };

  template <class T>
  T round_trip(const T& value) {
    std::vector<char> bytes;
    caf::binary_serializer sink{system_, bytes};
    EXPECT_FALSE(sink(value));
    T result{};
    caf::binary_deserializer source{system_, bytes};
    EXPECT_FALSE(source(result));
    EXPECT_EQ(source.remaining(), 0u);
    return result;
  }

  template <class T>
  void check(const char* name) {
    T value{};
    Filler filler(system_);
    filler.fill(value);
    EXPECT_TRUE(equal(value, round_trip(value))) << name;
    // As a message between nodes: this finds a type that is not registered.
    const caf::message message = caf::make_message(value);
    const caf::message received = round_trip(message);
    ASSERT_TRUE(received.match_elements<T>()) << name << " arrives as " << caf::to_string(received);
    EXPECT_TRUE(equal(value, received.get_as<T>(0))) << name << " in a message";
  }

  template <std::size_t... I>
  void check_all(std::index_sequence<I...>) {
    constexpr auto k_first = caf::id_block::stagecoach::begin;
    (check<typename caf::type_by_id<k_first + I>::type>(caf::type_name_by_id<k_first + I>::value), ...);
  }

  Config config_;
  caf::actor_system system_{config_};
};

TEST_F(Serialisation, KeepsEveryMemberOfEveryType) {
  using Block = caf::id_block::stagecoach;
  check_all(std::make_index_sequence<static_cast<std::size_t>(Block::end - Block::begin)>{});
}

TEST_F(Serialisation, KeepsWhatIsNotThere) {
  RouteMessage message;
  message.arrival.content = std::make_shared<const Content>();
  const RouteMessage copy = round_trip(message);
  EXPECT_FALSE(copy.collected);
  EXPECT_TRUE(copy.updates.empty());
  ASSERT_TRUE(copy.arrival.content);
  EXPECT_TRUE(copy.arrival.content->head.empty());
  QueueUpdate update;
  EXPECT_FALSE(round_trip(update).priority);
}

TEST_F(Serialisation, SharesTheContentWithinTheProcess) {
  RouteMessage message;
  Filler(system_).fill(message);
  const caf::message sent = caf::make_message(message);
  EXPECT_EQ(sent.get_as<RouteMessage>(0).arrival.content, message.arrival.content);
}

}  // namespace
}  // namespace stagecoach
