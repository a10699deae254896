"""When no administrator knows his password, who may use the control socket sets a new one; an administrator made at the
beginning can be deleted when there is another, the last one and one who is logged in cannot (USR-063 REF-035)."""

from harness.waiting import expect, expect_equal, expect_in


def refused(server, words, *command):
    done = server.run(*command)
    expect(done.code == 1, f"{command} was not refused: {done.text()}")
    expect_in(words, done.errors, f"the refusal of {command}")


def scenario(stage):
    server = stage.server(users=[])
    server.command("user", "add", "first", "administrator=yes", "--password-stdin", input="lost-secret\n")
    server.command("user", "add", "plain", "--password-stdin", input="plain-secret\n")

    # Lost passwords: nobody has to log in for the command.
    server.command("user", "passwd", "first", "--password-stdin", input="found-again\n")
    server.expect_no_login("first", "lost-secret")
    expect_equal(server.messages("first", password="found-again"), [], "the new password")

    # The last administrator stays; so does one who is logged in.
    refused(server, "administrator", "user", "delete", "first")
    refused(server, "administrator", "user", "set", "first", "administrator=no")
    server.command("user", "set", "plain", "administrator=yes")
    with server.imap("first", password="found-again"):
        refused(server, "imap", "user", "delete", "first")
    server.command("user", "delete", "first")
    server.expect_no_login("first", "found-again")
    refused(server, "administrator", "user", "delete", "plain")
