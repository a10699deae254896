#include "smtp_client.h"

#include <cstdlib>

namespace bench {

SmtpClient::SmtpClient(Loop& loop, int port, Next next, Done done)
    : Client(loop, port), next_(std::move(next)), done_(std::move(done)) {}

void SmtpClient::start_message() {
  message_ = next_();
  state_ = State::waiting;
  if (message_.later) return;
  if (message_.recipient.empty()) {
    state_ = State::quitting;
    finished_ = true;
    expect_close();
    send("QUIT\r\n");
    return;
  }
  state_ = State::envelope;
  replies_ = 0;
  refused_ = false;
  send("MAIL FROM:<sender@elsewhere.example>\r\nRCPT TO:<" + message_.recipient + ">\r\nDATA\r\n");
}

void SmtpClient::envelope_reply(int code) {
  ++replies_;
  if (replies_ < 3) {
    refused_ = refused_ || code >= 400;
    return;
  }
  if (code == 354) {
    state_ = State::content;
    send(message_.header, message_.body, ".\r\n");
    sent_at_ = now();
    return;
  }
  done_(false, 0);
  start_message();
}

void SmtpClient::on_line(std::string_view line) {
  if (line.size() > 3 && line[3] == '-') return;
  const int code = std::atoi(std::string(line.substr(0, 3)).c_str());
  switch (state_) {
    case State::greeting:
      if (code != 220) fail("SMTP greeting: " + std::string(line));
      state_ = State::ehlo;
      send("EHLO generator.example\r\n");
      return;
    case State::ehlo:
      if (code != 250) fail("EHLO: " + std::string(line));
      return start_message();
    case State::envelope: return envelope_reply(code);
    case State::content: done_(code == 250 && !refused_, now() - sent_at_); return start_message();
    case State::waiting:
    case State::quitting: return;
  }
}

}  // namespace bench
