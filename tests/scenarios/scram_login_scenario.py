"""SCRAM-SHA-256 (RFC 7677) in SMTP, POP3 and IMAP, with the server's own proof; unknown users look like all others."""

import base64
import hashlib
import hmac
import imaplib
import poplib

from harness.waiting import Failed, expect, expect_equal


class Scram:
    """The client's side of RFC 5802 without channel binding."""

    def __init__(self, user, password):
        self.user, self.password, self.step = user, password, 0
        self.bare = f"n={user},r=rOprNGfwEbeRWgbNEkqO"

    def answer(self, challenge):
        self.step += 1
        if self.step == 1:
            return ("n,," + self.bare).encode()
        if self.step == 2:
            first = challenge.decode()
            values = dict(one.split("=", 1) for one in first.split(","))
            salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), base64.b64decode(values["s"]),
                                         int(values["i"]))
            key = hmac.digest(salted, b"Client Key", "sha256")
            final = "c=biws,r=" + values["r"]
            message = f"{self.bare},{first},{final}".encode()
            signature = hmac.digest(hashlib.sha256(key).digest(), message, "sha256")
            proof = bytes(a ^ b for a, b in zip(key, signature))
            self.expected = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), message, "sha256")
            return f"{final},p={base64.b64encode(proof).decode()}".encode()
        expect_equal(challenge, b"v=" + base64.b64encode(self.expected), "the server's signature")
        return b""


def smtp_login(server, user, password):
    scram = Scram(user, password)
    with server.smtp("submission") as smtp:
        expect("SCRAM-SHA-256" in smtp.esmtp_features["auth"], smtp.esmtp_features["auth"])
        code, text = smtp.docmd("AUTH", "SCRAM-SHA-256 " + base64.b64encode(scram.answer(b"")).decode())
        while code == 334:
            code, text = smtp.docmd(base64.b64encode(scram.answer(base64.b64decode(text))).decode())
        return code


def scenario(stage):
    server = stage.server(users=["fred"])
    expect_equal(smtp_login(server, "fred", "fred-secret"), 235, "SMTP")
    expect_equal(smtp_login(server, "fred", "wrong"), 535, "SMTP, wrong password")
    expect_equal(smtp_login(server, "nobody", "wrong"), 535, "SMTP, unknown user")

    imap = imaplib.IMAP4("127.0.0.1", server.port("imap"))
    scram = Scram("fred", "fred-secret")
    imap.authenticate("SCRAM-SHA-256", scram.answer)
    expect(scram.step >= 3, "the IMAP server has proved that it knows the password")
    imap.logout()
    try:
        imaplib.IMAP4("127.0.0.1", server.port("imap")).authenticate("SCRAM-SHA-256", Scram("fred", "no").answer)
        raise Failed("IMAP took a wrong password")
    except imaplib.IMAP4.error:
        pass

    pop3, scram = poplib.POP3("127.0.0.1", server.port("pop3")), Scram("fred", "fred-secret")
    reply = pop3._shortcmd("AUTH SCRAM-SHA-256 " + base64.b64encode(scram.answer(b"")).decode())
    while reply.startswith(b"+ "):
        reply = pop3._shortcmd(base64.b64encode(scram.answer(base64.b64decode(reply[2:]))).decode())
    expect(reply.startswith(b"+OK"), f"POP3: {reply}")
    expect_equal(pop3.stat(), (0, 0), "STAT")
    pop3.quit()
