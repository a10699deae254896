"""kill -9 of the server while eight clients deliver, three times: what got its 250 is there once afterwards."""

from harness.deliveries import Deliveries
from harness.waiting import expect

USERS = ["fred", "kate", "bob"]


def scenario(stage):
    server = stage.server(users=USERS)
    deliveries = Deliveries(server, 8, [user + "@example.com" for user in USERS])
    try:
        for count in (150, 300, 450):
            deliveries.wait_for(count)
            server.kill()
            server.start()
        deliveries.wait_for(len(deliveries.accepted) + 100)
    finally:
        deliveries.stop()
    expect(deliveries.unsure, "no delivery was interrupted: the scenario shows nothing")
    deliveries.expect_exactly_once(USERS)
