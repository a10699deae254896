"""Outgoing mail goes to the relay server: plain, by STARTTLS, by implicit TLS, with a log-in
(SND-1 SND-3 SND-5 SND-6 SND-8 SND-9 SND-29 SND-33 LOC-3 CON-29 CON-30 WIK-056)."""

from harness.messages import message
from harness.waiting import expect, expect_equal, wait_for_value


def sender(server, sink, **settings):
    server.config.senders[0] = {"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{sink.port}"],
                                **settings}
    server.reload()


def scenario(stage):
    plain = stage.sink()
    server = stage.new_server(users=["fred", "kate"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{plain.port}"]})
    server.start()

    raw = message("Plain", "fred@example.com", "bob@remote.example", body="a\r\n.b\r\n..c\r\n")
    server.submit("fred", ["bob@remote.example", "kate@example.com", "eve@other.example"], raw=raw)
    received = plain.wait_for(1)[0]
    expect_equal(received.sender, "fred@example.com", "return path")
    expect_equal(sorted(received.recipients), ["bob@remote.example", "eve@other.example"], "recipients")
    expect(received.data.startswith(b"Received: ") and received.data.endswith(raw), f"content: {received.data!r}")
    expect_equal(received.helo, "mail.example.com", "EHLO name")
    expect(b"Return-Path:" not in received.data, "no Return-Path goes out")
    server.expect_subjects("kate", ["Plain"])

    starttls = stage.sink(tls=stage.tls())
    sender(server, starttls, encryption="starttls", ehlo_name="out.example.com")
    server.submit("fred", "bob@remote.example", "By STARTTLS")
    expect(starttls.wait_for(1)[0].tls, "the session is encrypted")
    expect_equal(starttls.messages[0].helo, "out.example.com", "EHLO name")

    server.config.senders[0]["servers"] = [f"127.0.0.1:{plain.port}"]
    server.reload()
    server.submit("fred", "bob@remote.example", "Only encrypted")
    wait_for_value(lambda: [entry["attempts"] for entry in server.queue()], [1], "attempts without TLS")
    expect_equal(len(plain.messages), 1, "nothing went out without TLS")
    server.command("queue", "delete", "--match", "bob@remote.example")

    implicit = stage.sink(tls=stage.tls(), implicit_tls=True, users={"office": "s3cret"},
                          mechanisms=("PLAIN", "LOGIN", "CRAM-MD5"))
    sender(server, implicit, encryption="ssl", username="office", password="s3cret")
    server.submit("fred", "bob@remote.example", "By TLS with a log-in")
    expect_equal(implicit.wait_for(1)[0].user, "office", "log-in")

    secret = stage.sink(users={"office": "s3cret"}, mechanisms=("PLAIN", "LOGIN", "CRAM-MD5"))
    sender(server, secret, encryption="none", username="office", password="s3cret")
    server.submit("fred", "bob@remote.example", "A log-in without TLS")
    expect_equal(secret.wait_for(1)[0].user, "office", "log-in")
    expect("AUTH CRAM-MD5" in secret.commands, f"the password is not shown: {secret.commands}")

    forced = stage.sink(tls=stage.tls(), users={"office": "s3cret"}, mechanisms=("PLAIN", "LOGIN", "CRAM-MD5"))
    sender(server, forced, encryption="starttls", auth_method="plain", username="office", password="s3cret")
    server.submit("fred", "bob@remote.example", "AUTH PLAIN behind STARTTLS")
    expect_equal(forced.wait_for(1)[0].user, "office", "log-in")
    verbs = [command.split(" ")[0] for command in forced.commands]
    expect(verbs.index("STARTTLS") < verbs.index("AUTH") and "AUTH PLAIN" in " ".join(forced.commands), f"{verbs}")

    wait_for_value(server.queue, [], "the queue is empty")
    events = [entry["event"] for entry in server.command("trace", "eve@other.example")]
    expect("accepted" in events and "delivered" in events, f"trace of a relayed message: {events}")
    expect("s3cret" not in server.log(), "the password is in the log")
