"""The remote server drops the line in the middle of a message, after a message, before its reply to DELE and to
QUIT: every message arrives exactly once (COL-17 COL-18 COL-5), also when the server gives the UIDs of deleted messages
again."""

from harness.messages import message
from harness.waiting import expect, expect_equal


def scenario(stage):
    mailbox = stage.pop3_mailbox()
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                     "username": "box", "password": "box-secret", "method": "single_user",
                                     "target_user": "fred"})
    server.start()
    expected = []

    def put(*subjects):
        mailbox.messages += [message(subject, body="line\r\n" * 400) for subject in subjects]
        expected.extend(subjects)

    def run(fault=None):
        mailbox.fault = fault or (lambda command, argument: None)
        return "\n".join(server.command("connection", "run", "main"))

    faults = {
        "in the middle of RETR 2": lambda command, argument: ("partial", 700) if (command, argument) == ("RETR", "2")
                                   else None,
        "in the header section": lambda command, argument: ("partial", 60) if command == "RETR" else None,
        "before the reply to DELE 1": lambda command, argument: "drop after" if (command, argument) == ("DELE", "1")
                                      else None,
        "before QUIT is carried out": lambda command, argument: "drop" if command == "QUIT" else None,
        "after QUIT was carried out": lambda command, argument: "drop after" if command == "QUIT" else None,
        "after the log-in": lambda command, argument: "drop" if command in ("UIDL", "LIST", "STAT") else None,
    }
    for where, fault in faults.items():
        put(f"{where} a", f"{where} b", f"{where} c")
        first = run(fault)
        expect("failed" in first or "fetched" in first, first)
        run(fault)
        expect_equal(server.subjects("fred").count(f"{where} a"), 1 if "the log-in" not in where and "header" not in
                     where else 0, f"{where}: the first message after two visits")
        last = run()
        expect("Connection successful" in last, f"{where}: {last}")
        server.expect_subjects("fred", expected)
        expect_equal(mailbox.messages, [], f"{where}: what is left on the server")

    # UIDs are given again once their messages are gone (RFC 1939 section 7 allows it), and nobody heard that they are.
    mailbox.uid_of = lambda index, raw: f"position-{index}"
    for where in ("before QUIT is carried out", "after QUIT was carried out"):
        put(f"{where}, UIDs 1", f"{where}, UIDs 2")
        run(faults[where])
        put(f"{where}, UIDs 3", f"{where}, UIDs 4")
        last = run()
        expect("Connection successful" in last, f"{where}: {last}")
        server.expect_subjects("fred", expected)
        expect_equal(mailbox.messages, [], f"{where}: what is left on the server")

    mailbox.fault = lambda command, argument: "-ERR wrong password" if command == "PASS" else None
    refused = "\n".join(server.command("connection", "run", "main"))
    expect("wrong password" in refused, f"the reply of the server is in the result: {refused}")
    expect("box-secret" not in server.log() + refused, "the password is in the log")
