"""A distribution list and a mailing list of 20,000 members each: the poster has his 250 soon, memory stays bounded, and
each member gets one copy, also when the server is killed in the middle of the mailing list (LST-049)."""

import collections
import re
import time

from harness.configuration import toml_table
from harness.waiting import expect, expect_equal, wait_for_value, wait_until

LOCAL = ["fred", "kate", "bob", "ann", "joe"]
REMOTE = [f"reader{number:05}@remote.example" for number in range(20_000 - len(LOCAL))]
REPLY_S_MAX = 30
PEAK_MB_MAX = 400
BATCH = 500  # members that a mailing list takes at a time


def post(server, name, subject):
    begin = time.monotonic()
    server.submit("fred", f"{name}@example.com", subject)
    took = time.monotonic() - begin
    expect(took < REPLY_S_MAX, f"the 250 for the list {name} took {took:.1f} s")


def queued_messages(server):
    return server.command("status")["counters"]["queue_messages"]


def waiting(server, subject):
    """How often each address waits in the queue with a message of this subject."""
    return collections.Counter(entry["to"] for entry in server.queue() if entry["subject"] == subject)


def expect_each_once(server, subject):
    """At each remote member, and at each local one."""
    found = waiting(server, subject)
    several = [address for address, count in found.items() if count > 1]
    missing = [address for address in REMOTE if address not in found]
    expect(not several and not missing and len(found) == len(REMOTE),
           f"{subject}: {len(found)} addresses, {len(several)} several times {several[:5]}, "
           f"{len(missing)} missing {missing[:5]}")
    for user in LOCAL:
        expect_equal(server.subjects(user).count(subject), 1, f"copies of {subject!r} of {user}")


def expect_bounded_memory(server):
    if not server.is_sanitised():
        peak = server.memory_peak_kb() // 1024
        expect(peak < PEAK_MB_MAX, f"memory peak {peak} MB")


def scenario(stage):
    server = stage.new_server(users=LOCAL)
    for name, kind in (("all", "distribution"), ("letters", "mailing")):
        server.config.more += toml_table("[[list]]", {"name": name, "type": kind, "members": LOCAL + REMOTE})
    server.start()  # without a connection: what goes outside waits

    post(server, "all", "To all")
    expect_each_once(server, "To all")

    steps = len(REMOTE) // BATCH
    post(server, "letters", "A letter")
    wait_until(lambda: queued_messages(server) > steps // 8, "the list has begun", 30)
    expect_bounded_memory(server)
    server.kill()
    server.start()
    stored, = wait_until(lambda: re.findall(r"(\d+) messages wait from before", server.log()), "the queue is loaded")
    expect(1 < int(stored) <= steps, f"killed with {stored} of {steps} steps done: the scenario shows nothing")
    wait_for_value(lambda: sum(waiting(server, "A letter").values()), len(REMOTE), "members in the queue", 60, 0.5)
    expect_each_once(server, "A letter")
    expect_bounded_memory(server)
