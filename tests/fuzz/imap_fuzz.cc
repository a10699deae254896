// Any bytes as the client of a session that is logged in and has a folder open (first byte even) or is not.
#include <cstdint>
#include <string_view>

#include "tests/protocols/imap/fake_mailbox.h"

using namespace stagecoach;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  imap::Limits limits;
  limits.message_bytes_max = 10000;
  limits.range_bytes_max = 100;
  limits.bad_commands_max = 1000;
  imap::FakeMailbox fake({.starttls = true, .scram = true, .server_nonce = "n", .probe_secret = "p"}, limits);
  if (data[0] % 2 == 0) {
    fake.add_message("INBOX", "Subject: a\r\n\r\nbody\r\n");
    fake.add_message(
        "INBOX",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "Subject: in\r\n\r\n" +
            std::string(200, 'x') + "\r\n--b--\r\n");
    fake.send("x LOGIN fred secret\r\nx SELECT INBOX\r\n");
  }
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = 1 + data[0] / 2;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) fake.send(bytes.substr(0, step));
  return 0;
}
