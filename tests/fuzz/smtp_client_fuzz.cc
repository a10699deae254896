// Whatever a server says, each transaction that began gets exactly one result, and nothing is said after
// Close.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "protocols/smtp/client_session.h"

using namespace stagecoach;

namespace {

struct Owner {
  smtp::ClientSession session;
  int begun = 0, results = 0, closed = 0, pieces = 0;

  void take(const smtp::ClientEvents& events) {
    for (const smtp::ClientEvent& event : events) {
      if (closed) std::abort();
      begun += std::holds_alternative<smtp::TransactionBegun>(event);
      closed += std::holds_alternative<smtp::Close>(event);
      if (const auto* result = std::get_if<smtp::MessageResult>(&event)) {
        ++results;
        if (result->recipients.size() != 2) std::abort();
      }
      if (results > begun || begun > results + 1) std::abort();
    }
    // Answered after the batch, as an owner with a slow network would.
    for (const smtp::ClientEvent& event : events) {
      if (std::holds_alternative<smtp::ContentWanted>(event))
        take(session.content("a\r\n.b\n", ++pieces % 3 == 0));
      if (std::holds_alternative<smtp::StartTls>(event) && !closed) take(session.tls_started());
    }
  }
};

smtp::Transaction transaction() {
  smtp::Transaction result;
  result.envelope.recipients = {{"a@b.example", notify_success, "rfc822;x@b.example"},
                                {"c@d.example", notify_unset, ""}};
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  auto settings = std::make_shared<smtp::ClientSettings>();
  settings->ehlo_name = "me.example";
  settings->flavour = data[0] & 1 ? smtp::Flavour::lmtp : smtp::Flavour::smtp;
  if (data[0] & 2) settings->login = smtp::ClientLogin{{"fred", "secret", ""}, std::nullopt, true};
  if (data[0] & 4) settings->tls = smtp::TlsPolicy::none;
  const std::size_t step = data[0] >> 3;
  Owner owner{smtp::ClientSession(settings, "random")};
  for (int i = 0; i < 3; ++i) owner.take(owner.session.send(transaction()));
  owner.take(owner.session.connected());
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (std::size_t at = 0; at < stream.size(); at += step + 1)
    owner.take(owner.session.receive(stream.substr(at, step + 1)));
  owner.take(owner.session.connection_lost(unavailable("gone")));
  if (owner.begun != owner.results || owner.closed != 1) std::abort();
  return 0;
}
