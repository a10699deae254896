"""Mail that no attempt decides about: what no sender takes is announced as late and fails in its time by the clock
(SND-38 SND-39 SND-45); what the first of several immediate connections skips goes by the next (CON-29); what a server
finds too many for one transaction follows at once; what arrives after the run of a command connection waits."""

import os
import time

from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal, expect_in, wait_until


def skipped_by_all(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"],
                                  "domain_filtering": 'skip: to matches "*@skip.example"'})
    server.start()
    socket = os.path.join(server.data_folder, "database", "socket")

    def age(hours, seconds_left):
        """The queue is read again at the start: then the time is nearly over."""
        now = f"{int(time.time())} * 1000000::bigint"
        statement = f"UPDATE queue_message SET queued_at = {now} - {hours} * 3600000000 + {seconds_left} * 1000000"
        expect_success(run_program([need("psql"), "-q", f"host={socket} user=stagecoach dbname=postgres", "-c",
                                    statement]))
        server.restart()

    server.submit("fred", "bob@skip.example", "To Bob")
    refusal = "connection main does not take bob@skip.example: line 1 of its domain_filtering"
    expect_in(refusal, server.run("explain", "route", "bob@skip.example", "--user", "fred").output, "explain")
    wait_until(server.queue, "it waits")
    why = server.run("queue", "show", str(server.queue()[0]["id"])).output
    for part in (refusal, "no sender takes bob@skip.example"):
        expect_in(part, why, "queue show")
    age(4, 8)
    expect_equal(server.messages("fred"), [], "nobody is told early")
    warning = server.wait_for_message("fred", "", timeout=40).as_string()
    for part in ("Action: delayed", "bob@skip.example", "No connection has taken the message yet"):
        expect_in(part, warning, "the warning")
    expect_equal([entry["attempts"] for entry in server.queue()], [0], "attempts")
    age(72, 8)
    wait_until(lambda: len(server.messages("fred")) == 2, "the report", 40)
    report = server.messages("fred")[1].decode()
    for part in ("Action: failed", "Status: 4.4.7", "No connection has taken the message within 3 days"):
        expect_in(part, report, "the report")
    expect_equal((server.queue(), sink.messages), ([], []), "what is left")
    expect_in("failed", [entry["event"] for entry in server.command("trace", "bob@skip.example")], "the trace")


def next_connection(stage):
    first, second = stage.sink(), stage.sink()
    server = stage.new_server(users=["fred"])
    for name, sink in (("main", first), ("other", second)):
        server.config.connections.append({"name": name})
        server.config.senders.append({"connection": name, "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.senders[0]["domain_filtering"] = 'skip: to matches "*@skip.example"'
    server.config.sections["schedule_options"] = {"send_immediately_connections": ["main", "other"]}
    server.start()
    server.deliver(["bob@skip.example", "bob@take.example"], "Two ways", "fred@example.com", "submission", "fred")
    expect_equal(first.wait_for(1)[0].recipients, ["bob@take.example"], "by the first connection")
    expect_equal(second.wait_for(1)[0].recipients, ["bob@skip.example"], "by the second")


def too_many(stage):
    sink = stage.sink()
    sink.replies["RCPT"] = [None, None, "452 4.5.3 Too many recipients", "452 4.5.3 Too many recipients", None, None, None]
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()
    addresses = [f"bob{number}@remote.example" for number in range(4)]
    server.deliver(addresses, "To four", "fred@example.com", "submission", "fred")
    got = [one.recipients for one in sink.wait_for(2)]
    expect_equal(sorted(sum(got, [])), addresses, "everybody got it")
    expect_equal([len(one) for one in got], [2, 2], "in two transactions")
    wait_until(lambda: not server.queue(), "nothing waits")


def after_the_run(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred"])
    steps = os.path.join(server.folder, "steps")
    server.config.connections.append({"name": "main", "kind": "command",
                                      "up_command": ["sh", "-c", f"echo up >> {steps}"],
                                      "down_command": ["sh", "-c", f"echo down >> {steps}"]})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()
    server.submit("fred", "bob@remote.example", "One")
    server.command("connection", "run", "main")
    expect_equal(len(sink.messages), 1, "sent by the run")
    for number in range(3):
        server.submit("fred", "bob@remote.example", f"After the run {number}")
        time.sleep(1.2)
    expect_equal((len(sink.messages), len(server.queue())), (1, 3), "what came after the run waits")
    with open(steps, encoding="ascii") as file:
        expect_equal(file.read().split(), ["up", "down"], "the link")
    server.command("connection", "run", "main")
    expect(len(sink.messages) == 4, "the next run sends it")


def scenario(stage):
    skipped_by_all(stage)
    next_connection(stage)
    too_many(stage)
    after_the_run(stage)
