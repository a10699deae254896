"""SIGTERM: sessions are told, mail under way is kept or refused, the server ends with 0 and PostgreSQL with it."""

import imaplib
import threading
import time

from harness.deliveries import Deliveries
from harness.waiting import expect, expect_in

USERS = ["fred", "kate"]


def scenario(stage):
    server = stage.new_server(users=USERS)
    server.config.sections["server"]["shutdown_grace"] = "20s"
    server.start()
    idle = imaplib.IMAP4("127.0.0.1", server.port("imap"), timeout=10)
    idle.login("fred", "fred-secret")
    idle.select("INBOX")
    idle.send(b"x IDLE\r\n")
    idle.readline()
    smtp = server.smtp()
    deliveries = Deliveries(server, 4, [user + "@example.com" for user in USERS])
    deliveries.wait_for(50)
    stopper = threading.Thread(target=deliveries.stop)
    begin = time.monotonic()
    server.stop()
    took = time.monotonic() - begin
    stopper.start()
    lines = []
    while line := idle.readline():
        lines.append(line)
    expect_in(b"* BYE", lines[-1], "the last line of IDLE")
    expect_in("421", str(smtp.getreply()), "what the SMTP session is told")
    expect(took < 10, f"the stop took {took:.1f} s, although nobody needs shutdown_grace")
    stopper.join()
    server.start()
    deliveries.expect_exactly_once(USERS)
