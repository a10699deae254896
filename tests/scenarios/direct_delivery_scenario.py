"""Delivery to the MX hosts: in the order of preference, the domain itself without MX, null MX, unknown domains,
name servers that fail (SND-15 SND-16 SND-17)."""

from harness.waiting import expect, expect_equal, expect_in, free_ports, wait_for_value, wait_until


def scenario(stage):
    sink = stage.sink()
    dns = stage.dns({
        "remote.example": {"MX": [(20, "good.remote.example"), (10, "closed.remote.example")]},
        "good.remote.example": {"A": ["127.0.0.1"]},
        "closed.remote.example": {"A": ["127.0.0.2"]},
        "plain.example": {"A": ["127.0.0.1"]},
        "nomail.example": {"MX": [(0, "")], "A": ["127.0.0.1"]},
        "broken.example": "SERVFAIL",
        "lost.example": {"MX": [(10, "nowhere.lost.example")]},
    })
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": sink.port})
    server.start()

    server.submit("fred", ["bob@remote.example", "eve@remote.example", "joe@plain.example"], "Two domains")
    sink.wait_for(2)
    expect_equal(sorted(sorted(message.recipients) for message in sink.messages),
                 [["bob@remote.example", "eve@remote.example"], ["joe@plain.example"]], "one transaction a domain")
    expect("closed.remote.example" in {name for name, _ in dns.questions}, f"the first MX was tried: {dns.questions}")

    def reported(address):
        for raw in server.messages("fred"):
            if address.encode() in raw and b"multipart/report" in raw:
                return raw.decode()
        return None

    server.submit("fred", "x@nomail.example", "Null MX")
    expect_in("Status: 5.1.10", wait_until(lambda: reported("x@nomail.example"), "report about the null MX"), "status")
    server.submit("fred", "x@unknown.example", "NXDOMAIN")
    expect_in("Status: 5.1.2", wait_until(lambda: reported("x@unknown.example"), "report about NXDOMAIN"), "status")
    server.submit("fred", ["x@broken.example", "y@remote.example"], "SERVFAIL")
    sink.wait_for(3)
    wait_for_value(lambda: [(entry["to"], entry["attempts"]) for entry in server.queue()], [("x@broken.example", 1)],
                   "what waits", 20)
    expect_equal(reported("x@broken.example"), None, "no report while it may still succeed")

    dns.zone["broken.example"] = {"A": ["127.0.0.1"]}

    def retried():
        server.run("queue", "retry", "--match", "broken.example")  # not while an attempt is under way
        return len(sink.messages) == 4
    wait_until(retried, "delivered when the name servers answer again", 20, 0.5)
    expect_equal(sink.messages[3].recipients, ["x@broken.example"], "recipient")
