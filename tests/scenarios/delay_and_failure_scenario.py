"""A message that waits: its sender is told once after the warning time, and after 72 hours it fails with a report. The
time passes by moving the message into the past (SND-38 SND-39 REF-097)."""

import os

from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until


def scenario(stage):
    sink = stage.sink()
    sink.replies["RCPT TO:"] = "450 4.2.1 Mailbox busy"
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()
    socket = os.path.join(server.data_folder, "database", "socket")

    def let_pass(hours):
        """As if so much time had passed: the queue is read again at the start."""
        expect_success(run_program([need("psql"), "-q", f"host={socket} user=stagecoach dbname=postgres", "-c",
                                    f"UPDATE queue_message SET queued_at = queued_at - {hours} * 3600000000"]))
        server.restart()

    def attempt():
        number = server.queue()[0]["attempts"]
        server.command("queue", "retry", "--match", "remote.example")
        wait_until(lambda: [one["attempts"] for one in server.queue()] in ([], [number + 1]), "another attempt")

    server.submit("fred", "bob@remote.example", "To Bob")
    wait_until(lambda: [one["attempts"] for one in server.queue()] == [1], "the first attempt")
    let_pass(3)
    attempt()
    expect_equal(server.messages("fred"), [], "after 3 hours nobody is told")
    let_pass(2)
    attempt()
    warning = server.wait_for_message("fred", "")
    text = warning.as_string()
    for part in ("Action: delayed", "bob@remote.example", "4.2.1", "Will-Retry-Until:"):
        expect_in(part, text, "the warning")
    let_pass(24)
    attempt()
    expect_equal((len(server.messages("fred")), len(server.queue())), (1, 1), "it is told once, and still waits")

    let_pass(42)  # 71 hours
    attempt()
    expect_equal((len(server.messages("fred")), len(server.queue())), (1, 1), "after 71 hours")
    let_pass(2)
    server.command("queue", "retry", "--match", "remote.example")
    wait_for_value(server.queue, [], "the queue after 73 hours", 20)
    wait_until(lambda: len(server.messages("fred")) == 2, "the report")
    failure = server.messages("fred")[1].decode()
    for part in ("Action: failed", "bob@remote.example"):
        expect_in(part, failure, "the report")
    expect(not sink.messages, "nothing was delivered")
