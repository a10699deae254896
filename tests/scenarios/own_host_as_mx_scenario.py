"""This server among the MX hosts of a domain: it sends only to those that are preferred to it, so that mail does not go
round; when it is the first one, the message is returned (RFC 5321 section 5.1; SND-15)."""

from harness.waiting import expect_equal, expect_in, wait_until


def scenario(stage):
    own = stage.sink()
    better, worse = (stage.sink(host=f"127.0.0.{number}", port=own.port) for number in (2, 3))
    dns = stage.dns({
        "backup.example": {"MX": [(30, "worse.example"), (10, "better.example"), (20, "Mail.Example.com")]},
        "first.example": {"MX": [(10, "mail.example.com"), (20, "worse.example")]},
        "mail.example.com": {"A": ["127.0.0.1"]},
        "better.example": {"A": ["127.0.0.2"]},
        "worse.example": {"A": ["127.0.0.3"]},
    })
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": own.port})
    server.start()

    server.submit("fred", "bob@backup.example")
    better.wait_for(1)
    wait_until(lambda: better.commands[-1] == "QUIT", "the end of the session")
    better.replies["GREETING"] = "421 4.3.2 Closed"
    server.submit("fred", "eve@backup.example")
    wait_until(lambda: [entry["attempts"] for entry in server.queue()] == [1], "it waits for the preferred one")

    server.submit("fred", "joe@first.example")
    report = server.wait_for_message("fred", "Undelivered").as_string()
    for part in ("joe@first.example", "5.4.6", "would come back to this server"):
        expect_in(part, report, "the report")
    expect_equal((own.sessions, worse.sessions), (0, 0), "sessions with this server and the less preferred one")
