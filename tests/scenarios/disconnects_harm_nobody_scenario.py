"""Clients that vanish at any byte, and TLS garbage: nothing half-written is visible, and the server carries on."""

import os
import random
import socket
import struct

from harness.dialog import dot_stuffed
from harness.messages import message
from harness.waiting import expect_equal, wait_for_value

GARBAGE = (os.urandom(300), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(400), b"\0" * 5000,
           b"\x80" * 200, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\xff\xf4\xff\xfd\x06", b"A" * 200_000)


def talk(port, data, reset):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        if reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        try:
            client.sendall(data)
            client.settimeout(0.01)
            client.recv(4096)
        except OSError:
            pass


def scenario(stage):
    server = stage.server(users=["fred"], services=("mx", "submissions", "pop3", "pop3s", "imap", "imaps"))
    server.deliver("fred@example.com", "Before")
    smtp = (b"EHLO a\r\nMAIL FROM:<ann@remote.example>\r\nRCPT TO:<fred@example.com>\r\nDATA\r\n" +
            dot_stuffed(message("Torn", body="line\r\n" * 50)))
    pop3 = b"USER fred\r\nPASS fred-secret\r\nUIDL\r\nRETR 1\r\nDELE 1\r\nNOOP\r\n"
    imap = (b"a LOGIN fred fred-secret\r\nb SELECT INBOX\r\nc STORE 1 +FLAGS (\\Flagged)\r\n"
            b"d APPEND INBOX {400}\r\n" + b"x" * 300)
    randomly = random.Random(5)
    end_of_data = smtp.index(b"\r\n.\r\n") + 5
    for script, service in ((smtp, "mx"), (pop3, "pop3"), (imap, "imap")):
        for _ in range(60):
            cut = randomly.randrange(min(len(script), end_of_data - 1) if service == "mx" else len(script))
            talk(server.port(service), script[:cut], randomly.random() < 0.5)
    for service in server.ports:
        for garbage in GARBAGE:
            talk(server.port(service), garbage, False)
    for service, hello in (("mx", b"EHLO a\r\nSTARTTLS\r\n"), ("pop3", b"STLS\r\n"), ("imap", b"a STARTTLS\r\n")):
        for garbage in GARBAGE:
            with socket.create_connection(("127.0.0.1", server.port(service)), timeout=5) as client:
                client.sendall(hello)
                client.settimeout(0.05)
                try:
                    while client.recv(4096):
                        pass
                except OSError:
                    pass
                try:
                    client.sendall(garbage)
                    client.recv(4096)
                except OSError:
                    pass
    server.deliver("fred@example.com", "After")
    server.expect_subjects("fred", ["After", "Before"])
    with server.imap("fred", "imaps", "implicit") as session:
        expect_equal(session.select("INBOX")[0], "OK", "IMAP over TLS afterwards")
    with server.pop3("fred", "pop3s", "implicit") as session:
        expect_equal(session.stat()[0], 2, "POP3 over TLS afterwards")

    def open_sessions():
        counters = server.command("status")["counters"]
        return {name: counters.get(name, 0) for name in ("smtp_sessions", "pop3_sessions", "imap_sessions")}

    wait_for_value(open_sessions, dict.fromkeys(("smtp_sessions", "pop3_sessions", "imap_sessions"), 0),
                   "sessions that are still open")
