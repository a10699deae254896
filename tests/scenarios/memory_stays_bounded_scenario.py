"""While the database stands still, messages under way take memory only up to a limit; then senders get 452, and when
it goes on the server takes mail again by itself."""

import os
import signal
import smtplib
import threading

from harness.messages import message
from harness.waiting import expect, expect_equal, wait_until

LIMIT_MB = 16


def hand_over(server, raw, replies):
    """Sends one message; its reply comes when the database goes on."""
    with smtplib.SMTP("127.0.0.1", server.port("mx"), timeout=120) as smtp:
        smtp.sendmail("ann@remote.example", ["fred@example.com"], raw)
    replies.append(250)


def scenario(stage):
    server = stage.new_server(users=["fred"])
    server.config.sections["limits"] = {"memory_messages_max": f"{LIMIT_MB}MB", "message_in_memory_max": "4MB"}
    server.start()
    server.deliver("fred@example.com", "Before")
    line = b"0123456789abcdef" * 4 + b"\r\n"
    raw = message("Large") + line * (1024 * 1024 // len(line))
    replies, senders = [], []
    postmaster = server.postmaster()
    children = [int(name) for name in os.listdir("/proc") if name.isdigit() and parent_of(name) == postmaster]
    stopped = [postmaster, *children]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(LIMIT_MB + 4):
            senders.append(threading.Thread(target=hand_over, args=(server, raw, replies), daemon=True))
            senders[-1].start()
        codes = []

        def refused():
            with server.smtp() as smtp:
                smtp.ehlo()
                codes.append(smtp.mail("ann@remote.example")[0])
            return codes[-1] == 452

        wait_until(refused, f"MAIL gets 452 above {LIMIT_MB} MB (last: {codes[-1:]})", 30)
        expect(server.memory_peak_kb() < (LIMIT_MB * 3 + 100) * 1024, f"peak {server.memory_peak_kb()} kB")
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    for sender in senders:
        sender.join(60)
    server.deliver("fred@example.com", "After")
    accepted = len(replies)
    expect_equal(len(server.subjects("fred")), accepted + 2, "messages in the mailbox: each 250 is there once")


def parent_of(name):
    try:
        with open(f"/proc/{name}/stat", encoding="utf-8") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0
