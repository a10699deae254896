"""A feed collector makes a server send to us by ETRN. A link that is made for the run stays up for the session that
comes, goes when that has ended, and goes without one when the time is over. Without ETRN nothing is tried, so the
fallback runs (CON-16 COL-1 COL-97 COL-98 REF-081 SMT-81)."""

import contextlib
import os
import smtplib
import threading
import time

from harness.messages import message
from harness.scripted_smtp import ScriptedSmtp
from harness.waiting import expect, expect_equal, expect_in, wait_until


class Feeding(ScriptedSmtp):
    """Delivers to us when it gets ETRN: begins `pause` seconds later and holds the session for `length`."""

    def __init__(self, script, **named):
        super().__init__({"ETRN": "250 OK queuing started", **script}, **named)
        self.feed_port, self.pause, self.length = 0, 0.0, 0.0
        self.ended_at = 0.0

    def requests(self):
        return sum(command.startswith("ETRN ") for command in self.commands)

    def deliver_at_next_request(self, subject):
        before = self.requests()

        def run():
            wait_until(lambda: self.requests() > before, "ETRN")
            time.sleep(self.pause)
            session = smtplib.SMTP("127.0.0.1", self.feed_port, "isp.example", timeout=30)
            session.sendmail("ann@remote.example", ["fred@example.com"],
                             message(subject, "ann@remote.example", "fred@example.com"))
            time.sleep(self.length)
            session.quit()
            self.ended_at = time.monotonic()
        threading.Thread(target=run, daemon=True).start()


def scenario(stage):
    isp = stage.keep_until_the_end(Feeding({}))
    server = stage.new_server(users=["fred"])
    isp.feed_port = server.port("mx")
    steps = os.path.join(server.folder, "steps")
    config = server.config
    config.connections += [
        {"name": "always"},
        {"name": "dial", "kind": "command", "up_command": ["sh", "-c", f"echo up >> '{steps}'"],
         "down_command": ["sh", "-c", f"echo down >> '{steps}'"]},
        {"name": "idle", "default": False, "fallback": "always"}]
    etrn = {"kind": "smtp_feed", "use_etrn": True, "etrn_server": f"127.0.0.1:{isp.port}",
            "etrn_parameters": "example.com", "log_data": True}
    config.collectors += [{"name": "asks", "connections": ["always"], **etrn},
                          {"name": "waits", "connections": ["dial"], **etrn, "wait_seconds": 12},
                          {"name": "only waits", "connections": ["idle"], "kind": "smtp_feed"}]
    server.start()

    def run(connection):
        begin = time.monotonic()
        said = "\n".join(server.command("connection", "run", connection))
        return said, time.monotonic() - begin

    # On a permanent connection it asks and leaves.
    said, seconds = run("always")
    expect_in("collector asks: Connection successful", said, "the result")
    expect(seconds < 5, f"nothing is waited for: {seconds:g} s")
    expect_equal([command.split(" ")[0] for command in isp.commands], ["EHLO", "ETRN", "QUIT"], "the commands")
    expect_equal(isp.commands[1], "ETRN example.com", "its parameters")
    expect_in("C: ETRN example.com", server.log(), "log_data")

    # An old server, and one that refuses.
    isp.script["EHLO"] = "500 what?"
    expect_in("Connection successful", run("always")[0], "HELO instead")
    del isp.script["EHLO"]
    isp.script["ETRN"] = "459 not for you"
    expect_in('Error from remote server on "ETRN example.com" -> 459 not for you (the server does not allow it',
              run("always")[0], "the refusal")
    isp.script["ETRN"] = "250 OK queuing started"

    # The link stays for a session that comes after two seconds and lasts three more, not for twelve.
    isp.pause, isp.length = 2, 3
    isp.deliver_at_next_request("Fed")
    said, seconds = run("dial")
    expect_in("an incoming session came and ended", said, "the result")
    expect(4.5 < seconds < 9, f"the link was up for {seconds:g} s, the session ended after 5")
    expect_equal(open(steps).read().split(), ["up", "down"], "the link")
    server.expect_subjects("fred", ["Fed"])

    # A session of a client program is none of another server; nobody else comes.
    config.collectors[1]["wait_seconds"] = 3
    server.reload()
    with contextlib.closing(server.smtp("submission", user="fred")):
        said, seconds = run("dial")
    expect_in("no incoming session came", said, "the result")
    expect(2.5 < seconds < 7, f"the link was up for {seconds:g} s of 3")

    # A session that goes on is waited for, however long it takes.
    isp.pause, isp.length = 1, 5
    isp.deliver_at_next_request("Longer than the limit")
    said, seconds = run("dial")
    expect_in("an incoming session came and ended", said, "the result")
    expect(5.5 < seconds < 11, f"the link was up for {seconds:g} s, the session ended after 6")
    wait_until(lambda: isp.ended_at, "the end of the session")
    server.expect_subjects("fred", ["Fed", "Longer than the limit"])

    # Without ETRN no connection is tried.
    said, _ = run("idle")
    expect_in("Nothing was asked for", said, "the collector that only waits")
    expect_in("no connection succeeded; trying always", said, "it counts as failed")
