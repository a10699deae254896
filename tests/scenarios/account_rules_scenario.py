"""Who may log in: protocols, expiry, disabled groups, application passwords, locks by address
(USR-044 USR-045 USR-046 USR-050 USR-051 USR-053 USR-139 USR-247 USR-248 LST-074)."""

import imaplib
import poplib

from harness.waiting import Failed, expect_equal, expect_in

MORE = """
[limits]
lockout_attempts = 3
lockout_loopback = true
"""


def imap_answer(server, user, password):
    """What a log-in gets: "OK", or the words of the refusal."""
    try:
        with server.imap(user, password=password):
            return "OK"
    except imaplib.IMAP4.error as refused:
        return str(refused)


def pop3_answer(server, user, password):
    client = poplib.POP3("127.0.0.1", server.port("pop3"), timeout=30)
    try:
        client.user(user)
        client.pass_(password)
        return "OK"
    except poplib.error_proto as refused:
        return str(refused)
    finally:
        client.close()


def expect_refused(answer):
    if answer == "OK":
        raise Failed("the log-in succeeded")


def scenario(stage):
    server = stage.server(users=["fred"], more=MORE)
    server.command("user", "add", "kate", "--password-stdin", input="kate-secret\n")
    expect_equal(imap_answer(server, "kate", "kate-secret"), "OK", "at first")
    wrong = imap_answer(server, "kate", "wrong-secret")
    server.command("user", "unlock", "kate")

    # Without the protocol she does not exist for it.
    server.command("user", "set", "kate", "permissions.protocols.pop3=off")
    unknown = pop3_answer(server, "nobody", "kate-secret")
    expect_equal(pop3_answer(server, "kate", "kate-secret"), unknown, "the words for a forbidden protocol")
    expect_equal(imap_answer(server, "kate", "kate-secret"), "OK", "the other protocol")

    # Disabled, expired, or in a disabled group: no log-in, but mail is kept.
    server.command("group", "add", "office")
    for shut, open_again in ((["user", "set", "kate", "enabled=no"], ["user", "set", "kate", "enabled=yes"]),
                             (["user", "set", "kate", "expires_on=2020-01-31"], ["user", "set", "kate", "expires_on="]),
                             (["user", "set", "kate", "primary_group=office"], ["user", "set", "kate", "primary_group="])):
        server.command("user", "unlock", "kate")
        if shut[-1] == "primary_group=office":
            server.command("group", "set", "office", "enabled=no")
        server.command(*shut)
        expect_equal(imap_answer(server, "kate", "kate-secret"), wrong, f"the words after {shut}")
        expect_equal(server.command("user", "list", "kate")[0]["active"], False, "shown as")
        server.deliver("kate@example.com", "Kept")
        server.command(*open_again)
        expect_equal(imap_answer(server, "kate", "kate-secret"), "OK", f"after {open_again}")
    expect_equal(len(server.messages("kate", password="kate-secret")), 3, "messages kept")

    # An application password opens its protocols only, and goes by itself.
    made = server.run("user", "app-password", "kate", "add", "phone", "--protocol", "imap")
    phone = made.errors.split("password: ")[1].split()[0]
    expect_equal(imap_answer(server, "kate", phone), "OK", "the phone")
    server.command("user", "set", "kate", "permissions.protocols.pop3=on")
    expect_refused(pop3_answer(server, "kate", phone))
    server.command("user", "app-password", "kate", "delete", "phone")
    expect_refused(imap_answer(server, "kate", phone))
    expect_equal(imap_answer(server, "kate", "kate-secret"), "OK", "her own password")

    # Too many failures lock the account for this address; an administrator sees it and lifts it.
    for _ in range(3):
        imap_answer(server, "kate@example.com", "wrong-secret")
    expect_equal(imap_answer(server, "kate", "kate-secret"), wrong, "the words for a locked account")
    expect_equal(server.command("user", "list", "kate")[0]["locked_addresses"], ["127.0.0.1"], "locked addresses")
    expect_equal(imap_answer(server, "fred", "fred-secret"), "OK", "Fred")
    server.command("user", "unlock", "kate")
    expect_equal(imap_answer(server, "kate", "kate-secret"), "OK", "unlocked")
    expect_in("locked after too many failures", server.log(), "the log")
