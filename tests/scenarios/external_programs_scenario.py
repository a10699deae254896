"""Other programs: outmail changes what comes by SMTP for others, external_router says whom collected mail is for. A program
that fails, hangs, writes without end or junk, or does not read, loses nothing, and somebody is told
(COL-102 LOC-12)."""

import sys
import time

from harness.configuration import toml_table
from harness.messages import message, parsed
from harness.waiting import expect, expect_equal, expect_in, wait_until

# What it does is the local part of the first recipient.
OUTMAIL = r"""
import json, os, sys, time
out = sys.stdout.buffer
act = os.environ["STAGECOACH_RECIPIENTS"].split("@")[0]
facts = json.loads(os.environ["STAGECOACH_FACTS"])
if act == "unread":
    out.write(b"Subject: Unread\n\nWritten without reading.\n")
    sys.exit(0)
if act == "endless":
    while True:
        out.write(b"X-Endless: yes\r\n" * 10000)
message = sys.stdin.buffer.read()
assert message.startswith(b"From: "), message[:100]
assert facts["size_bytes"] == len(message) and facts["program"] == "outmail", facts
if act == "slow":
    time.sleep(60)
elif act == "junk":
    out.write(b"what is this?\n")
elif act != "blank":
    out.write(b"X-Seen-By: %s\n" % facts["user"].encode() + message)
if act == "code":
    print("no licence", file=sys.stderr)
    out.flush()
    sys.exit(3)
"""

ROUTER = r"""
import json, os, sys
header = sys.stdin.read().split("\n\n")[0]
subject = [line[9:] for line in header.split("\n") if line.startswith("Subject: ")][0].strip()
answers = {"Kate": {"recipients": ["kate"]}, "Both": {"recipients": ["kate", "fred@example.com"]},
           "Nobody": {"discard": True}, "Unknown": {"recipients": ["who"]}, "Out": {"recipients": ["bob@remote.example"]}}
if subject in answers:
    print(json.dumps(answers[subject]))
if subject == "Fails":
    print(json.dumps(answers["Kate"]))
    sys.exit(1)
if subject == "Wrong":
    print("kate please")
"""


def scenario(stage):
    sink, mailbox = stage.sink(), stage.pop3_mailbox()
    server = stage.new_server(users=["fred", "kate", "carer"])
    config = server.config
    outmail = {"command": [sys.executable, stage.file("outmail.py", OUTMAIL.encode())], "timeout": "3s"}
    router = {"command": [sys.executable, stage.file("router.py", ROUTER.encode())]}
    config.connections.append({"name": "main"})
    config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    config.collectors.append({"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                              "username": "box", "password": "box-secret", "method": "single_user",
                              "target_user": "fred"})

    def configure(**more):
        config.more = (toml_table("[message_targets]", {"ExternalRouterError": "carer"}) +
                       toml_table("[programs.outmail]", {**outmail, **more}) +
                       toml_table("[programs.external_router]", router))
        if server.program:
            server.reload()

    configure()
    server.start()

    def sent(name, **more):
        """The message as it went out."""
        server.submit("fred", [f"{name}@remote.example"], name.title(), **more)

        def found():
            for one in sink.messages:
                if f"{name}@remote.example" in one.recipients:
                    return one.data
            return None
        return wait_until(found, f"the message to {name}")

    def told(text, times=1):
        wait_until(lambda: sum(text in raw.decode() for raw in server.messages("carer")) == times,
                   f"{times} messages about {text!r}")

    # ---- outmail ----
    changed = parsed(sent("change"))
    expect_equal((changed["X-Seen-By"], changed["Subject"]), ("fred", "Change"), "what it has changed")
    expect_equal(len(changed.get_all("Received")), 1, "our own field is still there, once")
    expect(b"X-Seen-By" not in sent("blank"), "no output: no change")
    expect_in(b"Written without reading.", sent("unread"), "a program that does not read")
    large = message("Large", "fred@example.com", "large@remote.example", body="Many words.\r\n" * 250_000)
    got = sent("large", raw=large)
    expect(b"X-Seen-By: fred\r\n" in got and got.count(b"Many words.") == 250_000, "a large message is changed, too")

    for name, error in (("code", "ended with code 3: no licence"), ("junk", "its output is no message"),
                        ("endless", "wrote too much and was stopped"), ("slow", "did not end in time")):
        begin = time.time()
        expect(b"X-Seen-By" not in sent(name), f"{name}: it goes out as it was")
        expect(time.time() - begin < 20, f"{name}: in time")
        told(error)
        expect_in(error, server.log(), "the log")
    sink.messages.clear()
    sent("junk")
    told("its output is no message")  # not again so soon

    server.submit("fred", ["kate@example.com"], "Internal")
    server.deliver(["kate@example.com"], "Incoming")
    expect(all(b"X-Seen-By" not in raw for raw in server.messages("kate")), "only mail for others elsewhere")
    configure(all_mail=True, ignore_return_code=True)
    server.submit("fred", ["kate@example.com"], "Internal, too")
    expect_in(b"X-Seen-By: fred", server.messages("kate")[-1], "all mail")
    sink.messages.clear()
    expect_in(b"X-Seen-By", sent("code"), "its exit code does not matter")
    server.submit("kate", ["kate@example.com", "large2@remote.example"], raw=message("Stays", body="Short.\r\n"))
    expect_in(b"X-Seen-By: kate", server.messages("kate")[-1], "to all recipients")

    # A command that does not exist is one more failure.
    outmail["command"] = ["/nowhere/at/all"]
    configure()
    expect_in(b"Subject: Missing", sent("missing"), "no program")
    told("/nowhere/at/all")
    outmail["command"] = []
    configure()

    # ---- external_router ----
    sink.messages.clear()
    before = len(server.messages("kate"))
    for subject in ("Kate", "Both", "Nobody", "Unknown", "Out", "Fails", "Wrong", "Plain"):
        mailbox.messages.append(message(subject, to="box@isp.example", body="Words.\r\n"))
    lines = server.command("connection", "run", "main")
    expect("Connection successful" in "\n".join(lines), f"results: {lines}")
    expect_equal(len(mailbox.messages), 0, "all of them are settled, also what it discards")
    new = [parsed(raw)["Subject"] for raw in server.messages("kate")[before:]]
    expect_equal(sorted(new), ["Both", "Kate"], "whom it chooses")
    wait_until(lambda: server.subjects("fred") == ["Both", "Fails", "Plain", "Unknown", "Wrong"],
               "Fred gets the rest: " + str(server.subjects("fred")))
    expect_equal(sink.wait_for(1)[0].recipients, ["bob@remote.example"], "somebody elsewhere")
    told("external_router: ended with code 1")
    told("its output is no JSON object")
