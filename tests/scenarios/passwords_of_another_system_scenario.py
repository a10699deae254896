"""Log-ins with the password that another system knows: a real saslauthd, which asks a Dovecot as that system
(USR-183). The user's own password goes on to work; saslauthd away is no wrong password."""

import imaplib
import os
import smtplib

from harness.dovecot import Dovecot
from harness.waiting import expect, expect_equal, expect_in, wait_until

MORE = """
[security]
os_passwords = true
saslauthd_socket = "{socket}"

[limits]
lockout_attempts = 2
lockout_loopback = true
"""


def can_log_in(server, user, password):
    client = imaplib.IMAP4("127.0.0.1", server.port("imap"), timeout=60)
    try:
        client.login(user, password)
        return True
    except imaplib.IMAP4.error:
        return False
    finally:
        client.shutdown()


def smtp_reply(server, user, password):
    with smtplib.SMTP("127.0.0.1", server.port("submission"), timeout=60) as client:
        client.ehlo()
        try:
            client.login(user, password)
            return 235
        except smtplib.SMTPAuthenticationError as refused:
            return refused.smtp_code


def saslauthd(stage, folder, port):
    program = stage.program("saslauthd", "-d", "-a", "rimap", "-O", f"127.0.0.1/{port}", "-m", folder, "-n", "1",
                            own_group=True)  # when it ends it signals its group
    wait_until(lambda: os.path.exists(os.path.join(folder, "mux")), "saslauthd has its socket", 20)
    os.chmod(folder, 0o755)
    os.chmod(os.path.join(folder, "mux"), 0o777)
    return program


def scenario(stage):
    elsewhere = Dovecot(stage, {"fred": "fred-elsewhere", "kate.smith": "kate-elsewhere"})
    folder = stage.path("saslauthd", "x")[:-2]
    other = saslauthd(stage, folder, elsewhere.imap_port)
    server = stage.new_server(users=["fred"], more=MORE.format(socket=os.path.join(folder, "mux")))
    server.config.services["submission"]["tls"] = "none"
    server.config.services["imap"]["tls"] = "none"
    server.start()
    server.command("user", "add", "kate", "--password-stdin", input="kate-secret\n")

    # Either password; only those of users who exist here.
    expect(can_log_in(server, "fred", "fred-secret"), "fred's own password")
    expect(can_log_in(server, "fred", "fred-elsewhere"), "fred's password elsewhere")
    expect_equal(smtp_reply(server, "fred", "fred-elsewhere"), 235, "the same by SMTP")
    expect(not can_log_in(server, "kate.smith", "kate-elsewhere"), "a user of the other system alone was let in")

    # The name there may differ (USR-183).
    expect(not can_log_in(server, "kate", "kate-elsewhere"), "the other system knows no kate")
    server.command("user", "set", "kate", "advanced.external_username=kate.smith")
    expect(can_log_in(server, "kate", "kate-elsewhere"), "kate is kate.smith there")

    # A wrong password counts for the lock.
    expect(not can_log_in(server, "kate", "wrong"), "a wrong password")
    expect(not can_log_in(server, "kate", "wrong"), "a wrong password")
    expect(not can_log_in(server, "kate", "kate-elsewhere"), "the right password while it is locked")
    expect_in("reason=locked", server.log(), "the log")
    server.command("user", "unlock", "kate")

    # Without saslauthd: own passwords work, others fail for now and count for nothing.
    other.stop()
    expect(can_log_in(server, "kate", "kate-secret"), "the own password without saslauthd")
    for _ in range(3):
        expect_equal(smtp_reply(server, "kate", "kate-elsewhere"), 454, "without saslauthd")
    other = saslauthd(stage, folder, elsewhere.imap_port)
    expect(can_log_in(server, "kate", "kate-elsewhere"), "it is back")

    # The password elsewhere may replace the own one.
    server.config.more = MORE.format(socket=os.path.join(folder, "mux")).replace("os_passwords = true",
                                                                                "os_passwords = true\ncache_os_passwords = true")
    server.reload()
    expect(can_log_in(server, "kate", "kate-elsewhere"), "with cache_os_passwords")
    other.stop()
    wait_until(lambda: can_log_in(server, "kate", "kate-elsewhere"), "it has become her own", 20)
    expect(not can_log_in(server, "kate", "kate-secret"), "the password before")
