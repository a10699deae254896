"""A message that has passed too many servers goes round in circles: 554 5.4.6 (RFC 5321 section 6.3)."""

import smtplib

from harness.messages import message
from harness.waiting import Failed, expect


def scenario(stage):
    server = stage.server()
    hop = "Received: from a.example by b.example; Mon, 6 Oct 2025 10:00:00 +0200\r\n"
    server.deliver("fred@example.com", raw=message("Far travelled", extra=hop * 90))
    try:
        server.deliver("fred@example.com", raw=message("Loop", extra=hop * 120))
        raise Failed("a message with 120 Received fields was accepted")
    except smtplib.SMTPDataError as error:
        expect(error.smtp_code == 554 and error.smtp_error.startswith(b"5.4.6"), f"got {error}")
    server.expect_subjects("fred", ["Far travelled"])
