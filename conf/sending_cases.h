// [[sending]] of *.test.toml: what mxout.lua or relayout.lua answers about one server and one message
// (docs/how-to/write-and-test-a-rule.md). test_cases.h reads them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "conf/setting.h"
#include "routing/lua/sending_hooks.h"

namespace stagecoach::conf {

/// Only what is given counts.
struct SendingExpectation {
  bool skip = false;
  int port = 0;
  std::string tls, username, password, helo, bind_address;
  std::string return_path;
  std::int64_t messages_per_connection = 0, recipients_per_connection = 0, recipients_per_message = 0;
  std::set<std::string> given;  // the keys that the file has

  static constexpr auto settings() {
    using S = SendingExpectation;
    return std::tuple{
        Setting{"skip", &S::skip, "Whether the server is left out."},
        Setting{"port", &S::port, Range{0, 65535}, "Another port."},
        Setting{"tls", &S::tls, "none, starttls, required or ssl."},
        Setting{"username", &S::username, "Another log-in."},
        Setting{"password", &S::password, "Its password."},
        Setting{"helo", &S::helo, "Another name in EHLO."},
        Setting{"bind_address", &S::bind_address, "The address that it is connected from."},
        Setting{"return_path", &S::return_path, "MAIL FROM, changed or not."},
        Setting{"max_messages_per_connection", &S::messages_per_connection, Range{0, 1000000},
                "MaxMessagesPerConnection."},
        Setting{"max_recipients_per_connection", &S::recipients_per_connection, Range{0, 1000000},
                "MaxRecipientsPerConnection."},
        Setting{"max_recipients_per_message", &S::recipients_per_message, Range{0, 1000000},
                "MaxRecipientsPerMessage."},
    };
  }
};

struct SendingCase {
  std::string name;
  std::string script = "mxout";
  std::string server = "mx.elsewhere.invalid";
  std::string domain;  // of the recipients
  std::string from;    // the return path
  std::vector<std::string> to;
  std::string connection;  // a [[sender]], whose limits the script finds
  SendingExpectation expect;
  Provenance where;

  static constexpr auto settings() {
    using S = SendingCase;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "Which rule it tests."},
        Setting{"script", &S::script, "mxout or relayout."},
        Setting{"server", &S::server, "The server that is connected to."},
        Setting{"domain", &S::domain, "The domain that the mail is for."},
        Setting{"from", &S::from, "The return path."},
        Setting{"to", &S::to, "The recipients of the envelope."},
        Setting{"connection", &S::connection, "The connection of a sender."},
        Setting{"expect", &S::expect, "What the script shall answer."},
    };
  }
};

/// What the script has answered.
struct SendingAnswers {
  routing::ServerChange details;
  routing::ConnectionLimits limits;
  std::string return_path;
};

/// One line each: "port: expected 26, got as set"; empty: the case holds.
std::vector<std::string> differences(const SendingExpectation& expected, const SendingAnswers& answers);

}  // namespace stagecoach::conf
