"""outmessage.lua changes priority, hold and connection of what enters the outgoing queue, or keeps it out;
LanForwarding.lua the server and the recipient of what goes to a server of its own. explain, replay and `stagecoach test`
run them, an error loses no message (WIK-004 WIK-005 WIK-006 USR-196 REF-129)."""

import os

from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until

OUT = """function OutMessage(message, recipients)
  if message.subject == "Urgent" then return { priority = 1, hold = 0 } end
  if message.subject == "Later" then return { hold = 60, recipients = { ["now@remote.example"] = { hold = 0 } } } end
  if message.subject == "By second" then return { connection = "second" } end
  if message.subject == "Nowhere" then return false end
  if message.subject == "Moon" then return { connection = "moon" } end
end
"""

LAN = """function PreSend(message, rule, recipient, server)
  if recipient:find("^skip@") then return false end
  if recipient:find("^moved@") then return { server = "127.0.0.1:%d", recipient = "new@lan.example" } end
  if recipient:find("^broken@") then return { server = 7 .. " 8" } end
end
"""

RULES = """
[[lan_forward]]
addresses = ["*@lan.example"]
server = "127.0.0.1:%d"
"""

CASES = """[[case]]
name = "urgent mail comes first"
user = "fred"
to = ["bob@remote.example"]
subject = "Urgent"
expect = { queue = { "bob@remote.example" = "priority %d, hold 0" }, reason = "outmessage.lua" }

[[case]]
name = "moved"
to = ["moved@lan.example"]
expect = { queue = { "new@lan.example" = "server 127.0.0.1:%d" }, refused = "none" }
"""


def write(server, name, text):
    path = os.path.join(server.folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def scenario(stage):
    sink, lan, other = stage.sink(), stage.sink(), stage.sink()
    server = stage.new_server(users=["kate"])
    config = server.config
    config.add_user("fred", **{"advanced.outgoing_priority": 7, "advanced.outgoing_hold": "2h"})
    config.sections["schedule_options"] = {"send_immediately": False}
    config.connections += [{"name": "main"}, {"name": "second"}]
    config.senders += [{"connection": "main", "servers": ["127.0.0.1:1"]},
                       {"connection": "second", "servers": [f"127.0.0.1:{sink.port}"]}]
    config.more = RULES % lan.port
    write(server, "scripts/outmessage.lua", OUT)
    write(server, "scripts/LanForwarding.lua", LAN % other.port)
    server.start()

    write(server, "sending.test.toml", CASES % (1, other.port))
    expect_in("2 cases, 0 failed", server.run("test").output, "stagecoach test")
    write(server, "sending.test.toml", CASES % (2, other.port))
    failed = server.run("test").output
    expect_in("queue.bob@remote.example: expected priority 2, got priority 1", failed, "a case that fails")

    server.submit("fred", "urgent@remote.example", "Urgent")
    server.submit("fred", ["later@remote.example", "now@remote.example"], "Later")
    server.submit("kate", "second@remote.example", "By second")
    server.submit("kate", ["gone@remote.example", "fred@example.com"], "Nowhere")
    server.submit("fred", "moon@remote.example", "Moon")
    server.submit("fred", "usual@remote.example", "Usual")
    entries = wait_until(lambda: len(server.queue()) == 6 and server.queue(), "six entries")
    expect_equal({entry["to"].split("@")[0]: (entry["state"], entry["priority"]) for entry in entries},
                 {"urgent": ("waiting", 1), "later": ("timed", 7), "now": ("waiting", 7), "second": ("waiting", 5),
                  "moon": ("timed", 7), "usual": ("timed", 7)}, "state and priority")
    server.expect_subjects("fred", ["Nowhere"])
    expect_in('there is no connection "moon" with a sender', server.log(), "the error is logged")
    wait_until(lambda: "moon" in server.run("script", "errors").output, "the error log of scripts")

    explained = server.command("explain", "message", stage.file("urgent.eml", message("By second")), "--to",
                               "bob@remote.example", "--from", "kate@example.com", "--user", "kate")
    expect_in("outmessage.lua", str(explained["reasons"]), "explain names the script")
    expect_equal(server.command("replay", "--since", "yesterday")["different"], [], "replay runs the script")

    # Who is named alone takes it.
    server.command("connection", "run", "main")
    expect_equal(len(sink.messages), 0, "the other connection leaves it alone")
    server.command("connection", "run", "second")
    expect("second@remote.example" in sum((one.recipients for one in sink.wait_for(1)), []), "the connection sends it")

    # LAN forwarding.
    server.deliver(["a@lan.example", "skip@lan.example", "moved@lan.example", "broken@lan.example"], "LAN")
    wait_for_value(lambda: sorted(sum((one.recipients for one in lan.messages), [])),
                   ["a@lan.example", "broken@lan.example"], "what goes where the rule says")
    wait_for_value(lambda: sum((one.recipients for one in other.messages), []), ["new@lan.example"], "what was moved")
    expect_in("server is no server", server.log(), "the error is logged")
    server.deliver(["skip@lan.example"], "Nobody")
    expect(not any("skip@" in entry["to"] for entry in server.queue()), "accepted, and dropped")
