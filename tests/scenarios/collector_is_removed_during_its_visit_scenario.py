"""A reload takes a collector away, or gives it another name, while it fetches: what it has not handed over by then stays on
the remote server, and comes with the next visit under the new name (COL-17)."""

import threading
import time

from harness.messages import message, subject_of
from harness.waiting import expect, expect_equal, wait_until

COUNT = 6


def scenario(stage):
    mailbox = stage.pop3_mailbox(messages=[message(f"Number {number}") for number in range(COUNT)])
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({"name": "old", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                     "username": "box", "password": "box-secret", "method": "single_user",
                                     "target_user": "fred"})
    server.start()

    def slowly(command, _):
        if command == "RETR":
            time.sleep(0.4)
    mailbox.fault = slowly
    run = threading.Thread(target=server.run, args=("connection", "run", "main"))
    run.start()
    wait_until(lambda: server.subjects("fred"), "the first message")
    server.config.collectors[0]["name"] = "new"
    server.reload()
    run.join()
    mailbox.fault = lambda command, argument: None
    came, left = server.subjects("fred"), [subject_of(raw) for raw in mailbox.messages]
    expect_equal(sorted(came + left), [f"Number {number}" for number in range(COUNT)], "what has come, and what is left")
    expect(left, "the collector was gone too late: all have come")
    server.command("connection", "run", "main")
    server.expect_subjects("fred", [f"Number {number}" for number in range(COUNT)])
    expect_equal(mailbox.messages, [], "what is left in the end")
