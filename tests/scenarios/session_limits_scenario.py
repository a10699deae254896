"""More sessions than allowed are told so and end; the others go on (SMT-28 IMA-10 WIK-064)."""

import imaplib
import smtplib
import socket

from harness.configuration import password_of
from harness.waiting import Failed, expect, expect_equal, wait_until


def greeting(server, service):
    with socket.create_connection(("127.0.0.1", server.port(service)), timeout=5) as client:
        return client.recv(1000).decode()


def scenario(stage):
    server = stage.new_server(users=["fred"])
    server.config.services["mx"]["max_connections"] = 2
    server.config.services["pop3"]["max_connections_per_address"] = 1
    server.config.services["imap"]["max_logins_per_user"] = 2
    server.start()
    first, second = server.smtp(), server.smtp()
    expect(greeting(server, "mx").startswith("421 "), "the third SMTP session")
    expect_equal(first.noop()[0], 250, "the first session")
    second.quit()
    wait_until(lambda: greeting(server, "mx").startswith("220 "), "there is room again")
    first.quit()

    with server.pop3("fred"):
        expect(greeting(server, "pop3").startswith("-ERR "), "the second POP3 session")
    with server.imap("fred"), server.imap("fred") as other:
        third = imaplib.IMAP4("127.0.0.1", server.port("imap"))
        try:
            third.login("fred", password_of("fred"))
            raise Failed("a third log-in was let in")
        except imaplib.IMAP4.error as error:
            expect("Too many logins for this user" in str(error), f"{error}")
        third.shutdown()
        expect_equal(other.noop()[0], "OK", "the second session")
    try:
        server.smtp("submission", "fred").quit()
    except smtplib.SMTPException as error:
        raise Failed(f"submission: {error}") from None
