// Whatever a server says to ETRN and ATRN, there is exactly one answer, and either the turn or Close ends it.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "protocols/smtp/mail_request.h"
#include "protocols/socks/socks4.h"

using namespace stagecoach;

namespace {

struct Owner {
  smtp::MailRequest request;
  int answers = 0, ends = 0;

  void take(const smtp::RequestEvents& events) {
    bool encrypt = false;
    for (const smtp::RequestEvent& event : events) {
      if (ends) std::abort();
      answers += std::holds_alternative<smtp::RequestAnswered>(event);
      encrypt |= std::holds_alternative<smtp::StartTls>(event);
      ends +=
          std::holds_alternative<smtp::Close>(event) || std::holds_alternative<smtp::RequestTurned>(event);
      if (ends > answers) std::abort();
    }
    if (encrypt && !ends) take(request.tls_started());
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)socks::read_reply(stream);
  auto settings = std::make_shared<smtp::ClientSettings>();
  settings->ehlo_name = "me.example";
  if (data[0] & 1) settings->login = smtp::ClientLogin{{"fred", "secret", ""}, std::nullopt, true};
  if (data[0] & 2) settings->tls = smtp::TlsPolicy::none;
  const auto kind = data[0] & 4 ? smtp::MailRequestKind::etrn : smtp::MailRequestKind::atrn;
  const std::size_t step = data[0] >> 3;
  Owner owner{smtp::MailRequest(kind, "a.example", settings, "random")};
  owner.take(owner.request.connected());
  for (std::size_t at = 0; at < stream.size(); at += step + 1)
    owner.take(owner.request.receive(stream.substr(at, step + 1)));
  if (!owner.ends) owner.take(owner.request.connection_lost(unavailable("gone")));
  if (owner.answers != 1 || owner.ends != 1) std::abort();
  return 0;
}
