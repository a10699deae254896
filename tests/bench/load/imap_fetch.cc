// Times one FETCH command over the INBOX of a user.
#include "imap_client.h"

int main(int argc, char** argv) {
  using namespace bench;
  const Arguments arguments(argc, argv);
  const std::string user = user_name(arguments.number("first", 0));
  const std::string command = arguments.text("command", "FETCH 1:* (FLAGS)");
  long rows = 0;
  bool finished = false;
  double begin = 0, end = 0;
  Loop loop;
  ImapClient imap(loop, static_cast<int>(arguments.number("port", 0)), [&] {
    imap.open_inbox(user, arguments.text("password", "pw"), [&] {
      imap.on_untagged = [&](std::string_view line) {
        if (line.find(" FETCH (") != std::string_view::npos) ++rows;
      };
      begin = now();
      imap.command(command, [&](std::string_view status) {
        end = now();
        if (!status.starts_with("OK")) fail("FETCH: " + std::string(status));
        finished = true;
        imap.logout();
      });
    });
  });
  if (!loop.run([&] { return finished; }, now() + static_cast<double>(arguments.number("seconds_max", 60))))
    fail("FETCH not done in time, rows so far: " + std::to_string(rows));
  Report().add("rows", static_cast<double>(rows)).add("seconds", end - begin).print();
}
