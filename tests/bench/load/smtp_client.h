// An SMTP client session that offers messages one after the other, with PIPELINING as a sending server would.
#pragma once

#include <functional>

#include "load.h"

namespace bench {

class SmtpClient : public Client {
 public:
  /// What to send next. No recipient: nothing more, QUIT; or, with `later`, wait for go_on().
  struct Message {
    std::string recipient;
    std::string header;
    std::string_view body;  // must outlive the sending; holds no line that begins with a dot
    bool later = false;
  };
  using Next = std::function<Message()>;
  using Done =
      std::function<void(bool accepted, double seconds)>;  // from the end of the content to its reply

  SmtpClient(Loop& loop, int port, Next next, Done done);
  void go_on() { start_message(); }
  bool is_finished() const { return finished_; }

 private:
  enum class State { greeting, ehlo, envelope, content, waiting, quitting };
  void on_line(std::string_view line) override;
  void start_message();
  void envelope_reply(int code);

  Next next_;
  Done done_;
  State state_ = State::greeting;
  Message message_;
  int replies_ = 0;
  bool refused_ = false, finished_ = false;
  double sent_at_ = 0;
};

}  // namespace bench
