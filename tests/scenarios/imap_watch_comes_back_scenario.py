"""The connection that waits for new mail breaks, and for a time no new one can be made: it is made again by itself, and
brings what came in the meantime, once. A visit that fails is tried again. There is no schedule (COL-5)."""

import imaplib

from harness.cutting_proxy import CuttingProxy
from harness.dovecot import Dovecot
from harness.messages import message
from harness.waiting import expect, expect_equal


def scenario(stage):
    dovecot = Dovecot(stage, {"fred": "remote-fred"})
    proxy = stage.keep_until_the_end(CuttingProxy(dovecot.imap_port))
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "never"})
    server.config.collectors.append({"name": "isp", "connections": ["never"], "kind": "imap", "host": "127.0.0.1",
                                     "port": proxy.port, "username": "fred", "password": "remote-fred", "idle": True,
                                     "leave_days": 5, "method": "single_user", "target_user": "fred"})

    def put(subject):
        imap = imaplib.IMAP4("127.0.0.1", dovecot.imap_port)
        imap.login("fred", "remote-fred")
        expect_equal(imap.append("INBOX", None, None, message(subject))[0], "OK", "APPEND")
        imap.logout()

    put("Before the start")
    server.start()
    server.wait_for_message("fred", "Before the start")

    server.wait_for_log("isp: waits for new mail")
    watches = server.log().count("waits for new mail")
    proxy.refuses = True
    proxy.drop()
    put("While the line was down")
    server.wait_for_log("watching has failed, the next attempt is in 10 s", timeout=20)
    expect("While the line was down" not in server.subjects("fred"), "nothing comes without a line")
    proxy.refuses = False
    server.wait_for_message("fred", "While the line was down", timeout=30)
    expect(server.log().count("waits for new mail") > watches, "a new connection waits")

    put("Afterwards")
    server.wait_for_message("fred", "Afterwards", timeout=10)
    server.expect_subjects("fred", ["Before the start", "While the line was down", "Afterwards"])
    expect("remote-fred" not in server.log(), "the password is in the log")

