"""Targets "SMTP:address@[user:password@]server[:port]" of list members, forwards, assistants, forwardings, mailing
lists, size rules, message rules and copies of sent mail: sent to that server without DNS, without a connection and
while the schedule pauses (LAN-1 LAN-2 LAN-16 REF-065 REF-066 REF-067 LST-009 USR-027 USR-029)."""

import errno

from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in, free_ports, wait_for_value, wait_until

LISTS = """
[[list]]
name = "team"
members = ["kate", "ann@remote.example", "news", "SMTP:member@lan.example@{server}"]

[[list]]
name = "office"
type = "forwarding"
members = ["SMTP:forwarding@lan.example@{server}"]

[[list]]
name = "news"
type = "mailing"
members = ["SMTP:subscriber@lan.example@{server}"]
"""


def at_port_25(stage):
    """A server at the port that counts when a target names none; it needs root."""
    try:
        return stage.sink(host="127.0.0.25", port=25)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EADDRINUSE):
            raise
        return None


def scenario(stage):
    dns = stage.dns({"lan.example": {"MX": [(10, "mx.lan.example")]}, "mx.lan.example": {"A": ["127.0.0.7"]}})
    lan = stage.sink(users={"carl": "geheim-4711"})
    server_text = f"carl:geheim-4711@127.0.0.1:{lan.port}"
    closed, = free_ports(1)
    server = stage.new_server(users=["fred", "kate"], more=LISTS.format(server=server_text))
    config = server.config
    config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    config.sections["schedule_options"] = {"paused": True, "send_immediately": False}
    config.add_user("away", **{"routing.forward_to": [f"SMTP:forward@lan.example@{server_text}"]})
    config.add_user("busy", **{"routing.assistants": [f"SMTP:assistant@lan.example@{server_text}"]})
    config.add_user("large", **{"routing.size_ge": {"kb": 1, "action": "copy",
                                                    "targets": [f"SMTP:size@lan.example@{server_text}"]}})
    config.add_user("ruled", message_rules=[{"name": "all", "all_conditions": True, "actions": [
        {"action": "forward_to", "data": f"SMTP:rule@lan.example@{server_text}"}]}])
    config.add_user("sender", **{"routing.copy_sent_to": [f"SMTP:sent@lan.example@{server_text}"]})
    config.connections.append({"name": "main"})
    config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{closed}"]})
    server.start()

    server.submit("sender", ["team@example.com", "away@example.com", "busy@example.com", "office@example.com",
                             "large@example.com", "ruled@example.com"],
                  raw=message("Out", "sender@example.com", "team@example.com", body="x" * 70 + "\r\n" + "y" * 2000))
    expected = [name + "@lan.example" for name in ("assistant", "forward", "forwarding", "member", "rule", "sent",
                                                   "size", "subscriber")]
    wait_until(lambda: sorted(name for one in lan.messages for name in one.recipients) == expected,
               f"all are at the named server: {expected}")
    expect({one.user for one in lan.messages} == {"carl"}, "with the log-in of the target")
    expect("lan.example" not in " ".join(name for name, _ in dns.questions), f"DNS was asked: {dns.questions}")
    expect_equal((server.subjects("kate"), server.subjects("busy"), server.subjects("away")), (["Out"], ["Out"], []),
                 "local copies")
    # What needs the connection waits on.
    wait_for_value(lambda: [(one["to"], one["attempts"]) for one in server.queue()], [("ann@remote.example", 0)],
                   "what waits for the connection")

    # A server that is away has a line of its own in the queue, with its route.
    config.users[2]["routing.forward_to"] = [f"SMTP:forward@lan.example@127.0.0.1:{closed}"]
    server.reload()
    server.deliver("away@example.com", "Nobody there")
    entry = wait_until(lambda: next((one for one in server.queue() if one["to"] == "forward@lan.example"
                                     and one["attempts"] == 1), None), "an attempt")
    expect_equal(entry["route"], f"127.0.0.1:{closed}", "its route")
    expect_in("forward@lan.example", server.run("queue", "list", "--where", f"route=127.0.0.1:{closed}").output,
              "the queue of that server")

    # Without a port: 25, without a log-in. With 465, which wants TLS from the first byte: refused.
    usual = at_port_25(stage)
    if usual:
        config.users[2]["routing.forward_to"] = ["SMTP:usual@lan.example@127.0.0.25"]
        server.reload()
        server.deliver("away@example.com", "To port 25")
        got = usual.wait_for(1)[0]
        expect_equal((got.recipients, got.user), (["usual@lan.example"], ""), "at port 25")
    for section, value in (("routing.forward_to", config.users[2]), ("routing.assistants", config.users[3])):
        before = value[section]
        value[section] = ["SMTP:usual@lan.example@127.0.0.25:465"]
        server.write_config()
        done = server.run("check")
        expect(done.code == 1 and "465" in done.text() and section in done.text(), f"port 465: {done.text()}")
        value[section] = before
