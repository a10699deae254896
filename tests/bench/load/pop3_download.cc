// Downloads a mailbox in one POP3 session as a client does: STAT, UIDL, then RETR one by one.
#include "load.h"

namespace bench {
namespace {

class Pop3Client : public Client {
 public:
  Pop3Client(Loop& loop, int port, std::string user, std::string password)
      : Client(loop, port), user_(std::move(user)), password_(std::move(password)) {}
  bool finished() const { return finished_; }
  long messages() const { return next_ - 1; }
  std::size_t octets() const { return octets_; }

 private:
  enum class Step { greeting, user, pass, stat, uidl, retr, quit };

  void on_line(std::string_view line) override {
    if (listing_) {
      if (line != ".") {
        octets_ += line.size() + 2;
        return;
      }
      listing_ = false;
      return next();
    }
    if (!line.starts_with("+OK")) fail("POP3: " + std::string(line));
    answer(line);
  }

  void answer(std::string_view line) {
    switch (step_) {
      case Step::greeting: return go(Step::user, "USER " + user_ + "\r\n");
      case Step::user: return go(Step::pass, "PASS " + password_ + "\r\n");
      case Step::pass: return go(Step::stat, "STAT\r\n");
      case Step::stat:
        count_ = std::atol(std::string(line.substr(4)).c_str());
        return go(Step::uidl, "UIDL\r\n");
      case Step::uidl:
      case Step::retr: listing_ = true; return;
      case Step::quit: finished_ = true; return;
    }
  }

  void next() {
    if (step_ == Step::uidl) octets_ = 0;
    if (next_ > count_) {
      expect_close();
      ++next_;
      return go(Step::quit, "QUIT\r\n");
    }
    go(Step::retr, "RETR " + std::to_string(next_++) + "\r\n");
  }

  void go(Step step, const std::string& command) {
    step_ = step;
    send(command);
  }

  std::string user_, password_;
  Step step_ = Step::greeting;
  bool listing_ = false, finished_ = false;
  long count_ = 0, next_ = 1;
  std::size_t octets_ = 0;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  using namespace bench;
  const Arguments arguments(argc, argv);
  Loop loop;
  const double begin = now();
  Pop3Client client(loop, static_cast<int>(arguments.number("port", 0)),
                    user_name(arguments.number("first", 0)), arguments.text("password", "pw"));
  if (!loop.run([&] { return client.finished(); },
                begin + static_cast<double>(arguments.number("seconds_max", 60))))
    fail("POP3 not done in time");
  const double end = now();
  Report report;
  report.add("messages", static_cast<double>(client.messages() - 1));
  report.add("octets", static_cast<double>(client.octets())).add("seconds", end - begin).print();
}
