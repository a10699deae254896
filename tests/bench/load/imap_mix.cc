// A stress mix of many IMAP clients, each with one command under way: append, fetch, store, search, expunge.
#include <memory>
#include <random>

#include "imap_client.h"

namespace bench {
namespace {

struct Totals {
  long commands = 0, refused = 0, bad = 0;
  std::string last_refusal, last_bad;
  bool counting = false;
};

class MixClient {
 public:
  MixClient(Loop& loop, int port, const std::string& user, const std::string& password, unsigned seed,
            const RandomText& text, Totals& totals)
      : random_(seed), user_(user), text_(text), totals_(totals), imap_(loop, port, [this, password] {
          imap_.open_inbox(user_, password, [this] {
            ready_ = true;
            if (running_) act();
          });
        }) {}
  bool ready() const { return ready_; }
  void start() {
    running_ = true;
    act();
  }

 private:
  void act() {
    const auto number = random_() % 100;
    const long exists = imap_.exists();
    if (exists < 10 || number < 12) return append();
    const std::string one =
        std::to_string(1 + static_cast<long>(random_() % static_cast<unsigned long>(exists)));
    if (number < 40) return run("FETCH " + one + " (UID FLAGS ENVELOPE INTERNALDATE)");
    if (number < 55) return run("FETCH " + one + " (BODY.PEEK[])");
    if (number < 70) return run("STORE " + one + " +FLAGS (\\Seen)");
    if (number < 78) return run("SEARCH UNSEEN");
    if (number < 82) return run("SEARCH SUBJECT \"7\"");
    if (number < 92) return run("STORE " + one + " +FLAGS.SILENT (\\Deleted)");
    if (number < 96) return run("EXPUNGE");
    return run("NOOP");
  }

  void append() {
    message_ = message_header(user_ + "@bench.example", run_number(), random_());
    message_ += text_.slice(2000 - message_.size(), random_());
    imap_.command(
        "APPEND INBOX {" + std::to_string(message_.size()) + "}",
        [this](std::string_view status) { finished(status); }, message_);
  }

  void run(const std::string& command) {
    imap_.command(command, [this](std::string_view status) { finished(status); });
  }

  void finished(std::string_view status) {
    if (totals_.counting) ++totals_.commands;
    if (status.starts_with("NO")) {
      ++totals_.refused;
      totals_.last_refusal = status;
    }
    if (status.starts_with("BAD")) {
      ++totals_.bad;
      totals_.last_bad = status;
    }
    act();
  }

  std::mt19937_64 random_;
  std::string user_, message_;
  const RandomText& text_;
  Totals& totals_;
  bool ready_ = false, running_ = false;
  ImapClient imap_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  using namespace bench;
  const Arguments arguments(argc, argv);
  const int port = static_cast<int>(arguments.number("port", 0));
  const long clients = arguments.number("clients", 10), users = arguments.number("users", 10);
  const long first = arguments.number("first", 0);
  const RandomText text(1 << 20);
  Totals totals;
  Loop loop;
  std::vector<std::unique_ptr<MixClient>> all;
  const double limit = now() + static_cast<double>(arguments.number("seconds_max", 60));
  const auto all_ready = [&] {
    if (all.empty() || all.back()->ready()) {
      if (static_cast<long>(all.size()) == clients) return true;
      const long i = static_cast<long>(all.size());
      all.push_back(std::make_unique<MixClient>(loop, port, user_name(first + i % users),
                                                arguments.text("password", "pw"), static_cast<unsigned>(i),
                                                text, totals));
    }
    return false;
  };
  if (!loop.run(all_ready, limit)) fail("only " + std::to_string(all.size()) + " clients came in");
  for (auto& client : all) client->start();
  const auto never = [] { return false; };
  loop.run(never, now() + 1);  // mailboxes fill a little first
  totals.counting = true;
  const double begin = now();
  loop.run(never, begin + static_cast<double>(arguments.number("seconds", 5)));
  const double end = now();
  Report report;
  report.add("commands", static_cast<double>(totals.commands)).add("seconds", end - begin);
  report.add("refused", static_cast<double>(totals.refused)).add("bad", static_cast<double>(totals.bad));
  report.add("last_refusal", totals.last_refusal).add("last_bad", totals.last_bad).print();
}
