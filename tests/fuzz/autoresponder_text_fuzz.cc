// Any text as the response of an autoresponder, and its last line as the subject and the sender of a message:
// nothing grows without limit, nothing breaks out of a field.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "routing/autoresponder.h"
#include "routing/html_text.h"

using namespace stagecoach;
using namespace stagecoach::routing;

static void require(bool promise) {
  if (!promise) std::abort();
}

static bool is_line(std::string_view text) { return text.find_first_of("\r\n") == std::string_view::npos; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 16384) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string line = text.substr(text.rfind('\n') + 1);
  auto profile = std::make_shared<Profile>();
  profile->autoresponder.definitions.push_back({.name = "d",
                                                .response_text = text,
                                                .from_address = text,
                                                .reply_to_address = text,
                                                .subject_text = text,
                                                .send_response_to = {text}});
  profile->autoresponder.rules.push_back(
      {.name = "r", .autoresponder = "d", .fields = {{"a", line}}, .datetime_from = "2026-08-01"});
  User user;
  user.name = "fred";
  user.profile = profile;
  const HeaderFields header{{"From", line}, {"Subject", text}, {"Message-ID", line}, {"References", text}};
  const AutoresponderPolicy policy;
  const auto decision = decide_autoresponse(
      compile_autoresponder(profile->autoresponder, policy), user, policy, {},
      {.reverse_path = "a@b.example",
       .header = header,
       .default_domain = "c.example",
       .run_lua = [](std::string_view script, AutoresponseScope&) { return std::string(script); }});
  (void)html_body(html_to_text(text));
  if (!decision.response) return 0;
  const ComposedMail& mail = decision.response->mail;
  require(mail.text.size() <= 1024 * 1024 && mail.html.size() <= 256 * 1024);
  require(is_line(mail.from) && is_line(mail.reply_to) && is_line(mail.subject));
  for (const HeaderEdit& edit : mail.header) require(is_line(edit.value));
  for (const std::string& recipient : mail.to) require(is_line(recipient));
  return 0;
}
