"""mutt opens a folder by IMAP, saves a copy of a message, flags and deletes; the mailbox shows it (IMA-01)."""

import os
import pty
import select
import subprocess
import time

from harness.programs import need
from harness.waiting import expect, expect_equal, wait_for_value


def run_on_a_terminal(arguments, environment, timeout=30):
    """mutt wants a terminal even for a list of commands."""
    master, slave = pty.openpty()
    process = subprocess.Popen(arguments, stdin=slave, stdout=slave, stderr=slave, env=environment,
                               start_new_session=True)
    os.close(slave)
    output, end = b"", time.monotonic() + timeout
    while process.poll() is None and time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            try:
                output += os.read(master, 65536)
            except OSError:
                break
    if process.poll() is None:
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    os.close(master)
    return process.returncode, output.decode(errors="replace")


def scenario(stage):
    server = stage.server(users=["fred"])
    for subject in ("One", "Two", "Three"):
        server.deliver("fred@example.com", subject)
    rc = stage.file("muttrc", f"""
set folder = "imap://fred@127.0.0.1:{server.port("imap")}/"
set imap_pass = "fred-secret"
set ssl_starttls = no
set ssl_force_tls = no
set copy = no
set delete = yes
set quit = yes
set confirmappend = no
set confirmcreate = no
set wait_key = no
set mail_check = 0
set sort = mailbox-order
set resolve = no
""")
    environment = {**os.environ, "HOME": stage.folder, "TERM": "vt100", "LINES": "40", "COLUMNS": "120"}
    copy = stage.path("copy.mbox")
    keys = ("<first-entry><flag-message><copy-message><kill-line>" + copy + "<enter><next-entry>"
            "<delete-message><sync-mailbox><first-entry><copy-message><kill-line>=Archive<enter><quit>")
    code, output = run_on_a_terminal([need("mutt"), "-n", "-F", rc, "-f",
                                      f"imap://fred@127.0.0.1:{server.port('imap')}/INBOX", "-e",
                                      f'push "{keys}"'], environment)
    expect_equal(code, 0, f"mutt: {output[-1500:]}")
    expect(os.path.exists(copy), f"the copy is there: {output[-1500:]}")
    with open(copy, encoding="utf-8") as file:
        expect("Subject: One" in file.read(), "the copied message")
    wait_for_value(lambda: server.subjects("fred"), ["One", "Three"], "the mailbox")
    server.expect_subjects("fred", ["One"], "Archive")
    with server.imap("fred") as imap:
        imap.select("INBOX", readonly=True)
        expect_equal(imap.search(None, "FLAGGED")[1], [b"1"], "the flagged message")
