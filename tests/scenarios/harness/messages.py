"""Messages to send, and messages as read back."""

import email
import email.policy
import os
import random

DATA_FOLDER = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", "data"))


def message(subject="Hello", sender="ann@remote.example", to="fred@example.com", body="Hello!\r\n", extra=""):
    """A plain message with CR LF line ends. `to`: an address, or a list as it stands in a header field. `extra`: more
    header lines, each with CR LF."""
    to = to if "<" in to else f"<{to}>"
    return (f"From: <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
            f"Message-ID: <{subject.replace(' ', '.')}.{random.getrandbits(48):x}@remote.example>\r\n"
            f"Date: Mon, 6 Oct 2025 10:00:00 +0200\r\n{extra}\r\n{body}").encode()


def data_file(name):
    """The bytes of a file of tests/data, with CR LF line ends."""
    with open(os.path.join(DATA_FOLDER, name), "rb") as file:
        return file.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def subject_of(raw):
    return str(parsed(raw)["Subject"])
