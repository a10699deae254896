"""Direct sending: MX hosts by ascending preference; nobody or only 4xx leaves the message in the queue, a 5xx fails
it at once with a report (REF-095 REF-096)."""

from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until


def scenario(stage):
    last = stage.sink()
    first, equal = stage.sink(host="127.0.0.2", port=last.port), stage.sink(host="127.0.0.3", port=last.port)
    sinks = (first, equal, last)
    dns = stage.dns({
        **{name: {"MX": [(30, "last.remote.example"), (10, "first.remote.example"), (20, "equal.remote.example")]}
           for name in ("one.example", "two.example", "later.example", "ever.example")},
        "even.example": {"MX": [(5, "first.remote.example"), (5, "equal.remote.example")]},
        "first.remote.example": {"A": ["127.0.0.2"]},
        "equal.remote.example": {"A": ["127.0.0.3"]},
        "last.remote.example": {"A": ["127.0.0.1"]},
        "silent.example": {"MX": [(10, "silent.remote.example")]},
        "silent.remote.example": {"A": ["127.0.0.9"]},
    })
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": last.port})
    server.start()

    def got():
        return [len(sink.messages) for sink in sinks]

    def tried():
        return [sink.sessions for sink in sinks]

    server.submit("fred", "bob@one.example", "All are there")
    wait_until(lambda: sum(got()) == 1, "delivered")
    expect_equal((got(), tried()), ([1, 0, 0], [1, 0, 0]), "only the most preferred host is asked")
    wait_for_value(server.queue, [], "the queue")

    first.replies["GREETING"] = "421 4.3.2 Closed"
    server.submit("fred", "bob@two.example", "The first is closed")
    wait_until(lambda: sum(got()) == 2, "delivered")
    expect_equal((got(), tried()), ([1, 1, 0], [2, 1, 0]), "then the next one, and not the last")
    first.replies.clear()
    wait_for_value(server.queue, [], "the queue")

    server.submit("fred", "eve@even.example", "Either")
    wait_until(lambda: sum(got()) == 3, "delivered")
    expect_equal((got()[2], sum(tried()[:2])), (0, 4), "one of the equal ones")
    wait_for_value(server.queue, [], "the queue")

    # Only 4xx, and nobody at all: it waits.
    for sink in sinks:
        sink.replies["GREETING"] = "421 4.3.2 Closed"
    server.submit("fred", ["bob@later.example", "ann@silent.example"], "Later")
    wait_until(lambda: sorted((entry["to"], entry["attempts"]) for entry in server.queue())
               == [("ann@silent.example", 1), ("bob@later.example", 1)], "both wait after one attempt", 30)
    expect_equal(server.messages("fred"), [], "reports while it may still succeed")

    # A 5xx: it fails at once.
    for sink in sinks:
        sink.replies.clear()
    first.replies["RCPT TO:"] = "550 5.1.1 Nobody of that name"
    before = tried()
    server.submit("fred", "joe@ever.example", "For ever")
    report = server.wait_for_message("fred", "").as_string()
    for part in ("joe@ever.example", "5.1.1", "Nobody of that name", "Action: failed"):
        expect_in(part, report, "the report")
    expect_equal(tried()[2], before[2], "no other host is asked after a 5xx")
    expect("joe@ever.example" not in [entry["to"] for entry in server.queue()], "it still waits")
