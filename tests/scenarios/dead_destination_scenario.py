"""Ten thousand messages wait for two dead destinations, one that refuses connections and one that accepts them and says
nothing: mail for a living one goes out as fast as before (SND-16 SND-18)."""

import contextlib
import socket
import threading
import time

from harness.configuration import password_of
from harness.messages import message
from harness.scripted_smtp import SILENCE, ScriptedSmtp
from harness.waiting import expect, expect_equal, free_ports, wait_until

DEAD, LIVING, CLIENTS = 10_000, 300, 4


def submit_fast(server, addresses):
    """The commands for the next message go out with the content of the one before."""
    with contextlib.closing(server.smtp("submission")) as session:
        session.login("fred", password_of("fred"))
        session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = session.sock.makefile("rwb")

        def answers(count):
            for _ in range(count):
                line = stream.readline()
                expect(line[:1] in (b"2", b"3") and line[3:4] == b" ", f"refused: {line}")

        content = b""
        for address in addresses:
            stream.write(content + f"MAIL FROM:<fred@example.com>\r\nRCPT TO:<{address}>\r\nDATA\r\n".encode())
            stream.flush()
            answers(4 if content else 3)
            content = message("To " + address, "fred@example.com", address) + b".\r\n"
        stream.write(content)
        stream.flush()
        answers(1)


def seconds_for_the_living(server, sink, begin):
    """From the first submission until the last message has arrived."""
    before, start = len(sink.kept), time.monotonic()
    submit_fast(server, [f"user{begin + number}@living.example" for number in range(LIVING)])
    wait_until(lambda: len(sink.kept) >= before + LIVING, f"{LIVING} messages for the living destination", 30)
    return time.monotonic() - start


def scenario(stage):
    sink = stage.keep_until_the_end(ScriptedSmtp())
    silent = stage.keep_until_the_end(ScriptedSmtp({"greeting": SILENCE}))
    closed, = free_ports(1)
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({
        "connection": "main", "kind": "direct", "dns_overrides": [
            f"living.example 127.0.0.1:{sink.port}", f"closed.example 127.0.0.1:{closed}",
            f"silent.example 127.0.0.1:{silent.port}"]})
    server.start()
    alone = seconds_for_the_living(server, sink, 0)

    dead = [f"user{number}@{'closed' if number % 2 else 'silent'}.example" for number in range(DEAD)]
    clients = [threading.Thread(target=submit_fast, args=(server, dead[client::CLIENTS])) for client in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    beside = [seconds_for_the_living(server, sink, (turn + 1) * LIVING) for turn in range(3)]
    expect(min(beside) < alone * 2 + 1, f"{alone:.2f} s alone, {beside} s beside the dead destinations")

    queue = server.queue()
    expect_equal(len(queue), DEAD, "what waits")
    expect(not any("living" in entry["to"] for entry in queue), "mail for the living destination waits")
    expect(silent.sessions <= 10, f"{silent.sessions} sessions with a server that says nothing")
    tries = server.log().count(f"connecting to 127.0.0.1:{closed} ")
    expect(0 < tries <= 10, f"{tries} connections to a closed port")
