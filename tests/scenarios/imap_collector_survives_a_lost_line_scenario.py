"""The line to a real Dovecot breaks after so many bytes of the server, or of the client, in visits that delete and in
visits that move: every message arrives exactly once, and none stays behind (COL-5 COL-17 COL-18)."""

import imaplib

from harness.cutting_proxy import CuttingProxy
from harness.dovecot import Dovecot
from harness.messages import message
from harness.waiting import expect, expect_equal

STEPS = 24


def scenario(stage):
    dovecot = Dovecot(stage, {"fred": "remote-fred"})
    proxy = stage.keep_until_the_end(CuttingProxy(dovecot.imap_port))
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({"name": "isp", "connections": ["main"], "kind": "imap", "host": "127.0.0.1",
                                     "port": proxy.port, "username": "fred", "password": "remote-fred",
                                     "folders": ["INBOX", "Second"], "method": "single_user", "target_user": "fred"})
    server.start()
    expected = []

    def remote():
        imap = imaplib.IMAP4("127.0.0.1", dovecot.imap_port)
        imap.login("fred", "remote-fred")
        return imap

    def put(*subjects):
        imap = remote()
        for number, subject in enumerate(subjects):
            folder = "Second" if number == 1 else "INBOX"
            expect_equal(imap.append(folder, None, None, message(subject, body="line\r\n" * 100))[0], "OK", "APPEND")
        imap.logout()
        expected.extend(subjects)

    def left():
        imap = remote()
        counts = [int(imap.select(folder, readonly=True)[1][0]) for folder in ("INBOX", "Second")]
        imap.logout()
        return sum(counts)

    def run(cut=None):
        proxy.cut = cut
        return "\n".join(server.command("connection", "run", "main"))

    imap = remote()
    imap.create("Second")
    imap.logout()
    for moves in (False, True):
        if moves:
            server.config.collectors[0]["move_to"] = "Done"
            server.reload()
        put(f"whole {moves} a", f"whole {moves} b")
        expect("fetched 2, deleted 2" in run(), "a visit without a fault")
        for side, total in dict(proxy.passed).items():
            for step in range(STEPS):
                at = 1 + step * (total - 1) // STEPS
                put(*(f"{moves} {side} {at} {one}" for one in "ab"))
                broken = run((side, at))
                expect("failed" in broken or "reset" in broken or "closed" in broken or "fetched 2" in broken,
                       f"{side} {at} of {total}: {broken}")
                whole = run()
                expect("Connection successful" in whole, f"after {side} {at} of {total}: {whole}")
                server.expect_subjects("fred", expected)
                expect_equal(left(), 0, f"{side} {at} of {total}: what is left on the server")
