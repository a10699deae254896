"""Scripts around sending: mxout.lua changes port and name, leaves a server out and rewrites return paths; relayout.lua limits
what a connection carries; the program of [programs] smtp_client changes what a relay gets; errors change nothing, and
`stagecoach test` asks the scripts
(WIK-001 WIK-002 WIK-003 WIK-016 SND-48)."""

import os
import sys

from harness.configuration import toml_table
from harness.waiting import expect, expect_equal, expect_in, wait_until

MXOUT = """function ServerDetails(server, domain, sender, connnid, connection)
  if domain == "port.example" then return { port = %(second)d, helo = "other.example.com" } end
  if server == "first.skip.example" then return { skip = true } end
  if domain == "broken.example" then error("broken for " .. connection .. " " .. connnid) end
end
function ReturnPath(returnpath, recipients)
  if recipients[1] == "srs@plain.example" then return "srs=" .. returnpath:gsub("@", "=") .. "@example.com" end
  if recipients[1] == "wrong@plain.example" then return "nobody" end
end
"""

RELAYOUT = """MaxRecipientsPerMessage = 2
function ServerConnected()
  if ConnectedServer == "127.0.0.1" then MaxMessagesPerConnection = 1 end
end
function ReturnPath(returnpath) return "relayed@example.com" end
"""

CASES = """[[sending]]
name = "port.example has another port"
server = "port.example"
domain = "port.example"
connection = "main"
expect = { port = %d, helo = "other.example.com", skip = false, max_messages_per_connection = 7 }

[[sending]]
name = "the first server is left out"
server = "first.skip.example"
expect = { skip = true, return_path = "" }

[[sending]]
name = "plain.example gets other return paths"
from = "fred@example.com"
to = ["srs@plain.example"]
expect = { return_path = "srs=fred=example.com@example.com" }

[[sending]]
name = "an error is a difference"
domain = "broken.example"
expect = { skip = false }
"""

PROGRAM = r"""
import os, sys
message = sys.stdin.buffer.read()
if b"Subject: Changed" in message:
    sys.stdout.buffer.write(b"X-Connection: " + os.environ["STAGECOACH_PROGRAM"].encode() + b"\n" + message)
if b"Subject: Fails" in message:
    sys.stdout.buffer.write(b"X-Connection: no\n" + message)
    sys.exit(1)
"""


def write(server, name, text):
    path = os.path.join(server.folder, "scripts", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def arrived(sink, address):
    def found():
        for one in sink.messages:
            if address in one.recipients:
                return one
        return None
    return wait_until(found, f"the message to {address}")


def by_mx(stage):
    first, second = stage.sink(), stage.sink()
    dns = stage.dns({
        "plain.example": {"A": ["127.0.0.1"]},
        "port.example": {"A": ["127.0.0.1"]},
        "broken.example": {"A": ["127.0.0.1"]},
        "skip.example": {"MX": [(10, "first.skip.example"), (20, "second.skip.example")]},
        "first.skip.example": {"A": ["127.0.0.2"]},
        "second.skip.example": {"A": ["127.0.0.1"]},
    })
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": first.port,
                                  "max_messages_per_session": 7})
    write(server, "mxout.lua", MXOUT % {"second": second.port})
    write(server, "mx.test.toml", CASES % second.port)
    server.write_config()
    tested = server.run("test").output
    expect_in("4 cases, 1 failed", tested, "stagecoach test")
    expect_in("script error: mxout.lua:4: broken for  0", tested, "an error of the script")
    os.remove(os.path.join(server.folder, "scripts", "mx.test.toml"))
    server.start()

    for address in ("srs@plain.example", "bob@port.example", "bob@skip.example", "bob@broken.example",
                    "wrong@plain.example"):
        server.submit("fred", address)
    expect_equal(arrived(first, "srs@plain.example").sender, "srs=fred=example.com@example.com", "the return path")
    expect_equal(arrived(first, "wrong@plain.example").sender, "fred@example.com", "an address that is none")
    expect_equal(arrived(second, "bob@port.example").helo, "other.example.com", "the name in EHLO")
    arrived(first, "bob@skip.example")
    expect("first.skip.example" not in {name for name, _ in dns.questions}, "the server that is left out")
    arrived(first, "bob@broken.example")
    expect_in("broken for main 1", server.log(), "the error is logged")
    wait_until(lambda: "broken for main 1" in server.run("script", "errors").output, "the error log of scripts")


def by_relay(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred"])
    server.config.sections["schedule_options"] = {"send_immediately": False}
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.more = toml_table("[programs.smtp_client]",
                                    {"command": [sys.executable, stage.file("client.py", PROGRAM.encode())]})
    write(server, "relayout.lua", RELAYOUT)
    server.start()

    server.submit("fred", ["a@remote.example", "b@remote.example", "c@remote.example"], "Changed")
    server.command("connection", "run", "main")
    expect_equal([len(one.recipients) for one in sink.wait_for(1)], [2], "one message of a connection, two recipients")
    server.command("connection", "run", "main")
    expect_equal(sorted(len(one.recipients) for one in sink.wait_for(2)), [1, 2], "the rest")
    for one in sink.messages:
        expect_equal(one.sender, "relayed@example.com", "the return path")
        expect_in(b"X-Connection: smtp_client", one.data, "what the program has changed")

    write(server, "relayout.lua", "function ReturnPath() error('x') end\n")
    server.reload()
    server.submit("fred", ["fails@remote.example"], "Fails")
    server.submit("fred", ["plain@remote.example"], "Plain")
    server.command("connection", "run", "main")
    for address in ("fails@remote.example", "plain@remote.example"):
        one = arrived(sink, address)
        expect(b"X-Connection" not in one.data and one.sender == "fred@example.com", f"{address}: as it was")
    expect_in("smtp_client: ended with code 1", server.log(), "the program's failure")


def scenario(stage):
    by_mx(stage)
    by_relay(stage)
