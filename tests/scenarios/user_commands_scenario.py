"""user add, passwd, set, list, delete; declared users are read-only and say where they stand
(REF-026 REF-033)."""

import smtplib

from harness.waiting import Failed, expect, expect_equal, expect_in


def scenario(stage):
    server = stage.server(users=["fred"])
    server.command("user", "add", "Kate", "--password-stdin", "--full-name", "Kate K", "--alias", "kk@example.com",
                   input="first-secret\n")
    server.deliver("kate@example.com", "To Kate")
    server.deliver("kk@example.com", "To her alias")
    expect_equal(len(server.messages("kate", password="first-secret")), 2, "messages")
    users = {user["name"]: user for user in server.command("user", "list")}
    expect_equal(sorted(users), ["fred", "kate"], "user list")
    expect_equal((users["kate"]["full_name"], users["kate"]["where"], users["kate"]["aliases"]),
                 ("Kate K", "database", ["kk@example.com"]), "Kate")
    expect_in("stagecoach.toml:", users["fred"]["where"], "where Fred is declared")
    expect("password" not in users["kate"], "no passwords are shown")

    twice = server.run("user", "add", "kate", "--password-stdin", input="other-secret\n")
    expect(twice.code == 1, f"a second Kate: {twice.text()}")
    short = server.run("user", "passwd", "kate", "--password-stdin", input="x\n")
    expect(short.code == 1 and "8" in short.errors, f"a short password: {short.text()}")
    server.command("user", "passwd", "kate", "--password-stdin", input="second-secret\n")
    server.expect_no_login("kate", "first-secret")
    expect_equal(len(server.messages("KATE", password="second-secret")), 2, "messages")

    for change in (["set", "fred", "--full-name", "F"], ["delete", "fred"], ["passwd", "fred", "--password-stdin"]):
        done = server.run("user", *change, input="new-secret\n")
        expect(done.code == 1 and "declared in stagecoach.toml:" in done.errors, f"user {change}: {done.text()}")

    server.command("user", "set", "kate", "--enabled", "no", "--full-name", "Kate L")
    server.expect_no_login("kate", "second-secret")
    server.deliver("kate@example.com", "While disabled")
    server.command("user", "set", "kate", "--enabled", "yes")
    server.restart()
    expect_equal(len(server.messages("kate", password="second-secret")), 3, "messages")
    expect_equal(server.command("user", "list", "kat")[0]["full_name"], "Kate L", "full name")

    server.command("user", "delete", "kate", "--with-mail")
    server.expect_no_login("kate", "second-secret")
    try:
        server.deliver("kate@example.com", "To nobody")
        raise Failed("mail for a deleted user was accepted")
    except smtplib.SMTPRecipientsRefused:
        pass
    expect("secret" not in server.log(), "a password is in the log")
