"""Mail for a domain with letters beyond ASCII: DNS is asked for its "xn--" form, the recipient stays as it is; a server
without SMTPUTF8 is an answer (SND-15)."""

import contextlib

from harness.messages import message
from harness.waiting import expect_equal, expect_in, wait_for_value

EXTENSIONS = ["PIPELINING", "8BITMIME", "SMTPUTF8"]


def submit(server, address):
    with contextlib.closing(server.smtp("submission", "fred")) as session:
        session.mail("fred@example.com", ["SMTPUTF8"])
        session.send(f"RCPT TO:<{address}>\r\n".encode())
        expect_equal(session.getreply()[0], 250, f"RCPT TO:<{address}>")
        expect_equal(session.data(message("Hello", "fred@example.com", "x@remote.example"))[0], 250, "DATA")


def scenario(stage):
    sink = stage.sink(extensions=EXTENSIONS)
    old = stage.sink(host="127.0.0.2", port=sink.port)
    dns = stage.dns({
        "xn--bcher-kva.example": {"MX": [(10, "mx.remote.example")]},
        "mx.remote.example": {"A": ["127.0.0.1"]},
        "xn--strae-oqa.example": {"A": ["127.0.0.2"]},
    })
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": sink.port})
    server.start()

    submit(server, "bob@b\u00fccher.example")
    received = sink.wait_for(1)[0]
    expect_equal((received.recipients, "SMTPUTF8" in received.sender_parameters), (["bob@b\u00fccher.example"], True),
                 "the recipient")
    wait_for_value(server.queue, [], "the queue")

    submit(server, "bob@stra\u00dfe.example")
    expect_in("5.6.7", server.wait_for_message("fred", "Undelivered").as_string(), "a server without SMTPUTF8")
    expect_equal((len(sink.messages), old.messages), (1, []), "what went out")
