#include "actors/lan_answers.h"

#include "routing/model/address.h"

namespace stagecoach {

namespace {

/// Local parts of other servers may be case sensitive.
std::string key_of(std::string_view server, std::string_view address) {
  const Address parts = split_address(address);
  return std::string(server) + "\n" + parts.local + "@" + to_lower(parts.domain);
}

}  // namespace

const LanAnswers::Answer* LanAnswers::find(std::string_view server, std::string_view address) const {
  const auto found = answers_.find(key_of(server, address));
  return found == answers_.end() ? nullptr : &found->second;
}

LanAnswers::Known LanAnswers::while_down(const Answer* answer, std::int64_t now) const {
  const bool unknown = answer && !answer->exists && now - answer->at < k_remembered_seconds;
  return unknown ? Known::unknown : Known::exists;
}

LanAnswers::Known LanAnswers::look_up(std::string_view server, std::string_view address,
                                      std::int64_t now) const {
  const Answer* answer = find(server, address);
  if (answer && now - answer->at < (answer->exists ? k_exists_seconds : k_unknown_seconds))
    return answer->exists ? Known::exists : Known::unknown;
  const auto down = down_.find(std::string(server));
  if (down != down_.end() && now < down->second) return while_down(answer, now);
  return Known::ask;
}

void LanAnswers::learn(std::string_view server, std::string_view address, bool exists, std::int64_t now) {
  down_.erase(std::string(server));
  std::string key = key_of(server, address);
  const auto [place, is_new] = answers_.insert_or_assign(key, Answer{exists, now});
  if (!is_new) return;
  order_.push_back(std::move(key));
  if (order_.size() <= k_answers_max) return;
  answers_.erase(order_.front());
  order_.pop_front();
}

LanAnswers::Known LanAnswers::without_answer(std::string_view server, std::string_view address, bool is_down,
                                             std::int64_t now) {
  if (is_down) down_[std::string(server)] = now + k_down_seconds;
  return while_down(find(server, address), now);
}

}  // namespace stagecoach
