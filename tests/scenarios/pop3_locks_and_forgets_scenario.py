"""One POP3 session a mailbox; a dropped session deletes nothing; new mail is not seen before the next log-in; UIDLs
stay and are never given again (POP-03 POP-04 POP-05 POP-06 POP-07 REF-068 REF-069 REF-070 REF-071)."""

import poplib
import socket

from harness.messages import message
from harness.waiting import Failed, expect, expect_equal, wait_until


def uidls(pop3):
    return [line.split()[1] for line in pop3.uidl()[1]]


def scenario(stage):
    server = stage.server(users=["fred"])
    for subject in ("One", "Two", "Three"):
        server.deliver("fred@example.com", subject)
    with server.imap("fred") as imap:
        imap.create("Other")
        imap.append("Other", None, None, message("Elsewhere"))
    with server.pop3("fred") as pop3:
        first = uidls(pop3)
        expect_equal(len(set(first)), 3, "different UIDLs of the inbox alone")
        try:
            with server.pop3("fred"):
                raise Failed("a second session was let in")
        except poplib.error_proto as error:
            expect(b"IN-USE" in error.args[0], f"the refusal: {error}")
        server.deliver("fred@example.com", "Four")
        expect_equal(len(uidls(pop3)), 3, "messages in the session that began before")
        pop3.dele(1)
        pop3.sock.shutdown(socket.SHUT_RDWR)
        pop3.quit = lambda: None

    def logged_in():
        try:
            with server.pop3("fred") as session:
                return uidls(session)
        except poplib.error_proto:
            return None

    second = wait_until(logged_in, "the lock of the lost session is gone")
    expect_equal(second[:3], first, "UIDLs: nothing is deleted")
    expect_equal(len(second), 4, "messages")
    with server.pop3("fred") as pop3:
        for number in range(1, 5):
            pop3.dele(number)
    server.restart()
    server.deliver("fred@example.com", "Five")
    with server.pop3("fred") as pop3:
        third = uidls(pop3)
    expect(len(third) == 1 and third[0] not in second, f"a UIDL was given again: {third}, before {second}")
