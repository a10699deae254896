"""kill -9 while hundreds of messages are on their way to a relay server, twice: each arrives, and only those twice
whose final dot had been sent when the server died, one a session at most (design.md, decision 2)."""

import collections
import contextlib

from harness.messages import message, parsed, subject_of
from harness.scripted_smtp import ScriptedSmtp, Slowly
from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until

COUNT = 300


def submit_all(server):
    with contextlib.closing(server.smtp("submission", "fred")) as session:
        for number in range(COUNT):
            raw = message(f"number-{number}", "fred@example.com", "bob@remote.example", "x" * 70 + "\r\n" * 20)
            session.sendmail("fred@example.com", ["bob@remote.example"], raw)


def scenario(stage):
    relay = stage.keep_until_the_end(ScriptedSmtp({"end": Slowly("250 2.0.0 kept", 0.007)}))  # 0.1 s
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{relay.port}"]})
    server.start()
    submit_all(server)
    expect(len(relay.kept) < COUNT // 2, f"{len(relay.kept)} were sent while they came: the scenario shows nothing")

    last_of_session = {}  # of a session that was killed: the subject that it had sent last
    for killed_at in (COUNT // 3, COUNT * 2 // 3):
        wait_until(lambda: len(relay.kept) >= killed_at, f"{killed_at} messages at the relay server", 30)
        server.kill()
        for kept in list(relay.kept):
            last_of_session[kept.session] = subject_of(kept.data)
        server.start()
    wait_for_value(server.queue, [], "the queue", 40)

    copies = collections.Counter(subject_of(kept.data) for kept in relay.kept)
    expect_equal(sorted(copies), sorted(f"number-{number}" for number in range(COUNT)), "what arrived")
    doubled = {subject for subject, count in copies.items() if count > 1}
    expect(doubled <= set(last_of_session.values()), f"twice, although not the last of their session: {doubled}")

    # The trace of each of them says that it may have been sent twice; not of what came after the last start.
    ids = {subject_of(kept.data): parsed(kept.data)["Message-ID"] for kept in relay.kept}
    for subject in doubled:
        entries = [entry for entry in server.command("trace", ids[subject]) if entry["event"] == "delivered"]
        expect(any(entry["detail"].get("maybe_repeated") for entry in entries), f"{subject} came twice: {entries}")
    for subject in sorted(doubled)[:1]:
        expect_in("maybe repeated", server.run("trace", ids[subject]).output, "the trace")
    server.restart()
    server.submit("fred", "eve@remote.example", "After a clean stop")
    wait_for_value(server.queue, [], "the queue", 20)
    after = server.run("trace", "eve@remote.example").output
    expect_in("250 2.0.0 kept", after, "the trace of a message after a clean stop")
    expect("maybe repeated" not in after, "after a clean stop the trace says that a message may be repeated")
