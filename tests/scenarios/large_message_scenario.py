"""50 MB in by SMTP and out by IMAP and POP3, the same bytes, with bounded memory; a client that stops reading in the
middle costs no more."""

import hashlib
import os
import poplib
import socket

from harness.configuration import password_of
from harness.messages import message
from harness.waiting import expect, expect_equal

SIZE = 49 * 1024 * 1024  # with the header section below max_message_size
MEMORY_MAX_KB = 150 * 1024


def scenario(stage):
    server = stage.server(users=["fred", "kate"])
    before = server.memory_peak_kb()
    line = os.urandom(38).hex() + "\r\n"
    raw = message("Large", body=line * (SIZE // len(line)), extra="X-Padding: 1\r\n")
    digest = hashlib.sha256(raw).hexdigest()
    server.deliver(["fred@example.com", "kate@example.com"], raw=raw)
    del line

    def digest_of(stored):
        return hashlib.sha256(stored[len(stored) - len(raw):]).hexdigest()

    stalled = socket.create_connection(("127.0.0.1", server.port("imap")))
    stalled.sendall(f"a LOGIN kate {password_of('kate')}\r\nb SELECT INBOX\r\nc FETCH 1 BODY[]\r\n".encode())
    with server.imap("fred") as imap:
        imap.select("INBOX", readonly=True)
        _, found = imap.fetch("1", "(RFC822.SIZE BODY.PEEK[])")
        stored = found[0][1]
        expect_equal(digest_of(stored), digest, "by IMAP")
        size = int(found[0][0].split(b"RFC822.SIZE ")[1].split()[0])
        expect_equal(size, len(stored), "RFC822.SIZE")
        _, found = imap.fetch("1", "(BODY.PEEK[TEXT]<40000000.1000> BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        part = next(one[1] for one in found if isinstance(one, tuple) and b"TEXT" in one[0])
        begin = stored.index(b"\r\n\r\n") + 4 + 40000000
        expect(part == stored[begin:begin + 1000], "a piece of the body by IMAP")
    del stored, found

    pop3 = poplib.POP3("127.0.0.1", server.port("pop3"), timeout=60)
    pop3.user("fred")
    pop3.pass_(password_of("fred"))
    _, lines, _ = pop3.retr(1)
    expect_equal(digest_of(b"".join(line + b"\r\n" for line in lines)), digest, "by POP3")
    pop3.quit()
    stalled.close()
    peak = server.memory_peak_kb()
    print(f"memory peak: {before // 1024} MB before, {peak // 1024} MB after")
    expect(peak < MEMORY_MAX_KB or server.is_sanitised(), f"the server took {peak} kB of memory")
