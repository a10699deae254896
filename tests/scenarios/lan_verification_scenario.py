"""Recipients of rules with wildcards are asked for at their server while the sender waits: by RCPT TO or by Minger; what
a server said is remembered for the time when it is down
(LAN-17 LAN-18 LAN-19 LAN-20 LAN-21)."""

import base64
import hashlib
import socket
import threading
import time

from harness.waiting import expect, expect_equal, expect_in, free_ports

MINGER_HOST, MINGER_PORT, SECRET = "127.0.0.77", 4069, "a shared secret 1234"

RULES = """
[[lan_forward]]
addresses = ["named@call.example", "*@call.example"]
server = "127.0.0.1:{call}"

[[lan_forward]]
addresses = ["*@minger.example"]
server = "{minger}:{mail}"

[[lan_forward]]
addresses = ["*@free.example"]
server = "127.0.0.2:{mail}"

[[lan_forward]]
addresses = ["*@silent.example"]
server = "127.0.0.3:{silent}"

[[lan_verification]]
server = "127.0.0.1"

[[lan_verification]]
server = "{minger}"
type = "minger"
secret = "{secret}"

[[lan_verification]]
server = "127.0.0.3"
"""


class MingerService:
    """Knows addresses that begin with "yes"."""

    def __init__(self):
        self.questions = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((MINGER_HOST, MINGER_PORT))
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                question, peer = self.socket.recvfrom(2000)
            except OSError:
                return
            address, _, tag = question.decode().partition(" ")
            self.questions.append(address)
            digest = base64.b64encode(hashlib.md5(f"{SECRET}:{address}".encode()).digest()).decode()
            status = 2 if tag != "d=" + digest else 5 if address.startswith("yes") else 3
            try:
                self.socket.sendto(f"{address} {status}".encode(), peer)
            except OSError:
                return

    def clean_up(self):
        self.socket.close()


def reply(server, address):
    with server.smtp() as smtp:
        smtp.mail("ann@remote.example")
        code, text = smtp.rcpt(address)
        return code


def timed(server, address):
    begin = time.monotonic()
    return reply(server, address), time.monotonic() - begin


def call_forward(server, call):
    call.replies["RCPT TO:<no"] = "550 5.1.1 No such user"
    call.replies["RCPT TO:<later"] = "451 4.2.1 Later"
    expect_equal([reply(server, name + "@call.example") for name in ("yes", "no", "later", "named")],
                 [250, 550, 250, 250], "replies to RCPT")
    asked = [line for line in call.commands if line.startswith(("MAIL", "RCPT", "DATA"))]
    expect_equal([line.split(" ")[0] + " " + line.split(":")[1].split(">")[0] for line in asked],
                 ["MAIL <", "RCPT <yes@call.example", "MAIL <", "RCPT <no@call.example", "MAIL <",
                  "RCPT <later@call.example"], "the questions; an address that is named needs none")
    expect_equal([reply(server, name + "@call.example") for name in ("yes", "no")], [250, 550], "remembered")
    again = [line for line in call.commands if line.startswith("RCPT")]
    expect_equal(len(again), 3, "questions; what is remembered is not asked for again")
    expect_equal(call.messages, [], "messages")


def same_question(server, silent_port):
    """Several ask for one address, of a server that takes its time: one question."""
    listener = socket.create_server(("127.0.0.3", silent_port))
    accepted = []

    def serve():
        while True:
            try:
                accepted.append(listener.accept()[0])
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    results = []
    threads = [threading.Thread(target=lambda: results.append(timed(server, "x@silent.example"))) for _ in range(5)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    begin = time.monotonic()
    expect_equal(reply(server, "fred@example.com"), 250, "others meanwhile")
    expect(time.monotonic() - begin < 1, "others wait meanwhile")
    for thread in threads:
        thread.join()
    expect_equal([code for code, _ in results], [250] * 5, "a server that says nothing")
    expect(all(8 < seconds < 13 for _, seconds in results), f"the waiting is bounded: {results}")
    expect_equal(len(accepted), 1, "connections")
    code, seconds = timed(server, "y@silent.example")
    expect(code == 250 and seconds < 2, f"the server is left alone for a while: {code} after {seconds} s")
    listener.close()


def scenario(stage):
    call = stage.sink()
    mail, silent = free_ports(2)
    try:
        minger = stage.keep_until_the_end(MingerService())
    except OSError as error:
        stage.skip(f"UDP port 4069 cannot be had: {error}")
    server = stage.server(more=RULES.format(call=call.port, mail=mail, silent=silent, minger=MINGER_HOST,
                                            secret=SECRET))
    expect_equal(reply(server, "anybody@free.example"), 250, "without a verification")
    call_forward(server, call)
    expect_equal([reply(server, name + "@minger.example") for name in ("yes", "no")], [250, 550], "by Minger")
    expect_equal(minger.questions, ["yes@minger.example", "no@minger.example"], "questions")
    same_question(server, silent)

    # Down: unknown stays unknown, everybody else is accepted.
    call.clean_up()
    minger.clean_up()
    expect_equal([reply(server, name + "@call.example") for name in ("no", "new", "yes")], [550, 250, 250],
                 "while the server is down")
    expect_equal([reply(server, name + "@minger.example") for name in ("no", "new")], [550, 250],
                 "while its Minger service is down")
    expect_in("the server does not answer", server.log(), "the log")
    expect_in("which is asked", server.run("explain", "route", "x@call.example").text(), "the explanation")
    expect(SECRET not in server.log(), "the log has the secret")
