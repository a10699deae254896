#include "protocols/dsn/report.h"

#include <gtest/gtest.h>

namespace stagecoach::dsn {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

Report failure() {
  Report report;
  report.hostname = "mx.example";
  report.from = "postmaster@mx.example";
  report.to = "ann@b.example";
  report.message_id = "<1@mx.example>";
  report.boundary = "b1";
  report.date = sys_seconds{seconds{1795192856}};
  report.envelope_id = "id 1";
  report.arrival = report.date;
  report.recipients = {{.final_recipient = "fred@c.example",
                        .original_recipient = "rfc822;f@d.example",
                        .status = "5.1.1",
                        .remote_mta = "mail.c.example",
                        .diagnostic = "550 5.1.1 No such user\r\nX-Evil: 1",
                        .diagnostic_from_remote = true,
                        .last_attempt = report.date}};
  report.original = "Subject: x\r\n\r\nbody\r\n";
  return report;
}

TEST(Report, IsWrittenWhole) {
  EXPECT_EQ(
      write_report(failure()),
      "Date: Fri, 20 Nov 2026 16:40:56 +0000\r\n"
      "From: Mail Delivery System <postmaster@mx.example>\r\n"
      "To: ann@b.example\r\n"
      "Subject: Undelivered mail returned to sender\r\n"
      "Message-ID: <1@mx.example>\r\n"
      "Auto-Submitted: auto-replied\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=b1\r\n"
      "\r\n"
      "--b1\r\n"
      "Content-Type: text/plain; charset=us-ascii\r\n"
      "Content-Description: Notification\r\n"
      "\r\n"
      "This is the mail server mx.example.\r\n"
      "\r\n"
      "Your message could not be delivered to the recipients below. No further attempt will be made.\r\n"
      "\r\n"
      "  fred@c.example (you wrote to f@d.example)\r\n"
      "    The server mail.c.example said: 550 5.1.1 No such user  X-Evil: 1\r\n"
      "\r\n"
      "--b1\r\n"
      "Content-Type: message/delivery-status\r\n"
      "Content-Description: Delivery report\r\n"
      "\r\n"
      "Original-Envelope-Id: id 1\r\n"
      "Reporting-MTA: dns;mx.example\r\n"
      "Arrival-Date: Fri, 20 Nov 2026 16:40:56 +0000\r\n"
      "\r\n"
      "Original-Recipient: rfc822;f@d.example\r\n"
      "Final-Recipient: rfc822;fred@c.example\r\n"
      "Action: failed\r\n"
      "Status: 5.1.1\r\n"
      "Remote-MTA: dns;mail.c.example\r\n"
      "Diagnostic-Code: smtp; 550 5.1.1 No such user  X-Evil: 1\r\n"
      "Last-Attempt-Date: Fri, 20 Nov 2026 16:40:56 +0000\r\n"
      "\r\n"
      "--b1\r\n"
      "Content-Type: message/rfc822\r\n"
      "Content-Description: Undelivered message\r\n"
      "\r\n"
      "Subject: x\r\n\r\nbody\r\n"
      "\r\n"
      "--b1--\r\n");
}

TEST(Report, ReturnsTheHeaderSectionWhereItMust) {
  const auto returns_body = [](const Report& report) {
    return write_report(report).find("body") != std::string::npos;
  };
  EXPECT_TRUE(returns_body(failure()));
  Report headers = failure();
  headers.return_content = ReturnContent::headers;
  EXPECT_FALSE(returns_body(headers));
  EXPECT_NE(write_report(headers).find("text/rfc822-headers"), std::string::npos);
  Report large = failure();
  large.full_bytes_max = 5;
  EXPECT_FALSE(returns_body(large));
  Report delayed = failure();
  delayed.return_content = ReturnContent::full;
  delayed.recipients[0].action = Action::delayed;
  EXPECT_FALSE(returns_body(delayed));
}

TEST(Report, NamesEachKindOfNews) {
  const std::pair<Action, const char*> cases[] = {{Action::failed, "5.0.0"},
                                                  {Action::delayed, "4.0.0"},
                                                  {Action::delivered, "2.0.0"},
                                                  {Action::relayed, "2.0.0"},
                                                  {Action::expanded, "2.0.0"}};
  for (const auto& [action, status] : cases) {
    Report report = failure();
    report.recipients[0].action = action;
    report.recipients[0].status.clear();
    report.recipients[0].will_retry_until = report.date;
    const std::string text = write_report(report);
    EXPECT_NE(text.find("\r\nAction: " + std::string(name(action)) + "\r\nStatus: " + status + "\r\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("\r\nWill-Retry-Until: ") != std::string::npos, action == Action::delayed);
  }
}

TEST(Report, CarriesUtf8Addresses) {
  Report report = failure();
  report.recipients[0].final_recipient = "\xc3\xa4@c.example";
  const std::string text = write_report(report);
  EXPECT_NE(text.find("Content-Type: message/global-delivery-status\r\n"), std::string::npos);
  EXPECT_NE(text.find("Final-Recipient: utf-8;\xc3\xa4@c.example\r\n"), std::string::npos);
  EXPECT_NE(text.find("Content-Transfer-Encoding: 8bit\r\n"), std::string::npos);
}

TEST(Report, IsWantedByNotify) {
  EXPECT_TRUE(wanted(notify_unset, Action::failed) && wanted(notify_unset, Action::delayed));
  EXPECT_FALSE(wanted(notify_unset, Action::delivered) || wanted(notify_never, Action::failed));
  EXPECT_TRUE(wanted(notify_success, Action::relayed));
  EXPECT_FALSE(wanted(notify_success, Action::failed) || wanted(notify_failure, Action::delayed));
}

}  // namespace
}  // namespace stagecoach::dsn
