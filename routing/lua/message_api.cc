#include "routing/lua/message_api.h"

#include "routing/lua/values.h"
#include "routing/resolver.h"

namespace stagecoach::routing {
namespace {

const MessageScope& scope_of(lua_State* state) { return owner_of<const MessageScope>(state); }
void* owner(const MessageScope& scope) { return const_cast<MessageScope*>(&scope); }

// ---- message ----

int header_function(lua_State* state) {
  const std::string_view name = text_argument(state, first_argument(state));
  for (const HeaderField& field : scope_of(state).in.facts.header) {
    if (!equals_ignoring_case(field.name, name)) continue;
    push(state, field.body);
    return 1;
  }
  lua_pushnil(state);
  return 1;
}

/// All fields, or those of one name: {{name = "To", value = "…"}, …}.
int headers_function(lua_State* state) {
  const int place = first_argument(state);
  const bool all = lua_isnoneornil(state, place);
  const std::string_view name = all ? std::string_view() : text_argument(state, place);
  lua_newtable(state);
  lua_Integer count = 0;
  for (const HeaderField& field : scope_of(state).in.facts.header) {
    if (!all && !equals_ignoring_case(field.name, name)) continue;
    lua_createtable(state, 0, 2);
    set_field(state, "name", field.name);
    set_field(state, "value", field.body);
    lua_rawseti(state, -2, ++count);
  }
  return 1;
}

/// The addresses of all fields of one name.
int addresses_function(lua_State* state) {
  const std::string_view name = text_argument(state, first_argument(state));
  std::vector<std::string> addresses;
  for (const HeaderField& field : scope_of(state).in.facts.header)
    if (equals_ignoring_case(field.name, name))
      for (const Address& address : field.addresses) addresses.push_back(address.text());
  push(state, addresses);
  return 1;
}

int body_function(lua_State* state) {
  const Facts& facts = scope_of(state).in.facts;
  push(state, facts.body ? facts.body() : std::string_view());
  return 1;
}

std::string from_of(const Facts& facts) {
  for (const HeaderField& field : facts.header)
    if (equals_ignoring_case(field.name, "From"))
      return field.addresses.empty() ? field.body : field.addresses.front().text();
  return {};
}

// ---- directory ----

const char* type_name(ListType type) {
  constexpr const char* k_names[] = {"distribution", "mailing", "forwarding", "external_db"};
  return k_names[static_cast<std::size_t>(type)];
}

int user_function(lua_State* state) {
  const Directory& directory = scope_of(state).in.directory;
  const User* user = directory.find_user(text_argument(state, first_argument(state)));
  if (user)
    push_user(state, *user, directory);
  else
    lua_pushnil(state);
  return 1;
}

int list_function(lua_State* state) {
  const MailList* list = scope_of(state).in.directory.find_list(text_argument(state, first_argument(state)));
  if (!list) return lua_pushnil(state), 1;
  lua_newtable(state);
  set_field(state, "name", list->name);
  set_field(state, "comment", list->comment);
  set_field(state, "type", type_name(list->type));
  set_boolean(state, "allow_incoming", list->allow_incoming);
  set_field(state, "members", *list->members);
  return 1;
}

int is_local_function(lua_State* state) {
  const Directory& directory = scope_of(state).in.directory;
  const Address address = split_address(text_argument(state, first_argument(state)));
  lua_pushboolean(state, directory.is_local_domain(directory.complete(address)) ? 1 : 0);
  return 1;
}

/// Where mail of a colleague for this address goes: {users = {…}, remote = {…}, lists = {…}}; nil: nowhere.
int lookup_function(lua_State* state) {
  const MessageScope& scope = scope_of(state);
  const std::string address(text_argument(state, first_argument(state)));
  Draft draft;
  draft.local_sender = true;
  const OpenRecipient recipient{{address, notify_unset, {}},
                                scope.in.directory.complete(split_address(address))};
  if (!Resolver(draft, scope.in).resolve(recipient)) return lua_pushnil(state), 1;
  std::vector<std::string> users, remote, lists;
  for (const Target& target : draft.targets) users.push_back(target.user);
  for (const RemoteRecipient& one : draft.remote) remote.push_back(one.recipient.address);
  for (const ListWork& work : draft.plan.list_work) lists.push_back(work.list);
  lua_newtable(state);
  set_field(state, "users", users);
  set_field(state, "remote", remote);
  set_field(state, "lists", lists);
  return 1;
}

void set_envelope(lua_State* state, const MessageScope& scope) {
  const Envelope& envelope = scope.in.arrival.envelope;
  std::vector<std::string> recipients;
  for (const EnvelopeRecipient& recipient : envelope.recipients) recipients.push_back(recipient.address);
  lua_createtable(state, 0, 2);
  set_field(state, "from", envelope.reverse_path);
  set_field(state, "recipients", recipients);
  lua_setfield(state, -2, "envelope");
}

void set_origin(lua_State* state, const MessageScope& scope) {
  const Origin& origin = scope.in.arrival.origin;
  lua_createtable(state, 0, 6);
  set_field(state, "kind", std::string_view(scope.kind()));
  set_field(state, "service", origin.service);
  set_field(state, "peer", origin.peer);
  set_field(state, "helo", origin.helo);
  set_field(state, "user", origin.authenticated_user);
  set_boolean(state, "tls", origin.tls);
  lua_setfield(state, -2, "origin");
}

void set_directory(lua_State* state, const MessageScope& scope) {
  lua_createtable(state, 0, 4);
  set_function(state, "user", &user_function, owner(scope));
  set_function(state, "list", &list_function, owner(scope));
  set_function(state, "is_local", &is_local_function, owner(scope));
  set_function(state, "lookup", &lookup_function, owner(scope));
  lua_setfield(state, -2, "directory");
}

void set_facts(lua_State* state, const MessageScope& scope) {
  const Facts& facts = scope.in.facts;
  const LocalTime now = facts.local_now();
  lua_createtable(state, 0, 5);
  set_integer(state, "now", std::chrono::floor<std::chrono::seconds>(facts.now).time_since_epoch().count());
  set_field(state, "today", day_text(day_of(now)));
  set_field(state, "clock", clock_text(clock_of(now)));
  set_integer(state, "weekday", std::chrono::weekday(day_of(now)).c_encoding());
  if (facts.spam_score) set_number(state, "spam_score", *facts.spam_score);
  lua_setfield(state, -2, "facts");
}

}  // namespace

bool MessageScope::is_local_sender() const {
  return draft ? draft->local_sender
               : in.arrival.origin.source == Source::system || !in.arrival.origin.authenticated_user.empty();
}

const char* MessageScope::kind() const {
  if (in.arrival.origin.source == Source::system) return "system";
  if (!is_local_sender()) return "incoming";
  if (draft && !draft->remote.empty()) return "outgoing";
  if (draft && draft->open.empty()) return "internal";
  for (const EnvelopeRecipient& recipient : in.arrival.envelope.recipients)
    if (!in.directory.is_local_domain(in.directory.complete(split_address(recipient.address))))
      return "outgoing";
  return "internal";
}

void push_user(lua_State* state, const User& user, const Directory& directory) {
  const Profile& profile = *user.profile;
  std::vector<std::string> groups;
  if (!profile.primary_group.empty()) groups.push_back(profile.primary_group);
  groups.insert(groups.end(), profile.secondary_groups.begin(), profile.secondary_groups.end());
  lua_createtable(state, 0, 12);
  set_field(state, "name", user.name);
  set_field(state, "address", directory.address_of(user.name));
  set_field(state, "full_name", profile.full_name);
  set_field(state, "groups", groups);
  set_field(state, "aliases", profile.aliases);
  set_boolean(state, "administrator", profile.administrator);
  set_boolean(state, "enabled", profile.enabled);
  set_field(state, "assistants", profile.routing.assistants);
  set_boolean(state, "redirect_to_assistant", profile.routing.redirect_to_assistant);
  set_field(state, "forward_to",
            profile.routing.use_forwarding ? profile.routing.forward_to : std::vector<std::string>());
  push(state, profile.custom);
  lua_setfield(state, -2, "custom");
  push(state, profile.address_book);
  lua_setfield(state, -2, "address_book");
}

void push_message(lua_State* state, const MessageScope& scope) {
  const Facts& facts = scope.in.facts;
  lua_createtable(state, 0, 8);
  set_field(state, "from", from_of(facts));
  set_field(state, "subject", facts.first("Subject"));
  set_integer(state, "size", scope.in.size_bytes());
  set_function(state, "header", &header_function, owner(scope));
  set_function(state, "headers", &headers_function, owner(scope));
  set_function(state, "addresses", &addresses_function, owner(scope));
  set_function(state, "body", &body_function, owner(scope));
}

void set_surroundings(lua_State* state, const MessageScope& scope) {
  set_envelope(state, scope);
  set_origin(state, scope);
  set_directory(state, scope);
  set_facts(state, scope);
}

}  // namespace stagecoach::routing
