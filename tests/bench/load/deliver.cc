// Delivers messages by SMTP over some sessions to the mailboxes of some users, in turn.
#include <memory>

#include "smtp_client.h"

int main(int argc, char** argv) {
  using namespace bench;
  const Arguments arguments(argc, argv);
  const int port = static_cast<int>(arguments.number("port", 0));
  const long sessions = arguments.number("sessions", 1), messages = arguments.number("messages", 100);
  const long users = arguments.number("users", 10), first = arguments.number("first", 0);
  const auto size = static_cast<std::size_t>(arguments.number("size", 5000));
  const RandomText text(std::max<std::size_t>(8 << 20, size));
  const auto run = run_number();
  long given = 0, accepted = 0, refused = 0;
  std::vector<double> delays;
  const auto next = [&]() -> SmtpClient::Message {
    if (given >= messages) return {};
    const auto number = static_cast<std::uint64_t>(given++);
    const std::string to = user_name(first + static_cast<long>(number) % users) + "@bench.example";
    std::string header = message_header(to, run, number);
    const std::string_view body = text.slice(size - header.size(), run + number);
    return {to, std::move(header), body};
  };
  const auto done = [&](bool ok, double seconds) {
    ++(ok ? accepted : refused);
    if (ok) delays.push_back(seconds);
  };
  Loop loop;
  std::vector<std::unique_ptr<SmtpClient>> clients;
  const double begin = now();
  for (long i = 0; i < std::min(sessions, messages); ++i)
    clients.push_back(std::make_unique<SmtpClient>(loop, port, next, done));
  const double limit = begin + static_cast<double>(arguments.number("seconds_max", 120));
  if (!loop.run([&] { return accepted + refused >= messages; }, limit)) fail("not done in time");
  const double end = now();
  Report report;
  report.add("begin", begin).add("end", end).add("seconds", end - begin);
  report.add("accepted", static_cast<double>(accepted)).add("refused", static_cast<double>(refused));
  add_percentiles(report, "reply_ms", std::move(delays), 1000);
  report.print();
}
