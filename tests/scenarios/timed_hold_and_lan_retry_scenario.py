"""What a user sends is held for his time and then goes by itself or by command; what is unsent too long goes back. A
server of its own that is down, then busy, then there gets its message once, and nobody sees the password of its
log-in
(USR-189 USR-194 USR-195 USR-028 USR-030 MSC-010 MSC-011 MSC-012)."""

import datetime
import json

from harness.waiting import expect, expect_equal, expect_in, free_ports, wait_for_value, wait_until

RETRY = datetime.timedelta(minutes=10)
PASSWORD = "geheim-4711"


def by_name(server):
    return {entry["to"].split("@")[0]: entry for entry in server.queue()}


def at(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def given_server(stage, sink, lan_port):
    server = stage.new_server(users=["fred"])
    config = server.config
    config.add_user("minute", **{"advanced.outgoing_hold": "1m"})
    config.add_user("hour", **{"advanced.outgoing_hold": "1h"})
    config.add_user("never", **{"advanced.outgoing_hold": 0})
    config.add_user("short", **{"advanced.outgoing_hold": "1h", "advanced.outgoing_delete_after": "1m"})
    lan = f"carl:{PASSWORD}@127.0.0.1:{lan_port}"
    config.add_user("away", **{"routing.forward_to": [f"SMTP:bob@lan.example@{lan}"]})
    config.add_user("twice", **{"advanced.store_forward.address": "eve@lan.example",
                                "advanced.store_forward.server": lan})
    config.sections["misc"] = {"hold_outgoing": "2h"}
    config.connections.append({"name": "main"})
    config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    return server.start()


def holds_begin(server, sink):
    """The user's time counts before that of the configuration; 0 is none at all."""
    for user in ("minute", "hour", "never", "short", "fred"):
        server.submit(user, f"to.{user}@remote.example", f"Of {user}")
    entries = by_name(server)
    held = {name: (at(entry["held_until"]) - at(entry["queued_at"])).total_seconds() / 60
            for name, entry in entries.items() if entry["state"] == "timed"}
    expect_equal(held, {"to.minute": 1, "to.hour": 60, "to.short": 60, "to.fred": 120}, "minutes of the holds")
    expect_equal((at(entries["to.short"]["delete_at"]) - at(entries["to.short"]["queued_at"])).total_seconds(), 60,
                 "the time until it goes back")
    expect_equal([one.recipients for one in sink.wait_for(1)], [["to.never@remote.example"]], "what is not held")
    server.command("queue", "release", entries["to.hour"]["id"])
    server.command("connection", "run", "main")
    expect_equal([one.recipients for one in sink.wait_for(2)][1:], [["to.hour@remote.example"]], "what is released")


def holds_end(server, sink):
    expect_equal([one.recipients for one in sink.wait_for(3, 90)][2:], [["to.minute@remote.example"]],
                 "what goes by itself")
    report = server.wait_for_message("short", "", timeout=30).as_string()
    for part in ("to.short@remote.example", "4.4.7", "Action: failed"):
        expect_in(part, report, "the report on what was unsent for too long")
    expect_equal(sorted(by_name(server)), ["to.fred"], "what is still held")


def tries(server, count):
    """The entry for the LAN after so many tries."""
    return wait_until(lambda: next((entry for entry in server.queue()
                                    if entry["to"] == "bob@lan.example" and entry["attempts"] == count
                                    and entry["state"] == "waiting"), None), f"{count} tries")


def expect_ten_minutes(entry, before):
    wait = at(entry["next_attempt"]) - before
    expect(RETRY - datetime.timedelta(seconds=1) <= wait <= RETRY + datetime.timedelta(seconds=5),
           f"the next try comes after {wait}: {entry}")


def lan_retries(stage, server, lan_port):
    now = datetime.datetime.now(datetime.timezone.utc)
    explained = server.run("explain", "route", "away@example.com", "--json").text()
    server.deliver("away@example.com", "To the LAN")
    entry = tries(server, 1)  # nobody listens
    expect_ten_minutes(entry, now)
    expect_equal(entry["route"], f"127.0.0.1:{lan_port}", "the route of the entry")
    lan = stage.sink(tls=stage.tls(), users={"carl": PASSWORD}, port=lan_port)
    lan.replies["RCPT TO:"] = "451 4.3.0 Busy"
    now = datetime.datetime.now(datetime.timezone.utc)
    server.command("queue", "retry", entry["id"])
    entry = tries(server, 2)
    expect_ten_minutes(entry, now)
    expect_in("451 4.3.0 Busy", entry["last_reply"], "the reply that is shown")
    seen = explained + json.dumps(server.queue()) + server.run("queue", "list").text()
    seen += server.run("queue", "show", entry["id"]).text()

    lan.replies.clear()
    server.command("queue", "retry", entry["id"])
    lan.wait_for(1)
    wait_for_value(lambda: "bob" in by_name(server), False, "it waits in the queue")
    expect_equal([(one.recipients, one.user, one.tls) for one in lan.messages], [(["bob@lan.example"], "carl", True)],
                 "at the LAN, with STARTTLS and the log-in")
    trace = server.command("trace", entry["id"])
    events = [one["event"] for one in trace]
    expect_equal((events.count("deferred"), events.count("delivered")), (2, 1), f"tries in the trace: {events}")
    server.deliver("twice@example.com", "Stored and forwarded")
    copy = lan.wait_for(2)[1]
    expect_equal((copy.recipients, copy.user, copy.tls), (["eve@lan.example"], "carl", True), "stored and forwarded")
    seen += server.run("explain", "route", "twice@example.com").text()
    return seen + json.dumps(trace) + server.run("trace", entry["id"]).text() + server.run("queue", "list",
                                                                                         "--sent").text()


def scenario(stage):
    sink = stage.sink()
    lan_port, = free_ports(1)
    server = given_server(stage, sink, lan_port)
    holds_begin(server, sink)
    seen = lan_retries(stage, server, lan_port)
    seen += server.run("check").text()
    holds_end(server, sink)
    expect_in("bob@lan.example", seen, "what commands show")
    expect_in("bob@lan.example", server.log(), "the log")
    expect(PASSWORD not in seen, "a command shows the password")
    expect(PASSWORD not in server.log(), "the log shows the password")
