"""PostgreSQL stands still for ten seconds: clients wait or get a 4xx, nothing is lost or doubled, and it goes on."""

import os
import signal
import time

from harness.deliveries import Deliveries
from harness.waiting import expect

USERS = ["fred", "kate"]


def processes_of(postmaster):
    found = [postmaster]
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8") as file:
                if name.isdigit() and int(file.read().rpartition(")")[2].split()[1]) == postmaster:
                    found.append(int(name))
        except OSError:
            pass
    return found


def scenario(stage):
    server = stage.server(users=USERS)
    deliveries = Deliveries(server, 6, [user + "@example.com" for user in USERS])
    stopped = []
    try:
        deliveries.wait_for(100)
        stopped = processes_of(server.postmaster())
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(10)
        with server.smtp() as smtp:  # the server itself still answers
            expect(smtp.noop()[0] == 250, "NOOP while the database stands still")
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    try:
        deliveries.wait_for(len(deliveries.accepted) + 100, 30)
    finally:
        deliveries.stop()
    deliveries.expect_exactly_once(USERS)
