"""Each message is once in the history, whatever happens while the background task moves it: kill -9 of the server, and
messages that are committed after others that came later (LOC-20)."""

import os
import threading
import time

from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal, wait_for_value

MESSAGES = 60


def scenario(stage):
    server = stage.server(users=["fred"])
    socket = os.path.join(server.data_folder, "database", "socket")

    def psql(text):
        done = run_program([need("psql"), "-qtA", f"host={socket} user=stagecoach dbname=postgres", "-c", text])
        return expect_success(done).output.strip()

    accepted = []

    def deliver(first):
        for number in range(first, first + MESSAGES // 3):
            try:
                server.deliver("fred@example.com", f"Message {number}")
                accepted.append(f"Message {number}")
            except OSError:  # the server was killed
                pass
            time.sleep(0.1)

    for turn in range(3):
        writer = threading.Thread(target=deliver, args=(turn * MESSAGES // 3,))
        writer.start()
        if turn < 2:
            time.sleep(1.5)
            server.kill()
            writer.join()
            wait_for_value(server.postmaster, 0, "PostgreSQL follows its server", 20)
            server.start()
        else:
            writer.join()

    stored = psql("SELECT count(*) FROM trace WHERE event = 'accepted'")
    expect(int(stored) >= len(accepted) > MESSAGES // 3, f"{len(accepted)} accepted, {stored} stored")
    wait_for_value(lambda: psql("SELECT count(*) FROM history_messages"), stored, "rows of the history", 30)
    expect_equal(psql("SELECT count(DISTINCT message) FROM history_messages"), stored, "each message once")
    expect_equal(psql("SELECT count(*) FROM trace t JOIN history_messages h ON h.message = t.id AND h.at = t.at"),
                 stored, "the messages of the trace")

    # One whose transaction took a minute: it is found by the next look at the past, which each start makes.
    psql("INSERT INTO trace (id, at, event, reverse_path, recipients, size_bytes, detail) SELECT id + 1000000, "
         "at - 60000000, event, reverse_path, recipients, size_bytes, detail FROM trace WHERE event = 'accepted' "
         "ORDER BY at LIMIT 1")
    server.restart()
    wait_for_value(lambda: psql("SELECT count(*) FROM history_messages"), str(int(stored) + 1), "the late row", 20)
    time.sleep(6)
    expect_equal(psql("SELECT count(*) FROM history_messages"), str(int(stored) + 1), "nothing twice")
