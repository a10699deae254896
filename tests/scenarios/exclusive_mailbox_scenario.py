"""POP3 and IMAP shut each other out where `exclusive_mailbox` is on, and a lost session takes its lock with it
(USR-047 USR-048 USR-049)."""

import imaplib
import poplib
import socket

from harness.waiting import Failed, expect_in, wait_until


def refused(session, error, text):
    """What the server says to a session that the lock keeps out."""
    try:
        with session:
            raise Failed("the session was let in")
    except error as refusal:
        expect_in(text, str(refusal), "the refusal")


def is_open(session, error):
    try:
        with session():
            return True
    except error:
        return False


def scenario(stage):
    server = stage.new_server(users=["fred", "kate"])
    server.config.services["pop3"]["exclusive_mailbox"] = True
    server.start()

    def pop3():
        return server.pop3("fred")

    def imap():
        return server.imap("fred")

    server.deliver("fred@example.com", "One")
    with pop3():
        refused(pop3(), poplib.error_proto, "-ERR [IN-USE] Mailbox Locked")
        refused(imap(), imaplib.IMAP4.error, "[INUSE] Mailbox Locked")
        with server.imap("kate"), server.smtp("submission", "fred"):
            pass  # neither another mailbox nor sending is locked

    wait_until(lambda: is_open(imap, imaplib.IMAP4.error), "the POP3 session has given its lock back")
    with imap() as phone:
        with imap() as desk:
            desk.select()
            refused(pop3(), poplib.error_proto, "-ERR [IN-USE] Mailbox Locked")
        refused(pop3(), poplib.error_proto, "-ERR [IN-USE] Mailbox Locked")
        server.deliver("fred@example.com", "Two")
        phone.select()
    wait_until(lambda: is_open(pop3, poplib.error_proto), "the last IMAP session has given the lock back")

    # A line that breaks frees the mailbox.
    lost = imaplib.IMAP4("127.0.0.1", server.port("imap"))
    lost.login("fred", "fred-secret")
    refused(pop3(), poplib.error_proto, "[IN-USE]")
    lost.socket().shutdown(socket.SHUT_RDWR)
    wait_until(lambda: is_open(pop3, poplib.error_proto), "the lock of the lost session is gone")

    # Without the setting phones and POP3 get along.
    del server.config.services["pop3"]["exclusive_mailbox"]
    server.reload()
    wait_until(lambda: is_open(imap, imaplib.IMAP4.error), "the last POP3 session has ended")
    with imap():
        wait_until(lambda: is_open(pop3, poplib.error_proto), "POP3 beside IMAP")
    lost.shutdown()
