// The time from the 250 that accepts a message to the untagged EXISTS in an IDLE session of its recipient.
// Negative when EXISTS comes first. The next message is sent a little after both have come.
#include "imap_client.h"
#include "smtp_client.h"

int main(int argc, char** argv) {
  using namespace bench;
  const Arguments arguments(argc, argv);
  const std::string user = user_name(arguments.number("first", 0));
  const long samples = arguments.number("samples", 500);
  const double pause = static_cast<double>(arguments.number("pause_ms", 3)) / 1000;
  const RandomText text(1 << 20);
  const auto run = run_number();
  long sent = 0;
  bool due = false;  // the mailbox is watched, and the pause after the last sample is over
  double replied = 0, announced = 0;
  std::vector<double> delays;
  Loop loop;
  const double limit = now() + static_cast<double>(arguments.number("seconds", 20));
  const auto next = [&]() -> SmtpClient::Message {
    if (sent >= samples || now() >= limit) return {};
    if (!due) return {.recipient = {}, .header = {}, .body = {}, .later = true};
    due = false;
    replied = announced = 0;
    const auto number = static_cast<std::uint64_t>(sent++);
    const std::string to = user + "@bench.example";
    std::string header = message_header(to, run, number);
    const std::string_view body = text.slice(5000 - header.size(), number);
    return {to, std::move(header), body};
  };
  std::function<void()> both;
  const auto done = [&](bool ok, double) {
    if (!ok) fail("a message was refused");
    replied = now();
    both();
  };
  SmtpClient smtp(loop, static_cast<int>(arguments.number("smtp", 0)), next, done);
  const auto go_on = [&] {
    due = true;
    smtp.go_on();
  };
  both = [&] {
    if (replied == 0 || announced == 0) return;
    delays.push_back(announced - replied);
    loop.at(now() + pause, go_on);
  };
  ImapClient imap(loop, static_cast<int>(arguments.number("imap", 0)), [&] {
    imap.open_inbox(user, arguments.text("password", "pw"), [&] {
      imap.on_untagged = [&](std::string_view line) {
        if (!line.ends_with(" EXISTS") || sent == 0 || announced > 0) return;
        announced = now();
        both();
      };
      imap.idle([&] { loop.at(now() + 0.1, go_on); });
    });
  });
  loop.run([&] { return smtp.is_finished(); }, limit);
  Report report;
  add_percentiles(report, "delay_ms", std::move(delays), 1000);
  report.print();
}
