#include "imap_client.h"

#include <charconv>
#include <utility>

namespace bench {

namespace {

long number_at(std::string_view text) {
  long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The size of the literal that the line announces at its end; -1: none.
long literal_size(std::string_view line) {
  if (line.empty() || line.back() != '}') return -1;
  const std::size_t brace = line.rfind('{');
  return brace == std::string_view::npos ? -1 : number_at(line.substr(brace + 1));
}

}  // namespace

ImapClient::ImapClient(Loop& loop, int port, std::function<void()> greeted)
    : Client(loop, port), greeted_(std::move(greeted)) {}

void ImapClient::command(const std::string& text, Done done, std::string_view literal) {
  done_ = std::move(done);
  literal_ = literal;
  send("t" + std::to_string(++number_) + " " + text + "\r\n");
}

void ImapClient::open_inbox(const std::string& user, const std::string& password, std::function<void()> ready,
                            std::function<void(std::string)> refused) {
  const auto refuse = [refused](std::string_view status) {
    if (!refused) fail("IMAP login or SELECT: " + std::string(status));
    refused(std::string(status));
  };
  command("LOGIN " + user + " " + password, [this, ready, refuse](std::string_view status) {
    if (!status.starts_with("OK")) return refuse(status);
    command("SELECT INBOX", [ready, refuse](std::string_view answer) {
      if (!answer.starts_with("OK")) return refuse(answer);
      ready();
    });
  });
}

void ImapClient::idle(std::function<void()> waiting) {
  waiting_ = std::move(waiting);
  command("IDLE", [](std::string_view) {});
}

void ImapClient::logout() {
  expect_close();
  command("LOGOUT", [this](std::string_view) { close(); });
}

void ImapClient::on_closed() {
  if (on_lost) return on_lost();
  Client::on_closed();
}

void ImapClient::on_line(std::string_view line) {
  const bool first = !continues_;
  continues_ = false;
  if (const long size = literal_size(line); size >= 0 && (!first || line.starts_with("* "))) {
    continues_ = true;
    skip(static_cast<std::size_t>(size));
  }
  if (!first) return;
  if (line.starts_with("* ")) return untagged(line.substr(2));
  if (line.starts_with("+")) {
    if (waiting_) return std::exchange(waiting_, nullptr)();
    return send(literal_, "\r\n", {});
  }
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return;
  if (const auto done = std::exchange(done_, nullptr)) done(line.substr(space + 1));
}

void ImapClient::untagged(std::string_view line) {
  if (greeted_) return std::exchange(greeted_, nullptr)();
  if (line.ends_with(" EXISTS")) exists_ = number_at(line);
  if (line.ends_with(" EXPUNGE")) --exists_;
  if (on_untagged) on_untagged(line);
}

}  // namespace bench
