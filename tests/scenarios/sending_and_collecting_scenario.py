"""A run sends and collects at the same time, or collects first; an immediate attempt that failed is repeated by a later
run alone, in its time; incoming mail and LAN forwarding do not mind the schedule (CON-9 CON-31 CON-35 MSC-007 WIK-050
SND-37)."""

import datetime
import time

from harness.messages import message
from harness.waiting import expect, expect_equal, wait_for_value, wait_until

LAN = """
[[lan_forward]]
addresses = ["*@lan.example"]
server = "127.0.0.1:{port}"
"""


def attempts(server):
    return [entry["attempts"] for entry in server.queue()]


def order(stage):
    """What a run does first."""
    sink = stage.sink()
    mailbox = stage.pop3_mailbox(messages=[message("Collected")])
    times = {}

    def slowly(command, _):
        if command == "QUIT":
            time.sleep(1.5)
            times["collected"] = time.monotonic()

    mailbox.fault = slowly
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.collectors.append({"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                     "username": "box", "password": "box-secret", "method": "single_user",
                                     "target_user": "fred"})
    server.config.sections["schedule_options"] = {"send_immediately": False}
    server.start()

    def run():
        server.submit("fred", "bob@remote.example")
        before = len(sink.messages)
        keep, sink.keep = sink.keep, lambda one: (times.update(sent=time.monotonic()), keep(one))
        server.command("connection", "run", "main")
        sink.keep = keep
        expect_equal(len(sink.messages), before + 1, "sent by the run")
        return times["sent"] < times["collected"]

    expect(run(), "at the same time: the message is out while the mailbox is busy")
    server.config.sections["schedule_options"]["collect_then_send"] = True
    server.reload()
    mailbox.messages = [message("Collected")]
    expect(not run(), "first the mailbox, then the message")


def immediate(stage):
    """An attempt that failed, and who repeats it."""
    sink, lan = stage.sink(), stage.sink()
    sink.replies["RCPT TO:<bob@"] = "450 4.2.1 Mailbox busy"
    server = stage.new_server(users=["fred"], more=LAN.format(port=lan.port))
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"],
                                  "retry": [1]})
    server.start()
    server.submit("fred", "bob@remote.example", "Waits")
    wait_until(lambda: attempts(server) == [1], "the immediate attempt")
    sink.replies.clear()
    server.submit("fred", "eve@remote.example", "Goes")
    sink.wait_for(1)
    server.command("connection", "run", "main")
    expect_equal(attempts(server), [1], "neither other mail nor a run before its time tries again")

    # The schedule has no item, and it is paused: what comes in and what goes to the LAN does not care.
    server.command("schedule", "pause")
    server.deliver("fred@example.com", "Comes in")
    server.expect_subjects("fred", ["Comes in"])
    server.deliver("x@lan.example", "To the LAN")
    lan.wait_for(1)
    server.command("schedule", "resume")

    # Its time comes after a minute, but no run.
    due = datetime.datetime.fromisoformat(server.queue()[0]["next_attempt"].replace("Z", "+00:00"))
    time.sleep(max(0.0, (due - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) + 2)
    expect_equal(attempts(server), [1], "it waits for a run")
    server.command("connection", "run", "main")
    wait_for_value(server.queue, [], "the run has sent it")
    expect_equal(sorted(one.recipients[0] for one in sink.messages),
                 ["bob@remote.example", "eve@remote.example"], "all that went out")


def scenario(stage):
    order(stage)
    immediate(stage)
