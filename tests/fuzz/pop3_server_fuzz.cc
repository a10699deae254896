// Any stream of commands gives the same output whole and byte by byte.
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "protocols/pop3/server_session.h"

using namespace stagecoach;

namespace {

std::string play(std::string_view stream, std::size_t step, bool logged_in) {
  auto settings = std::make_shared<pop3::ServerSettings>();
  settings->stls = true;
  settings->trim_trailing_blank_lines = true;
  settings->limits.range_bytes = 5;
  settings->limits.auth_bytes_max = 300;
  settings->mechanisms = {sasl::Mechanism::plain, sasl::Mechanism::login, sasl::Mechanism::scram_sha_256};
  pop3::ServerSession session(settings, "random");
  const std::string text = "A: b\r\n\r\n.x\n.\r\n\r\n";
  std::string log;
  const auto take = [&](pop3::ServerEvents events) {
    std::deque<pop3::ServerEvent> queue(events.begin(), events.end());
    const auto add = [&](const pop3::ServerEvents& more) {
      queue.insert(queue.end(), more.begin(), more.end());
    };
    while (!queue.empty()) {
      const pop3::ServerEvent event = queue.front();
      queue.pop_front();
      if (const auto* output = std::get_if<pop3::Output>(&event)) log += output->bytes;
      if (std::holds_alternative<pop3::PasswordOffered>(event))
        add(session.password_checked(sasl::PasswordVerdict::accepted));
      if (std::holds_alternative<pop3::VerifierWanted>(event)) add(session.verifier_found(std::nullopt));
      if (std::holds_alternative<pop3::MailboxWanted>(event))
        add(session.opened(
            pop3::MaildropSnapshot{{{static_cast<std::int64_t>(text.size()), "u1", {}}, {3, "u2", {}}}}));
      if (const auto* wanted = std::get_if<pop3::ContentWanted>(&event)) {
        if (wanted->length < 0 || wanted->offset > static_cast<std::int64_t>(text.size())) std::abort();
        add(session.content(std::string_view(text).substr(static_cast<std::size_t>(wanted->offset),
                                                          static_cast<std::size_t>(wanted->length))));
      }
      if (std::holds_alternative<pop3::DeleteAndQuit>(event)) add(session.deleted(Result<void>()));
      if (std::holds_alternative<pop3::Close>(event)) log += "{close}";
    }
  };
  take(session.greet());
  if (logged_in) take(session.receive("USER a\r\nPASS b\r\n"));
  for (std::size_t at = 0; at < stream.size(); at += step) take(session.receive(stream.substr(at, step)));
  return log;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (play(stream, stream.size(), data[0] & 1) != play(stream, 1, data[0] & 1)) std::abort();
  return 0;
}
