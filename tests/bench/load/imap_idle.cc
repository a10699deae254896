// Opens many IMAP sessions (each another user: LOGIN, SELECT INBOX, IDLE), says how many, and keeps them
// until standard input ends.
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "imap_client.h"

int main(int argc, char** argv) {
  using namespace bench;
  const Arguments arguments(argc, argv);
  const int port = static_cast<int>(arguments.number("port", 0));
  const long wanted = arguments.number("connections", 2000), users = arguments.number("users", wanted);
  const long at_once = arguments.number("at_once", 20);
  const std::string password = arguments.text("password", "pw");
  long started = 0, idling = 0, failed = 0;
  std::string why;
  Loop loop;
  std::vector<std::unique_ptr<ImapClient>> clients(static_cast<std::size_t>(wanted));
  const auto begin_one = [&] {
    const auto place = static_cast<std::size_t>(started++);
    auto& client = clients[place];
    const std::string user = user_name(static_cast<long>(place) % users);
    const auto refused = [&](const std::string& status) {
      ++failed;
      why = status;
    };
    client = std::make_unique<ImapClient>(loop, port, [&, user, refused] {
      client->open_inbox(
          user, password, [&] { client->idle([&] { ++idling; }); }, refused);
    });
    client->on_lost = [&, place] { refused("connection lost: number " + std::to_string(place)); };
  };
  const double limit = now() + static_cast<double>(arguments.number("seconds_max", 120));
  loop.run(
      [&] {
        while (started < wanted && started - idling - failed < at_once) begin_one();
        return idling + failed >= wanted;
      },
      limit);
  Report report;
  report.add("idling", static_cast<double>(idling))
      .add("failed", static_cast<double>(failed))
      .add("why", why);
  report.print();
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
}
