"""IDLE tells of new mail, of flags and of deletions by another session at once (IMA-02 IMA-03 IMA-06 REF-083)."""

import re
import socket
import time

from harness.configuration import password_of
from harness.messages import message
from harness.waiting import Failed, expect, expect_equal


class Idler:
    """A session that waits in IDLE."""

    def __init__(self, server, user):
        self.socket = socket.create_connection(("127.0.0.1", server.port("imap")), timeout=10)
        self.file = self.socket.makefile("rb")
        self.file.readline()
        self.capabilities = self.ask("a CAPABILITY", "a ")
        self.ask(f"b LOGIN {user} {password_of(user)}", "b ")
        self.ask("c SELECT INBOX", "c ")
        self.socket.sendall(b"d IDLE\r\n")
        expect(self.file.readline().startswith(b"+"), "the continuation of IDLE")

    def ask(self, command, end):
        self.socket.sendall(command.encode() + b"\r\n")
        lines = []
        while not lines or not lines[-1].startswith(end):
            line = self.file.readline()
            expect(line, f"the connection ended after {command!r}")
            lines.append(line.decode().rstrip())
        return lines

    def wait_for(self, pattern, seconds=2):
        lines, begin = [], time.monotonic()
        self.socket.settimeout(seconds)
        try:
            while not lines or not re.search(pattern, lines[-1]):
                lines.append(self.file.readline().decode().rstrip())
        except TimeoutError:
            raise Failed(f"IDLE did not say {pattern!r} within {seconds} s, but {lines}") from None
        return time.monotonic() - begin

    def finish(self):
        self.socket.settimeout(10)
        self.socket.sendall(b"DONE\r\n")
        while not (line := self.file.readline()).startswith(b"d "):
            expect(line, "the connection ended after DONE")
        expect(line.startswith(b"d OK"), f"DONE: {line}")
        self.socket.close()


def scenario(stage):
    server = stage.server(users=["fred"])
    server.deliver("fred@example.com", "Before")
    first, second = Idler(server, "fred"), Idler(server, "fred")
    expect(any(" IDLE" in line for line in first.capabilities), f"IDLE is offered: {first.capabilities}")

    server.deliver("fred@example.com", "New")
    for idler in (first, second):
        idler.wait_for(r"^\* 2 EXISTS$")
    with server.imap("fred") as imap:
        imap.select("INBOX")
        imap.store("1", "+FLAGS", "(\\Flagged)")
        for idler in (first, second):
            idler.wait_for(r"^\* 1 FETCH \(.*FLAGS \(.*\\Flagged")
        imap.append("INBOX", None, None, message("Appended"))
        for idler in (first, second):
            idler.wait_for(r"^\* 3 EXISTS$")
        imap.store("1", "+FLAGS", "(\\Deleted)")
        imap.expunge()
        for idler in (first, second):
            idler.wait_for(r"^\* 1 EXPUNGE$")
        expect_equal(imap.noop()[0], "OK", "NOOP")
    with server.pop3("fred") as pop3:
        pop3.dele(1)
    for idler in (first, second):
        idler.wait_for(r"^\* 1 EXPUNGE$")
    for idler in (first, second):
        idler.finish()

    server.config.services["imap"]["idle"] = False
    server.reload()
    with server.imap("fred") as imap:
        expect("IDLE" not in imap.capabilities, f"IDLE is switched off: {imap.capabilities}")
