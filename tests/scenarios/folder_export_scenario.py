"""Mailboxes as ZIP archives of EML and of mbox files: bytes, names, folders below, memory, no half file
(USR-204 USR-205)."""

import io
import mailbox
import os
import random
import subprocess
import zipfile

from harness.messages import message, subject_of
from harness.server import quoted
from harness.waiting import expect, expect_equal, expect_in

LARGE_BYTES = 30_000_000


def append(imap, folder, raw):
    expect_equal(imap.append(quoted(folder), None, None, raw)[0], "OK", f"APPEND to {folder}")


def fill(server):
    server.deliver("fred@example.com", "../../Lunch: at 12?")
    server.deliver("fred@example.com", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=")
    with server.imap("fred") as imap:
        for folder in ("Work", "Work/Plans", "Workshop", "Leer &- mehr"):
            expect_equal(imap.create(quoted(folder))[0], "OK", folder)
        append(imap, "Work", message("Quoted", body="From the start\r\n>From further\r\nthe end"))
        append(imap, "Work", message("Second"))
        append(imap, "Work/Plans", message("Plan"))
        append(imap, "Workshop", message("Elsewhere"))


def names_of(archive):
    return sorted(archive.namelist())


def mbox_of(archive, name, stage):
    path = stage.file("unpacked.mbox", archive.read(name))
    return list(mailbox.mbox(path))


def scenario(stage):
    server = stage.server(users=["fred", "kate"])
    fill(server)

    # Everything as EML: the bytes are those that IMAP gives.
    path = stage.path("out", "fred.zip")
    answer = server.command("folder", "export", "fred", "--to", path)
    expect_equal((answer["messages"], answer["folders"]), (6, 9), "what was exported")
    expect_equal(os.stat(path).st_mode & 0o777, 0o600, "the mode of the file")
    expect_equal(os.listdir(os.path.dirname(path)), ["fred.zip"], "nothing else is left")
    subprocess.run(["unzip", "-tq", path], check=True, capture_output=True)
    with zipfile.ZipFile(path) as archive:
        expect_equal(archive.testzip(), None, "a broken member")
        expect_equal(names_of(archive), sorted([
            "INBOX/0001-.._.._Lunch_ at 12_.eml", "INBOX/0002-Grüße.eml", "Work/0001-Quoted.eml",
            "Work/0002-Second.eml", "Work/Plans/0001-Plan.eml", "Workshop/0001-Elsewhere.eml"]), "names")
        stored = sorted(server.messages("fred"))
        expect_equal(sorted(archive.read(name) for name in archive.namelist() if name.startswith("INBOX/")), stored,
                     "the bytes of INBOX")

    # Chosen folders with those below them, as mbox.
    server.command("folder", "export", "fred", "Work", "INBOX", "--format", "mbox", "--to", path)
    with zipfile.ZipFile(path) as archive:
        expect_equal(names_of(archive), ["INBOX.mbox", "Work.mbox", "Work/Plans.mbox"], "chosen folders")
        inbox, work = mbox_of(archive, "INBOX.mbox", stage), mbox_of(archive, "Work.mbox", stage)
        expect_equal(inbox[0].get_from().split()[0], "ann@remote.example", "the sender of the From line")
        expect_equal([one["Subject"] for one in work], ["Quoted", "Second"], "messages of Work")
        expect_equal(work[0].get_from().split()[0], "MAILER-DAEMON", "of a message that was put there")
        expect_in(">From the start\n>>From further\nthe end\n", work[0].as_string(), "quoted lines")
        expect_in(b"\n\nFrom MAILER-DAEMON ", archive.read("Work.mbox"), "an empty line between")

    # To stdout; unknown folders and users; nothing is left of what failed.
    done = subprocess.run([server.binary, "folder", "export", "fred", "Workshop", "--to", "-", "-c",
                           server.config_file], check=True, capture_output=True)
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        expect_equal(subject_of(archive.read("Workshop/0001-Elsewhere.eml")), "Elsewhere", "on stdout")
    before = open(path, "rb").read()
    for words in (["fred", "Nowhere"], ["nobody"], ["fred", "--format", "pst"]):
        refused = server.run("folder", "export", *words, "--to", path)
        expect(refused.code == 1, f"{words}: {refused.text()}")
    expect_equal(open(path, "rb").read(), before, "the file of before")
    expect_equal(os.listdir(os.path.dirname(path)), ["fred.zip"], "no part is left")
    expect(server.run("folder", "export", "fred", "--to", "/nonexistent/x.zip").code == 1, "no such place")

    # A mailbox that is larger than the memory that it takes; bytes that cannot be compressed.
    server.command("folder", "export", "kate", "--to", path)
    with zipfile.ZipFile(path) as archive:
        expect_equal(names_of(archive), [], "of an empty mailbox")
    body = b"\r\n".join(random.randbytes(500).hex().encode() for _ in range(LARGE_BYTES // 1002)) + b"\r\n"
    with server.imap("kate") as imap:
        for number in range(3):
            append(imap, "INBOX", message(f"Large {number}") + body)
    server.restart()
    peak = server.memory_peak_kb()
    server.command("folder", "export", "kate", "--to", path)
    with zipfile.ZipFile(path) as archive:
        expect_equal(len(archive.namelist()), 3, "large messages")
        expect(archive.read(archive.namelist()[2]).endswith(body), "the bytes of a large message")

    # Whoever goes in the middle disturbs nobody.
    command = [server.binary, "folder", "export", "kate", "--to", "-", "-c", server.config_file]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as leaving:
            expect(len(leaving.stdout.read(100_000)) == 100_000, "the beginning of an archive")
            leaving.kill()
    expect_equal(server.command("folder", "export", "kate", "--to", path)["messages"], 3, "after that")
    if not server.is_sanitised():
        grown = server.memory_peak_kb() - peak
        expect(grown < 60_000, f"the export took {grown} kB of memory")
