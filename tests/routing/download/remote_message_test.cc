#include "routing/download/remote_message.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

constexpr std::int64_t k_day = 24LL * 3600 * 1000000;
constexpr std::int64_t k_now = 100 * k_day;

TEST(RemoteMessage, TheFirstStepFollowsFromWhatIsKnown) {
  using Step = RemoteStep;
  using State = RemoteState;
  const struct {
    const char* name;
    State state;
    std::int64_t days;  // in this state
    bool get, remove;
    std::int64_t size, size_max, leave_days;
    Step step;
  } k_messages[] = {
      {"new", State::unknown, 0, false, false, 10, 0, 0, Step::decide},
      {"new and large enough", State::unknown, 0, false, false, 10, 10, 0, Step::decide},
      {"new and too large", State::unknown, 0, false, false, 11, 10, 0, Step::too_large},     // COL-14
      {"no limit", State::unknown, 0, false, false, 1 << 30, 0, 0, Step::decide},             // COL-14
      {"fetched, to be deleted", State::fetched, 0, false, false, 1, 0, 0, Step::erase},      // COL-17
      {"fetched, its days last", State::fetched, 2, false, false, 1, 0, 3, Step::leave},      // COL-18
      {"fetched, its days are over", State::fetched, 3, false, false, 1, 0, 3, Step::erase},  // COL-18
      {"deleted by a rule", State::settled, 0, false, false, 1, 0, 9, Step::erase},
      {"asked", State::asked, 13, false, false, 1, 0, 3, Step::leave},          // COL-26
      {"asked in vain", State::asked, 14, false, false, 1, 0, 3, Step::erase},  // COL-26
      {"asked, stays longer anyway", State::asked, 14, false, false, 1, 0, 30, Step::leave},
      {"asked and answered", State::asked, 1, true, false, 99, 10, 0, Step::fetch},        // COL-15
      {"too large and told", State::too_large, 50, false, false, 11, 10, 3, Step::leave},  // COL-16
      {"the limit has grown", State::too_large, 50, false, false, 11, 20, 3, Step::decide},
      {"get", State::fetched, 0, true, false, 1, 0, 3, Step::fetch},                  // COL-92
      {"delete", State::fetched, 0, false, true, 1, 0, 3, Step::erase},               // COL-93
      {"delete of a new one", State::unknown, 0, false, true, 1, 0, 3, Step::erase},  // COL-93
  };
  for (const auto& one : k_messages) {
    RemoteMessageFacts message;
    message.state = one.state;
    message.settled = message.first_seen = k_now - one.days * k_day;
    message.get_wanted = one.get;
    message.delete_wanted = one.remove;
    message.size_bytes = one.size;
    EXPECT_EQ(first_step(message, {k_now, one.leave_days, 14, one.size_max}), one.step) << one.name;
  }
}

TEST(RemoteMessage, AnIgnoredOneGoesWhenItIsOld) {  // COL-39
  const struct {
    std::int64_t age, leave_days;
    bool gone;
  } k_ages[] = {
      {0, 0, false}, {k_day - 1, 0, false}, {k_day, 0, true}, {2 * k_day, 3, false}, {3 * k_day, 3, true}};
  for (const auto& [age, leave_days, gone] : k_ages) {
    RemoteMessageFacts message;
    message.first_seen = k_now - age;
    EXPECT_EQ(is_ignored_long_enough(message, {k_now, leave_days, 14, 0}), gone) << age << " " << leave_days;
  }
  EXPECT_FALSE(is_ignored_long_enough({}, {k_now, 0, 14, 0})) << "a message without UID has no age";
}

TEST(RemoteMessage, StatesHaveNames) {
  for (const RemoteState state : {RemoteState::unknown, RemoteState::fetched, RemoteState::settled,
                                  RemoteState::asked, RemoteState::too_large})
    EXPECT_EQ(remote_state(text_of(state)), state);
  EXPECT_EQ(remote_state("something else"), RemoteState::unknown);
}

}  // namespace
}  // namespace stagecoach::routing
