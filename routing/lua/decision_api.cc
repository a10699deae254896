#include "routing/lua/decision_api.h"

#include <algorithm>

#include "routing/header_edit.h"
#include "routing/lan_target.h"
#include "routing/lua/values.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_decisions_max = 10'000;
constexpr std::size_t k_log_lines_max = 100;
constexpr std::size_t k_log_line_bytes_max = 1000;
constexpr std::size_t k_text_bytes_max = 500;
constexpr lua_Integer k_minutes_max = 60 * 24 * 366;

ScriptRun& run_of(lua_State* state) { return owner_of<ScriptRun>(state); }

Decision& add(lua_State* state, Decision::Kind kind) {
  ScriptRun& run = run_of(state);
  if (run.decisions.size() >= k_decisions_max) luaL_error(state, "too many decisions");
  Decision decision;
  decision.kind = kind;
  decision.where = script_line(state);
  return run.decisions.emplace_back(std::move(decision));
}

/// One line without control characters, for replies, reasons and folders.
std::string line_argument(lua_State* state, int place, const char* fallback = nullptr) {
  std::string text(fallback && lua_isnoneornil(state, place) ? std::string_view(fallback)
                                                             : text_argument(state, place));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  if (text.size() > k_text_bytes_max) luaL_error(state, "the text is too long");
  return text;
}

std::string target_argument(lua_State* state, int place) {
  std::string target = line_argument(state, place);
  const Directory& directory = run_of(state).scope.in.directory;
  const bool exists = target.find('@') != std::string::npos || is_lan_target(target) ||
                      directory.find_user(target) || directory.find_list(target) ||
                      directory.is_group(target);
  if (!exists) luaL_error(state, "there is no user, list or group \"%s\"", target.c_str());
  return target;
}

/// nil stands for all.
std::string name_argument(lua_State* state, int place) {
  return lua_isnoneornil(state, place) ? std::string() : line_argument(state, place);
}

// ---- where in the pipeline ----

const Draft& draft_of(lua_State* state) { return *run_of(state).scope.draft; }

void need_before_mailbox(lua_State* state, const char* function) {
  if (!draft_of(state).plan.deliveries.empty() || !draft_of(state).plan.enqueue.empty())
    luaL_error(state, "%s works in front of the stage mailbox", function);
}
void need_behind_mailbox(lua_State* state, const char* function) {
  if (!draft_of(state).open.empty() || !draft_of(state).targets.empty())
    luaL_error(state, "%s works behind the stage mailbox", function);
}
void need_behind_dispatch(lua_State* state, const char* function) {
  if (!draft_of(state).open.empty() || !draft_of(state).remote.empty())
    luaL_error(state, "%s works behind the stage dispatch", function);
}
/// The recipients of collected mail are found by the stage recipients.
void need_recipients(lua_State* state, const char* function) {
  const Draft& draft = draft_of(state);
  if (run_of(state).scope.in.facts.collector && draft.open.empty() && draft.targets.empty() &&
      draft.remote.empty() && draft.plan.deliveries.empty() && draft.plan.enqueue.empty() &&
      draft.plan.list_work.empty() && !draft.plan.discard)
    luaL_error(state, "%s works behind the stage recipients for collected mail", function);
}

// ---- verdicts ----

int accept_function(lua_State* state) {
  add(state, Decision::Kind::accept);
  return 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "5.7.1" in front of the text, where it has one (RFC 3463).
std::string take_enhanced(std::string& text, int code) {
  const auto end = std::min(text.find(' '), text.size());
  const std::string first = text.substr(0, end);
  const bool fits = first.size() >= 5 && first[0] == static_cast<char>('0' + code / 100) && first[1] == '.' &&
                    is_digit(first[2]) && is_digit(first.back()) &&
                    std::all_of(first.begin(), first.end(), [](char c) { return c == '.' || is_digit(c); }) &&
                    std::count(first.begin(), first.end(), '.') == 2;
  if (!fits) return code < 500 ? "4.7.1" : "5.7.1";
  text.erase(0, std::min(end + 1, text.size()));
  return first;
}

int refuse_function(lua_State* state) {
  need_recipients(state, "refuse");
  const auto code = luaL_checkinteger(state, 1);
  if (code < 400 || code > 599) return luaL_error(state, "refuse needs a code from 400 to 599");
  std::string text = line_argument(state, 2, "Refused by a rule");
  if (!is_ascii(text)) return luaL_error(state, "a reply consists of ASCII characters");
  Decision& decision = add(state, Decision::Kind::refuse);
  decision.refusal.code = static_cast<int>(code);
  decision.refusal.enhanced = take_enhanced(text, static_cast<int>(code));
  decision.refusal.text = std::move(text);
  return 0;
}

int drop_function(lua_State* state) {
  std::string text = line_argument(state, 1, "by a script");
  add(state, Decision::Kind::drop).text = std::move(text);
  return 0;
}

// ---- recipients ----

int redirect_function(lua_State* state) {
  need_before_mailbox(state, "redirect");
  std::string name = name_argument(state, 1);
  std::vector<std::string> targets;
  for (int place = 2; place <= std::max(2, lua_gettop(state)); ++place)
    targets.push_back(target_argument(state, place));
  Decision& decision = add(state, Decision::Kind::redirect);
  decision.name = std::move(name);
  decision.targets = std::move(targets);
  return 0;
}

int add_recipient_function(lua_State* state) {
  need_before_mailbox(state, "add_recipient");
  std::string target = target_argument(state, 1);
  add(state, Decision::Kind::add_recipient).targets = {std::move(target)};
  return 0;
}

int remove_recipient_function(lua_State* state) {
  std::string name = line_argument(state, 1);
  if (name.empty()) return luaL_error(state, "remove_recipient needs an address or a user");
  add(state, Decision::Kind::remove_recipient).name = std::move(name);
  return 0;
}

/// {{address = "…", user = "…"}, …} and remote = true for those that leave.
int recipients_function(lua_State* state) {
  const Draft& draft = draft_of(state);
  lua_newtable(state);
  lua_Integer count = 0;
  const auto one = [&](const std::string& address, const std::string& user, bool remote) {
    lua_createtable(state, 0, 3);
    set_field(state, "address", address);
    if (!user.empty()) set_field(state, "user", user);
    if (remote) set_boolean(state, "remote", true);
    lua_rawseti(state, -2, ++count);
  };
  for (const OpenRecipient& open : draft.open) one(open.address.text(), {}, false);
  for (const Target& target : draft.targets) one(target.recipient.address, target.user, false);
  for (const RemoteRecipient& remote : draft.remote) one(remote.recipient.address, {}, true);
  for (const Delivery& delivery : draft.plan.deliveries) one(delivery.recipient, delivery.user, false);
  for (const Enqueue& entry : draft.plan.enqueue) one(entry.recipient.address, {}, true);
  return 1;
}

// ---- header, folder, flags, queue ----

int change_header(lua_State* state, HeaderEdit::Kind kind) {
  const std::string name(text_argument(state, 1));
  const std::string value =
      kind == HeaderEdit::Kind::remove ? std::string() : std::string(text_argument(state, 2));
  auto edit = parse_header_modifier(name + ":" + value);
  if (!edit || edit->name != name)
    return luaL_error(state, "\"%s\" is no name of a header field", name.c_str());
  edit->kind = edit->value.empty() ? HeaderEdit::Kind::remove : kind;
  if (edit->value.empty() && kind == HeaderEdit::Kind::add) return 0;
  add(state, Decision::Kind::header).header = std::move(*edit);
  return 0;
}
int set_header_function(lua_State* state) { return change_header(state, HeaderEdit::Kind::set); }
int add_header_function(lua_State* state) { return change_header(state, HeaderEdit::Kind::add); }
int remove_header_function(lua_State* state) { return change_header(state, HeaderEdit::Kind::remove); }

int folder_function(lua_State* state) {
  need_behind_mailbox(state, "folder");
  std::string user = name_argument(state, 1), folder = line_argument(state, 2);
  if (folder.empty()) return luaL_error(state, "the folder has no name");
  Decision& decision = add(state, Decision::Kind::folder);
  decision.name = std::move(user);
  decision.text = std::move(folder);
  return 0;
}

/// A system flag, or a keyword: an atom of RFC 3501 section 9.
bool is_flag(std::string_view flag) {
  for (const std::string_view known : {"\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"})
    if (flag == known) return true;
  return !flag.empty() && flag.size() <= 64 && is_ascii(flag) &&
         flag.find_first_of("\\(){ %*\"]") == std::string_view::npos;
}

int flag_function(lua_State* state) {
  need_behind_mailbox(state, "flag");
  std::string user = name_argument(state, 1), flag = line_argument(state, 2);
  if (!is_flag(flag)) return luaL_error(state, "\"%s\" is no flag", flag.c_str());
  Decision& decision = add(state, Decision::Kind::flag);
  decision.name = std::move(user);
  decision.text = std::move(flag);
  return 0;
}

int hold_function(lua_State* state) {
  need_behind_dispatch(state, "hold");
  const auto minutes = luaL_checkinteger(state, 1);
  if (minutes < 0 || minutes > k_minutes_max) return luaL_error(state, "hold takes minutes, at most a year");
  add(state, Decision::Kind::hold).number = minutes;
  return 0;
}

int priority_function(lua_State* state) {
  need_behind_dispatch(state, "priority");
  const auto priority = luaL_checkinteger(state, 1);
  if (priority < -1000 || priority > 1000) return luaL_error(state, "priority is from -1000 to 1000");
  add(state, Decision::Kind::priority).number = priority;
  return 0;
}

int log_function(lua_State* state) {
  ScriptRun& run = run_of(state);
  if (run.log.size() >= k_log_lines_max) return 0;
  std::size_t size = 0;
  const char* text = luaL_tolstring(state, 1, &size);
  run.log.push_back(script_line(state) + ": " + std::string(text, std::min(size, k_log_line_bytes_max)));
  return 0;
}

}  // namespace

void set_decisions(lua_State* state, ScriptRun& run) {
  constexpr luaL_Reg k_functions[] = {{"accept", &accept_function},
                                      {"refuse", &refuse_function},
                                      {"drop", &drop_function},
                                      {"redirect", &redirect_function},
                                      {"add_recipient", &add_recipient_function},
                                      {"remove_recipient", &remove_recipient_function},
                                      {"recipients", &recipients_function},
                                      {"set_header", &set_header_function},
                                      {"add_header", &add_header_function},
                                      {"remove_header", &remove_header_function},
                                      {"folder", &folder_function},
                                      {"flag", &flag_function},
                                      {"hold", &hold_function},
                                      {"priority", &priority_function},
                                      {"log", &log_function}};
  for (const luaL_Reg& function : k_functions) set_function(state, function.name, function.func, &run);
}

}  // namespace stagecoach::routing
