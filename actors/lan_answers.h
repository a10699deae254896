// What other servers said about addresses of LAN forwarding, and which of them do not answer just now
// (docs/reference/lan-forwarding.md, "Verification"). Pure; times are seconds since 1970.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stagecoach {

class LanAnswers {
 public:
  static constexpr std::int64_t k_exists_seconds = 3600;        // then it is asked again
  static constexpr std::int64_t k_unknown_seconds = 300;        // soon: the address may be new
  static constexpr std::int64_t k_remembered_seconds = 86'400;  // unknown, while its server does not answer
  static constexpr std::int64_t k_down_seconds = 60;            // a server is not asked again before
  static constexpr std::size_t k_answers_max = 100'000;         // the oldest go first

  enum class Known : std::uint8_t { ask, exists, unknown };

  /// What is known without a question.
  Known look_up(std::string_view server, std::string_view address, std::int64_t now) const;
  /// The server has answered.
  void learn(std::string_view server, std::string_view address, bool exists, std::int64_t now);
  /// The server has not answered, `is_down`: not even the connection. What holds then: unknown, if it said so
  /// within the last day; else exists.
  Known without_answer(std::string_view server, std::string_view address, bool is_down, std::int64_t now);

  std::size_t size() const { return answers_.size(); }

 private:
  struct Answer {
    bool exists = false;
    std::int64_t at = 0;
  };

  const Answer* find(std::string_view server, std::string_view address) const;
  Known while_down(const Answer* answer, std::int64_t now) const;

  std::unordered_map<std::string, Answer> answers_;
  std::deque<std::string> order_;                       // keys of answers_, the oldest first
  std::unordered_map<std::string, std::int64_t> down_;  // server -> until; as many as rules name
};

}  // namespace stagecoach
