"""The four kinds of encryption of a relay, against servers with STARTTLS, without it, and with TLS from the first byte:
what is sent, and how (SND-7 REF-088)."""

from harness.waiting import expect, expect_equal, wait_for_value, wait_until

# encryption, whether it is sent to: a server with STARTTLS, a plain one, one with implicit TLS; None: it is not
SENT = [("none", "plain", "plain", None),
        ("starttls_if_available", "encrypted", "plain", None),
        ("starttls", "encrypted", None, None),
        ("ssl", None, None, "encrypted")]


def scenario(stage):
    sinks = [stage.sink(tls=stage.tls()), stage.sink(), stage.sink(tls=stage.tls(), implicit_tls=True)]
    server = stage.new_server(users=["fred"])
    server.config.sections["sender_timeouts"] = {"banner": 2, "starttls": 2}
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sinks[0].port}"]})
    server.start()
    for encryption, *expected in SENT:
        for sink, how in zip(sinks, expected):
            before = len(sink.messages)
            server.config.senders[0] = {"connection": "main", "servers": [f"127.0.0.1:{sink.port}"],
                                        "encryption": encryption}
            server.reload()
            server.submit("fred", "bob@remote.example", f"With {encryption}")
            what = f"{encryption}, server {sinks.index(sink)}"
            if how:
                expect_equal(sink.wait_for(before + 1)[-1].tls, how == "encrypted", f"{what}: encrypted")
                wait_for_value(server.queue, [], f"{what}: the queue")
            else:
                wait_until(lambda: [entry["attempts"] for entry in server.queue()] == [1], f"{what}: deferred", 20)
                expect_equal(len(sink.messages), before, f"{what}: nothing is sent")
                server.command("queue", "delete", "--match", "bob@remote.example")
    for command in ("MAIL", "DATA"):
        expect(command in " ".join(sinks[1].commands), f"the plain server saw {command}")
