// An IMAP client session: one command at a time, literals skipped, untagged lines handed to the owner.
#pragma once

#include <functional>

#include "load.h"

namespace bench {

class ImapClient : public Client {
 public:
  using Done = std::function<void(std::string_view status)>;  // "OK ...", "NO ..." or "BAD ..."
  using Untagged = std::function<void(std::string_view line)>;

  ImapClient(Loop& loop, int port, std::function<void()> greeted);

  /// Sends a command (without tag and CR LF); a literal is sent when the server asks for it.
  void command(const std::string& text, Done done, std::string_view literal = {});
  /// LOGIN and SELECT INBOX, then `ready`; a refusal calls `refused` or, without it, ends the program.
  void open_inbox(const std::string& user, const std::string& password, std::function<void()> ready,
                  std::function<void(std::string)> refused = nullptr);
  /// IDLE; `waiting` is called at the server's "+".
  void idle(std::function<void()> waiting);
  void logout();

  Untagged on_untagged;                    // every untagged line; the first line of a response only
  std::function<void()> on_lost;           // the server closed the connection; default: ends the program
  long exists() const { return exists_; }  // as the server has told

 private:
  void on_line(std::string_view line) override;
  void on_closed() override;
  void untagged(std::string_view line);

  std::function<void()> greeted_, waiting_;
  Done done_;
  std::string_view literal_;
  long number_ = 0, exists_ = 0;
  bool continues_ = false;  // the next line belongs to a response whose literal has been skipped
};

}  // namespace bench
