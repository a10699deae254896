"""A message above max_message_size is refused by its SIZE and by its content (SMT-18, SMT-19); smaller ones go on."""

import smtplib

from harness.messages import message
from harness.waiting import expect, expect_equal

LIMIT = 100 * 1024


def scenario(stage):
    server = stage.new_server()
    server.config.services["mx"]["max_message_size"] = "100kB"
    server.start()
    big = message("Big", body="0123456789abcdef" * 4 + "\r\n" + ("x" * 70 + "\r\n") * (LIMIT // 70))
    with server.smtp() as smtp:
        expect_equal(smtp.esmtp_features["size"], str(LIMIT), "SIZE in EHLO")
        code, text = smtp.docmd(f"MAIL FROM:<ann@remote.example> SIZE={LIMIT + 1}")
        expect(code == 552 and text.startswith(b"5.2.3"), f"SIZE above the limit: {code} {text}")
        smtp.docmd("MAIL FROM:<ann@remote.example>")
        smtp.docmd("RCPT TO:<fred@example.com>")
        try:
            code, text = smtp.data(big)
        except smtplib.SMTPDataError as error:
            code, text = error.smtp_code, error.smtp_error
        expect(code == 552 and text.startswith(b"5.2.3"), f"content above the limit: {code} {text}")
        smtp.sendmail("ann@remote.example", "fred@example.com", message("Small"))
    server.expect_subjects("fred", ["Small"])
