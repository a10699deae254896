"""fetchmail reads a mailbox by POP3 and by IMAP, keeps or deletes, and hands over to our SMTP service
(POP-01 POP-04 POP-06 REF-071)."""

import os

from harness.programs import need, run_program
from harness.waiting import expect, expect_equal


def scenario(stage):
    server = stage.server(users=["fred", "kate"])

    def fetch(protocol, options):
        rc = stage.file("fetchmailrc", f"""
set no bouncemail
poll 127.0.0.1 protocol {protocol} service {server.port(protocol.lower())} {"uidl" if protocol == "POP3" else ""}
  user "fred" password "fred-secret" {options} sslproto "" no rewrite
  smtphost "127.0.0.1/{server.port("mx")}" smtpname "kate@example.com"
""")
        os.chmod(rc, 0o600)
        return run_program([need("fetchmail"), "--fetchmailrc", rc, "--pidfile", stage.path("fetchmail.pid"),
                            "--idfile", stage.path("fetchids"), "--nosyslog", "-vv"],
                           environment={**os.environ, "HOME": stage.folder, "FETCHMAILHOME": stage.folder})

    for subject in ("One", "Two"):
        server.deliver("fred@example.com", subject)
    done = fetch("POP3", "keep")
    expect_equal(done.code, 0, f"fetchmail by POP3: {done.text()}")
    server.expect_subjects("kate", ["One", "Two"])
    server.expect_subjects("fred", ["One", "Two"])
    done = fetch("POP3", "keep")
    expect_equal(done.code, 1, f"nothing new the second time: {done.text()}")
    server.deliver("fred@example.com", "Three")
    done = fetch("POP3", "nokeep fetchall")
    expect_equal(done.code, 0, f"fetchmail by POP3: {done.text()}")
    server.expect_subjects("fred", [])
    expect_equal(len(server.messages("kate")), 5, "messages of Kate")
    server.deliver("fred@example.com", "Four")
    done = fetch("IMAP", "nokeep")
    expect_equal(done.code, 0, f"fetchmail by IMAP: {done.text()}")
    server.expect_subjects("fred", [])
    expect("Four" in server.subjects("kate"), "fetched by IMAP")
