"""A collector fetches from a real Dovecot: leaving mail there without fetching it twice, deleting after the commit,
finding the recipients of a catch-all mailbox in the headers, a notice for those without one
(COL-7 COL-17 COL-18 COL-64 COL-66 COL-70 COL-83 COL-100 COL-101 MAP-023 MAP-027)."""

import poplib
import imaplib

from harness.dovecot import Dovecot
from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in


def scenario(stage):
    dovecot = Dovecot(stage, {"fred": "remote-fred", "all": "remote-all"})

    def put(user, raw):
        imap = imaplib.IMAP4("127.0.0.1", dovecot.imap_port)
        imap.login(user, "remote-" + user)
        expect_equal(imap.append("INBOX", None, None, raw)[0], "OK", "APPEND to Dovecot")
        imap.logout()

    def count(user):
        pop3 = poplib.POP3("127.0.0.1", dovecot.pop3_port)
        pop3.user(user)
        pop3.pass_("remote-" + user)
        number = pop3.stat()[0]
        pop3.quit()
        return number

    server = stage.new_server(users=["fred", "kate", "postmaster"])
    server.config.connections.append({"name": "main"})
    common = {"connections": ["main"], "kind": "pop3", "host": "127.0.0.1", "port": dovecot.pop3_port}
    server.config.collectors.append({"name": "own", **common, "username": "fred", "password": "remote-fred",
                                     "leave_days": 3, "method": "single_user", "target_user": "fred"})
    server.config.collectors.append({"name": "catch-all", **common, "username": "all", "password": "remote-all",
                                     "method": "parse_headers", "accepted_domains": ["company.example"],
                                     "routing": {"options": {"special_headers": ["Delivered-To"]}}})
    server.start()

    put("fred", message("One", to="whoever@elsewhere.example"))
    put("fred", message("Two"))
    put("all", message("To Kate", to="Kate <kate@company.example>, other@elsewhere.example"))
    put("all", message("BCC to Fred", to="list@elsewhere.example", extra="Delivered-To: fred@company.example\r\n"))
    put("all", message("To nobody of us", to="who@company.example"))
    lines = server.command("connection", "run", "main")
    expect("collector own: Connection successful; fetched 2, deleted 0, left 2" in lines, f"results: {lines}")
    expect("collector catch-all: Connection successful; fetched 3, deleted 3, left 0" in lines, f"results: {lines}")
    server.expect_subjects("fred", ["One", "Two", "BCC to Fred"])
    server.expect_subjects("kate", ["To Kate"])
    expect_equal((count("fred"), count("all")), (2, 0), "what is left on the remote server")

    raw, = server.messages("postmaster")
    expect_in(b"To nobody of us", raw, "the notice to the administrator has the original")
    expect_in(b"who@company.example", raw, "the notice says who it was for")

    put("fred", message("Three"))
    server.run("connection", "run", "main")
    server.restart()
    server.run("connection", "run", "main")
    server.expect_subjects("fred", ["One", "Two", "Three", "BCC to Fred"])

    server.config.collectors[0]["leave_days"] = 0
    server.reload()
    server.run("connection", "run", "main")
    expect_equal(count("fred"), 0, "all are deleted with leave_days = 0")
    server.expect_subjects("fred", ["One", "Two", "Three", "BCC to Fred"])
    status, = server.command("connection", "list")
    expect(any("collector own" in line for line in status["last_results"]), f"connection list: {status}")
    expect("remote-fred" not in server.log(), "the password is in the log")
