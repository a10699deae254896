#include "actors/own_trace.h"

#include "routing/model/address.h"

namespace stagecoach {

namespace {

using nlohmann::json;

bool concerns(const std::string& text, const std::string& user) {
  const std::string lower = to_lower(text), name = to_lower(user);
  const auto is_letter = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  };
  for (auto at = lower.find(name); at != std::string::npos; at = lower.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_letter(lower[at - 1])) && (end == lower.size() || !is_letter(lower[end])))
      return true;
  }
  return false;
}

}  // namespace

bool is_sent_by(const json& entry, const std::string& user) {
  const json& detail = entry.at("detail");
  return detail.is_object() && equals_ignoring_case(detail.value("user", ""), user);
}

std::optional<json> own_trace(const json& entry, const std::string& user, bool is_sender) {
  if (is_sender) return entry;
  if (entry.value("event", "") != "accepted") return {};
  const json& detail = entry.at("detail");
  if (!detail.is_object()) return {};
  json plan = json::array();
  for (const json& step : detail.value("plan", json::array()))
    if (step.get<std::string>().starts_with("deliver to " + to_lower(user) + ",")) plan.push_back(step);
  if (plan.empty()) return {};
  json reasons = json::array();
  for (const json& reason : detail.value("reasons", json::array()))
    if (concerns(reason.value("rule", "") + " " + reason.value("text", ""), user)) reasons.push_back(reason);
  json own = entry;
  own.erase("to");
  own["detail"] = {{"source", detail.value("source", "")},
                   {"service", detail.value("service", "")},
                   {"plan", std::move(plan)},
                   {"reasons", std::move(reasons)}};
  return own;
}

}  // namespace stagecoach
