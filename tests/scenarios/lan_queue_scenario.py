"""Servers of LAN forwarding that are down, busy or refuse: attempts, reports or none, what waits and for whom, delete
and retry; a pause that a restart does not end
(LAN-12 LAN-13 LAN-22 LAN-23 LAN-24 LAN-25 WIK-037)."""

import datetime

from harness.waiting import expect, expect_equal, expect_in, free_ports, wait_for_value, wait_until

RULES = """
[lan_forwarding]
retry = "7m"
threads_max = 3
failure_reports = {reports}

[[lan_forward]]
addresses = ["*@lan.example"]
server = "127.0.0.1:{port}"

[[lan_forward]]
addresses = ["*@busy.example"]
server = "127.0.0.1:{busy}"
"""


def at(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def waiting(server):
    return {tuple(row["to"]): row for row in server.command("lan", "queue")["messages"]}


def tried(server, address, count=1):
    return wait_until(lambda: next((row for to, row in waiting(server).items()
                                    if address in to and row["attempts"] == count and row["state"] == "waiting"),
                                   None), f"{count} attempts for {address}")


def retries(stage, server, port, busy):
    before = datetime.datetime.now(datetime.timezone.utc)
    server.deliver(["a@lan.example", "b@lan.example"], "To nobody yet")
    row = tried(server, "a@lan.example")
    wait = at(row["next_attempt"]) - before
    expect(datetime.timedelta(seconds=415) < wait < datetime.timedelta(seconds=430), f"the next attempt: {wait}")
    expect_equal((row["from"], row["server"], row["subject"], sorted(row["to"])),
                 ("ann@remote.example", f"127.0.0.1:{port}", "To nobody yet", ["a@lan.example", "b@lan.example"]),
                 "what waits")
    shown = server.run("lan", "queue").text()
    for part in ("a@lan.example", "To nobody yet", f"127.0.0.1:{port}"):
        expect_in(part, shown, "lan queue")

    lan = stage.sink(port=port)
    lan.replies["RCPT TO:<b@"] = "451 4.3.0 Later"
    server.command("lan", "queue", "retry", row["id"])
    expect_equal(lan.wait_for(1)[0].recipients, ["a@lan.example"], "one of two")
    row = tried(server, "b@lan.example", 2)
    expect_equal(row["to"], ["b@lan.example"], "who is left")
    lan.replies.clear()
    server.command("lan", "queue", "retry")
    lan.wait_for(2)
    wait_for_value(lambda: waiting(server), {}, "the queue")
    return lan


def failures(server, lan, port, busy):
    lan.replies["RCPT TO:<gone@"] = "550 5.1.1 No such user"
    server.deliver("gone@lan.example", "Refused", sender="fred@example.com")
    report = server.wait_for_message("fred", "").as_string()
    for part in ("gone@lan.example", "550 5.1.1 No such user", "Action: failed"):
        expect_in(part, report, "the report")
    # An attempt that is the last one ends like one after fail_hours.
    busy.replies["RCPT"] = "451 4.3.0 Busy"
    server.deliver("late@busy.example", "Too late", sender="fred@example.com")
    row = tried(server, "late@busy.example")
    server.command("queue", "final", row["id"])
    server.command("lan", "queue", "retry", row["id"])
    wait_until(lambda: len(server.subjects("fred")) == 2, "the report of the second message")
    expect_in("4.4.7", server.messages("fred")[-1].decode(), "its status")

    server.config.more = RULES.format(port=port, busy=busy.port, reports="false")
    server.reload()
    server.deliver("gone@lan.example", "Refused in silence", sender="fred@example.com")
    server.wait_for_log("failed without a report")
    wait_for_value(lambda: waiting(server), {}, "the queue")
    expect_equal(len(server.subjects("fred")), 2, "reports")


def pauses(server, lan, busy):
    expect_in("paused", server.run("lan", "pause").text(), "lan pause")
    count = len(lan.messages)
    server.deliver("p@lan.example", "Paused")
    wait_until(lambda: ("p@lan.example",) in waiting(server), "it waits")
    server.restart()
    server.deliver("q@lan.example", "Paused after a restart")
    rows = waiting(server)
    expect_equal(sorted(rows), [("p@lan.example",), ("q@lan.example",)], "what waits in the pause")
    expect_equal({row["attempts"] for row in rows.values()}, {0}, "attempts in the pause")
    expect(server.command("lan", "queue")["paused"], "it is paused")
    done = server.run("lan", "queue", "delete", rows[("p@lan.example",)]["id"]).text()
    expect_in("delete: 1 messages, 1 recipients", done, "the deletion")
    server.command("lan", "resume")
    lan.wait_for(count + 1)
    expect_equal([one.recipients for one in lan.messages[count:]], [["q@lan.example"]], "after the pause")
    server.restart()
    expect(not server.command("lan", "queue")["paused"], "a restart does not pause again")


def deletes_only_its_own(server, busy):
    """A message that also waits for elsewhere stays there."""
    busy.replies["RCPT"] = "451 4.3.0 Busy"
    server.submit("fred", ["one@busy.example", "two@remote.example"], "Both ways")
    row = tried(server, "one@busy.example")
    server.command("lan", "queue", "delete", row["id"])
    wait_for_value(lambda: [one["to"] for one in server.queue()], ["two@remote.example"], "what still waits")


def scenario(stage):
    port, = free_ports(1)
    busy = stage.sink()
    server = stage.new_server(users=["fred"], more=RULES.format(port=port, busy=busy.port, reports="true"))
    server.start()
    lan = retries(stage, server, port, busy)
    failures(server, lan, port, busy)
    pauses(server, lan, busy)
    deletes_only_its_own(server, busy)
