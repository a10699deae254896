#include "actors/unsubscribe_page.h"

#include "actors/serialisation.h"
#include "actors/unsubscribe.h"
#include "actors/unsubscribe_task.h"
#include "protocols/http/form.h"
#include "routing/html_text.h"

namespace stagecoach {

namespace {

constexpr std::string_view k_form_field = "List-Unsubscribe",
                           k_form_value = "One-Click";  // RFC 8058 section 3.2

std::string strong(std::string_view text) { return "<strong>" + routing::escape_html(text) + "</strong>"; }

http::Response no_such_link() { return html_page(404, "Not found", "<p>This link is not known.</p>"); }

/// What the link says; nothing when it is none of ours, or there are no links.
std::optional<UnsubscribeToken> token_of(const HttpCall& call) {
  if (call.node.config()->list_options.unsubscribe_url.empty()) return std::nullopt;
  return read_unsubscribe_token(call.node.unsubscribe_key,
                                std::string_view(call.request.path).substr(k_unsubscribe_path.size()));
}

bool is_one_click(const http::Request& request) {
  const auto form = http::parse_form(request.field("Content-Type"), request.body);
  if (!form) return false;
  for (const http::Field& field : *form)
    if (equals_ignoring_case(field.name, k_form_field) && equals_ignoring_case(field.value, k_form_value))
      return true;
  return false;
}

http::Response no_member_page(const std::string& list, const std::string& member) {
  return html_page(200, "Not a member",
                   "<p>" + strong(member) + " is not a member of the list " + strong(list) + ".</p>");
}

http::Response page_of(const UnsubscribeResult& result, const std::string& member) {
  using Kind = UnsubscribeResult::Kind;
  switch (result.kind) {
    case Kind::done:
      return html_page(
          200, "Unsubscribed",
          "<p>" + strong(member) + " is no longer a member of the list " + strong(result.list) + ".</p>");
    case Kind::no_member: return no_member_page(result.list, member);
    case Kind::no_list: return no_such_link();
    case Kind::refused:
      return html_page(409, "Not possible", "<p>" + routing::escape_html(result.text) + "</p>");
    case Kind::failed: break;
  }
  http::Response later = html_page(503, "Not now", "<p>Please try again in a minute.</p>");
  later.fields.push_back({"Retry-After", "60"});
  return later;
}

}  // namespace

void show_unsubscribe_page(HttpCall call) {
  const auto token = token_of(call);
  const DirectoryPtr directory = call.node.directory();
  const MailList* list = token && directory ? list_with_id(*directory, token->list) : nullptr;
  if (!list) return call.answer(no_such_link());
  if (!has_member(*list, token->member)) return call.answer(no_member_page(list->name, token->member));
  call.answer(html_page(200, "Leave the list " + list->name,
                        "<p>" + strong(token->member) + " is a member of the list " + strong(list->name) +
                            ".</p>\n<form method=\"post\">\n<input type=\"hidden\" name=\"" +
                            std::string(k_form_field) + "\" value=\"" + std::string(k_form_value) +
                            "\">\n<button>Unsubscribe</button>\n</form>"));
}

void unsubscribe_by_one_click(HttpCall call) {
  const auto token = token_of(call);
  if (!token) return call.answer(no_such_link());
  if (!is_one_click(call.request))
    return call.answer(html_page(400, "Not understood",
                                 "<p>A program that unsubscribes sends List-Unsubscribe=One-Click.</p>"));
  call.self
      ->request(spawn_unsubscribe_task(call.self->system(), call.node), caf::infinite,
                Unsubscribe{*token, call.peer, call.session})
      .then([answer = call.answer,
             member = token->member](const UnsubscribeResult& result) { answer(page_of(result, member)); },
            [answer = call.answer](const caf::error&) { answer(page_of({}, {})); });
}

}  // namespace stagecoach
