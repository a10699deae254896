// What our client and a remote server say to each other, as lines for a log: "C: EHLO mail.example.com",
// "S: 250 ok". Passwords and what else a log-in sends are "*****"; the content of messages is counted only:
// "C: … 12,345 bytes". Bytes in, lines out; any split of the stream gives the same lines. It only looks on: a
// server that does not keep to its protocol gives odd lines, never a secret.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach {

enum class DialogueProtocol : std::uint8_t { smtp, pop3, imap };

class DialogueText {
 public:
  static constexpr std::size_t k_line_bytes_max = 1000;  // of a line that is shown; the rest is cut off

  explicit DialogueText(DialogueProtocol protocol) : protocol_(protocol) {}

  /// By our client.
  std::vector<std::string> sent(std::string_view bytes) { return take(client_, bytes); }
  /// From the server.
  std::vector<std::string> received(std::string_view bytes) { return take(server_, bytes); }

 private:
  enum class Content : std::uint8_t { none, counted, dotted };  // so many bytes; up to a line with a dot
  struct Side {
    const char* name;
    std::string line = {};
    bool cut = false;
    Content content = Content::none;
    std::int64_t left = 0, bytes = 0;  // of the content
    std::size_t end_matched = 0;       // characters of CR LF . CR LF
  };
  using Lines = std::vector<std::string>;

  Lines take(Side& side, std::string_view bytes);
  std::size_t skip(Side& side, std::string_view bytes, Lines& lines);
  void end_content(Side& side, Lines& lines);
  void show(const Side& side, const std::string& text, Lines& lines) const;
  void end_line(Side& side, Lines& lines);
  void begin(Side& side, Content content, std::int64_t bytes = 0);

  std::string said(const std::string& line);    // by the client, as it may be shown
  std::string masked(const std::string& line);  // commands of a log-in
  void note_command(const std::string& line);   // content that follows
  void heard(const std::string& line);          // from the server

  DialogueProtocol protocol_;
  Side client_{"C: "}, server_{"S: "};
  bool login_ = false;           // what the client sends belongs to a log-in
  bool rest_is_secret_ = false;  // IMAP: the command goes on behind a literal
  bool data_ = false;            // SMTP: DATA was sent
  std::deque<bool> answers_;     // POP3: whether content follows, for each command without an answer
};

}  // namespace stagecoach
