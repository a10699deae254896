"""A direct sender has as many messages under way at once as `threads` says, ten by default, whether they are for one
server or for many; all the others get their turn (SND-18)."""

import threading
import time

from harness.waiting import expect, expect_equal, wait_until

DOMAINS = 24


class Gate:
    """Keeps the end of each message waiting until it is opened, and knows how many were under way at once."""

    def __init__(self, sink):
        self.open, self.inside, self.most = threading.Event(), 0, 0
        self._lock, self._keep = threading.Lock(), sink.keep
        sink.keep = self.keep

    def keep(self, one):
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.open.wait(30)
        time.sleep(0.02)
        with self._lock:
            self.inside -= 1
        self._keep(one)


def in_parallel(server, sink, gate, addresses):
    """The number of messages that are under way at once, before one has been taken and afterwards."""
    before, gate.most = len(sink.messages), 0
    gate.open.clear()
    for address in addresses:
        server.submit("fred", address)
    wait_until(lambda: gate.inside > 0, "the first message is under way", 20)
    last = -1
    while last != gate.inside:
        last = gate.inside
        time.sleep(1)
    gate.open.set()
    sink.wait_for(before + len(addresses), 60)
    return last, gate.most


def scenario(stage):
    sink = stage.sink()
    gate = Gate(sink)
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    sender = {"connection": "main", "kind": "direct", "dns_overrides": [f"* 127.0.0.1:{sink.port}"]}
    server.config.senders.append(sender)
    server.start()
    many = [f"bob@domain{number}.example" for number in range(DOMAINS)]
    one = [f"bob{number}@one.example" for number in range(DOMAINS)]
    for threads, expected in ((None, 10), (3, 3), (1, 1)):
        if threads:
            sender["threads"] = threads
            server.reload()
        at_first, most = in_parallel(server, sink, gate, many)
        expect_equal(at_first, expected, f"messages at once to many domains, threads {threads}")
        expect(most <= expected, f"{most} at once with threads {threads}, while the line moved on")
    sender.update({"threads": 4, "connections_per_destination": 20})
    server.reload()
    expect_equal(in_parallel(server, sink, gate, one)[0], 4, "messages at once to one domain")
    wait_until(lambda: not server.queue(), "nothing waits at the end", 10)
