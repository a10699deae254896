"""kill -9 of PostgreSQL while eight clients deliver: senders may see 4xx, nothing is lost or doubled, and the server
goes on by itself."""

import os
import signal

from harness.deliveries import Deliveries
from harness.waiting import expect, wait_until

USERS = ["fred", "kate", "bob"]


def scenario(stage):
    server = stage.server(users=USERS)
    pid = server.pid
    deliveries = Deliveries(server, 8, [user + "@example.com" for user in USERS])
    try:
        for _ in range(2):
            deliveries.wait_for(len(deliveries.accepted) + 150)
            postmaster = server.postmaster()
            os.kill(postmaster, signal.SIGKILL)
            wait_until(lambda: server.postmaster() not in (0, postmaster), "a new PostgreSQL runs", 30)
            deliveries.wait_for(len(deliveries.accepted) + 100)
    finally:
        deliveries.stop()
    expect(server.program.running() and server.pid == pid, "the server lives on")
    deliveries.expect_exactly_once(USERS)
    server.restart()
    deliveries.expect_exactly_once(USERS)
