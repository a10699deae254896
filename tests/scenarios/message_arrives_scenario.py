"""A message that came by SMTP is the same by IMAP and by POP3 (POP-01, IMA-01, SMT-24, REF-064)."""

from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in


def scenario(stage):
    server = stage.server(users=["fred"])
    raw = message("Hello", body="Hello!\r\n..two dots\r\n.\r\nend")
    server.deliver("fred@example.com", raw=raw)

    stored, = server.messages("fred")
    expect(stored.endswith(raw + b"\r\n"), f"the stored message ends with what was sent, got {stored!r}")
    head = stored[:-len(raw) - 2].decode()
    expect(head.startswith("Return-Path: <ann@remote.example>\r\nReceived: from client.example"), head)
    expect_in("by mail.example.com", head, "the Received field")
    with server.pop3("fred") as pop3:
        expect_equal(pop3.stat(), (1, len(stored)), "STAT")
        _, lines, size = pop3.retr(1)
        expect_equal(b"".join(line + b"\r\n" for line in lines), stored, "RETR")
    expect_equal(server.command("trace", "fred@example.com")[0]["event"], "accepted", "trace")
