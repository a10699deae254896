"""kill -9 of the server and of its PostgreSQL at once, as when the machine loses power: the server starts again by
itself, and what got its 250 is there once."""

import os
import signal

from harness.deliveries import Deliveries

USERS = ["fred", "kate", "bob"]


def scenario(stage):
    server = stage.server(users=USERS)
    deliveries = Deliveries(server, 8, [user + "@example.com" for user in USERS])
    try:
        for count in (150, 300):
            deliveries.wait_for(count)
            postmaster = server.postmaster()
            server.program.process.kill()
            os.kill(postmaster, signal.SIGKILL)
            server.kill()
            server.start()
        deliveries.wait_for(len(deliveries.accepted) + 100)
    finally:
        deliveries.stop()
    deliveries.expect_exactly_once(USERS)
