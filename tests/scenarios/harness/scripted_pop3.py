"""Replies for `fault` of a Pop3Mailbox that no POP3 server should give; each is a function that gets the session."""

import time

PATIENCE_SECONDS = 20
ENDLESS_BYTES_MAX = 60_000_000  # whoever reads more than this has no limit


class Gone(OSError):
    """The connection is closed."""


def drop(session):
    session.socket.close()
    session.file.close()
    raise Gone


def raw(*pieces):
    """These bytes, then the connection closes."""
    def reply(session):
        for piece in pieces:
            session.socket.sendall(piece)
        drop(session)
    return reply


def raw_and_wait(piece):
    """These bytes, and nothing more until the client leaves."""
    def reply(session):
        session.socket.settimeout(PATIENCE_SECONDS)
        session.socket.sendall(piece)
        while session.file.readline():
            pass
        drop(session)
    return reply


def endless(head, piece, bytes_max=ENDLESS_BYTES_MAX):
    """`piece` again and again until the client leaves."""
    def reply(session):
        session.socket.settimeout(PATIENCE_SECONDS)
        session.socket.sendall(head)
        sent = 0
        while sent < bytes_max:
            session.socket.sendall(piece)
            sent += len(piece)
        drop(session)
    return reply


def slowly(text, pause=0.005):
    """A byte at a time; the session goes on."""
    def reply(session):
        for byte in (text + "\r\n").encode():
            session.socket.sendall(bytes([byte]))
            time.sleep(pause)
    return reply


def at(step, reply, argument=None):
    """A fault of one command."""
    return lambda command, given: reply if command == step and argument in (None, given) else None
