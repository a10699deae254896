"""Waits until messages are visible by IMAP, with as little work for the server as possible."""
import re
import socket
import time

from systems import PASSWORD, user_name

INTERVAL = 0.02


class Watcher:
    """One session a mailbox, logged in beforehand; STATUS is asked only after the sender has finished."""

    def __init__(self, port, first, users):
        self.sessions = [self._login(port, user_name(first + n)) for n in range(users)]
        self.base = [self._count(one) for one in self.sessions]

    def wait_for(self, messages, deadline):
        """The time when that many more messages, spread over the mailboxes in turn, were visible in all."""
        users = len(self.sessions)
        for n, session in enumerate(self.sessions):
            expected = self.base[n] + messages // users + (n < messages % users)
            while (count := self._count(session)) < expected:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{count} of {expected} messages are visible")
                time.sleep(INTERVAL)
            if count > expected:
                raise RuntimeError(f"{count} messages where {expected} were expected")
        return time.monotonic()

    def close(self):
        for one in self.sessions:
            one.close()

    def _login(self, port, user):
        peer = socket.create_connection(("127.0.0.1", port), timeout=30)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.recv(4096)
        answer = self._ask(peer, f"LOGIN {user} {PASSWORD}")
        if b"a OK" not in answer:
            raise RuntimeError(f"login of {user}: {answer!r}")
        return peer

    def _count(self, peer):
        answer = self._ask(peer, "STATUS INBOX (MESSAGES)")
        found = re.search(rb"MESSAGES (\d+)", answer)
        if not found:
            raise RuntimeError(f"STATUS: {answer!r}")
        return int(found[1])

    @staticmethod
    def _ask(peer, command):
        peer.sendall(f"a {command}\r\n".encode())
        answer = b""
        while not re.search(rb"^a (OK|NO|BAD).*\r\n$", answer, re.M):
            piece = peer.recv(65536)
            if not piece:
                raise RuntimeError(f"connection closed after {command}")
            answer += piece
        return answer
