"""Several senders at once, and the account of what they were promised: for scenarios with faults.

Each message has a number of its own as its subject. `accepted` are the numbers that got their 250; `unsure` those
whose connection broke between the final dot and the reply: they may be there or not, but not twice.
"""

import collections
import smtplib
import threading
import time

from .messages import message
from .waiting import Failed, expect


class Deliveries:
    def __init__(self, server, senders, recipients, body_bytes=2000, total=None):
        self.server, self.recipients, self.total = server, recipients, total
        self.body = ("x" * 76 + "\r\n") * (body_bytes // 78)
        self.accepted, self.unsure, self.refused = [], [], []
        self._lock, self._stop, self._next = threading.Lock(), threading.Event(), 0
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(senders)]
        for thread in self._threads:
            thread.start()

    def _take(self):
        with self._lock:
            if self.total is not None and self._next >= self.total:
                return None
            self._next += 1
            return self._next

    def _send(self):
        session, number, state = None, None, "idle"
        while not self._stop.is_set():
            try:
                if session is None:
                    session = smtplib.SMTP("127.0.0.1", self.server.port("mx"), "client.example", timeout=60)
                    session.ehlo()
                number = self._take()
                if number is None:
                    break
                state = "asking"
                session.docmd("MAIL FROM:<ann@remote.example>")
                session.docmd(f"RCPT TO:<{self.recipients[number % len(self.recipients)]}>")
                if session.docmd("DATA")[0] != 354:
                    self._note(self.refused, number)
                    session.docmd("RSET")
                    continue
                state = "content"
                session.send(message(f"number-{number}", body=self.body) + b"\r\n.\r\n")
                state = "waiting"
                code, _ = session.getreply()
                self._note(self.accepted if code == 250 else self.refused, number)
                state = "idle"
            except (OSError, smtplib.SMTPException):
                if state in ("content", "waiting"):
                    self._note(self.unsure, number)
                state, session = "idle", None
                time.sleep(0.05)
        if session:
            try:
                session.quit()
            except (OSError, smtplib.SMTPException):
                pass

    def _note(self, numbers, number):
        with self._lock:
            numbers.append(number)

    def wait_for(self, count, timeout=60):
        """Until so many messages have got their 250."""
        end = time.monotonic() + timeout
        while len(self.accepted) < count:
            if time.monotonic() > end:
                raise Failed(f"only {len(self.accepted)} of {count} messages accepted within {timeout} s "
                             f"(refused {len(self.refused)}, unsure {len(self.unsure)})")
            time.sleep(0.005)

    def finish(self, timeout=90):
        """Until `total` have been tried."""
        for thread in self._threads:
            thread.join(timeout)
            expect(not thread.is_alive(), "a sender hangs")

    def stop(self):
        self._stop.set()
        self.finish()

    def expect_exactly_once(self, users):
        """Each accepted message is in one mailbox once, and no other twice."""
        counts = collections.Counter()
        for user in users:
            counts.update(subject for subject in self.server.subjects(user))
        lost = [number for number in self.accepted if counts[f"number-{number}"] == 0]
        doubled = [subject for subject, count in counts.items() if count > 1]
        known = {f"number-{number}" for number in self.accepted + self.unsure}
        strange = [subject for subject in counts if subject not in known]
        expect(not lost, f"{len(lost)} messages got their 250 and are lost: {lost[:20]}")
        expect(not doubled, f"{len(doubled)} messages are there more than once: {doubled[:20]}")
        expect(not strange, f"{len(strange)} refused messages are there: {strange[:20]}")
