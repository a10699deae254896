"""APOP is off unless the service switches it on; then it works for users whose password can be read."""

import poplib

from harness.configuration import password_of
from harness.messages import message
from harness.waiting import Failed, expect, expect_equal


def log_in(server, user, password):
    pop3 = poplib.POP3("127.0.0.1", server.port("pop3"), timeout=10)
    try:
        pop3.apop(user, password)
        return len(pop3.list()[1])
    finally:
        pop3.close()


def refused(server, user, password):
    try:
        log_in(server, user, password)
    except poplib.error_proto as error:
        return str(error)
    raise Failed(f"APOP of {user} was accepted")


def scenario(stage):
    server = stage.server(users=["fred"])
    server.deliver("fred@example.com", "One")
    expect("not supported" in refused(server, "fred", password_of("fred")), "without apop = true there is no timestamp")

    server.config.services["pop3"]["apop"] = True
    server.reload()
    server.command("user", "add", "kate", "--password-stdin", input="kate-secret\n")
    expect_equal(log_in(server, "fred", password_of("fred")), 1, "messages of fred")
    expect("[AUTH]" in refused(server, "fred", "wrong"), "a wrong password")
    expect("[AUTH]" in refused(server, "kate", "kate-secret"), "only a hash of kate's password is kept")
    with server.pop3("kate", password="kate-secret") as pop3:
        expect_equal(pop3.stat()[0], 0, "USER and PASS still work for kate")
    server.deliver("kate@example.com", raw=message("Two"))
