// Why an action failed, in words that help whoever reads the log. Never holds a secret.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace stagecoach {

struct Error {
  enum class Kind { invalid_input, not_found, conflict, limit_reached, unavailable, internal };

  Kind kind = Kind::internal;
  std::string reason;              // one clause: "column \"target\" is missing"
  std::vector<std::string> trail;  // what was being done, innermost first: "adding the mapping of fred"

  /// Whether the same action may succeed later: SMTP answers 4yz, the queue keeps the message.
  bool is_temporary() const { return kind == Kind::unavailable || kind == Kind::limit_reached; }

  /// Adds to the trail and returns the error.
  Error while_doing(std::string action) && {
    trail.push_back(std::move(action));
    return std::move(*this);
  }

  /// "loading the directory: adding the mapping of fred: column \"target\" is missing"
  std::string text() const {
    std::string result;
    for (auto action = trail.rbegin(); action != trail.rend(); ++action) result += *action + ": ";
    return result + reason;
  }
};

inline Error invalid_input(std::string reason) { return {Error::Kind::invalid_input, std::move(reason), {}}; }
inline Error not_found(std::string reason) { return {Error::Kind::not_found, std::move(reason), {}}; }
inline Error conflict(std::string reason) { return {Error::Kind::conflict, std::move(reason), {}}; }
inline Error limit_reached(std::string reason) { return {Error::Kind::limit_reached, std::move(reason), {}}; }
inline Error unavailable(std::string reason) { return {Error::Kind::unavailable, std::move(reason), {}}; }
inline Error internal_error(std::string reason) { return {Error::Kind::internal, std::move(reason), {}}; }

}  // namespace stagecoach
