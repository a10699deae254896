"""Deleting users: refused in use and with mail, what goes with them, whose roles pass on
(USR-010 USR-209 USR-210 USR-211 USR-212 LST-013 MAP-032)."""

import os
import pty

from harness.waiting import expect, expect_equal, expect_in, wait_until


def refused(done, *words):
    expect(done.code == 1, f"it was not refused: {done.text()}")
    for word in words:
        expect_in(word, done.errors, "the refusal")


def names(server):
    return sorted(user["name"] for user in server.command("user", "list"))


def add(server, name):
    server.command("user", "add", name, "--password-stdin", "--no-welcome", input=name + "-secret\n")


def answer_on_terminal(server, answer, *words):
    """The command with a terminal for its stdin; what it said, and its exit status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(server.binary, [server.binary, *words, "-c", server.config_file])
    os.write(terminal, answer.encode())
    said = b""
    while True:
        try:
            said += os.read(terminal, 4096)
        except OSError:
            break
    os.close(terminal)
    return said.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def scenario(stage):
    server = stage.new_server(users=["fred"])
    server.config.users[0]["administrator"] = True
    server.config.sections["limits"] = {"max_users": 20}
    server.start()
    for name in ("kate", "albert", "dora"):
        add(server, name)
    expect_in("4 users; 4 of at most 20 exist", server.run("user", "list").output, "the list with its cap")
    expect_in("1 user; 4 of at most 20 exist", server.run("user", "list", "kate").output, "a part of it")
    server.config.more = '[message_targets]\nMailboxQuota = "kate"\n'
    server.reload()

    # In use: sessions of any kind.
    with server.imap("kate") as imap, server.pop3("kate"), server.smtp("submission", "kate") as smtp:
        imap.noop()
        done = server.run("user", "delete", "kate", "albert", "--with-mail")
        refused(done, '"kate" is in use: ', "imap from 127.0.0.1", "pop3 from 127.0.0.1", "smtp from 127.0.0.1",
                "nothing was changed")
        smtp.quit()
    expect_equal(names(server), ["albert", "dora", "fred", "kate"], "users")
    wait_until(lambda: not server.command("user", "list", "nobody") and
               server.run("user", "delete", "kate", "--dry-run", "--with-mail").code == 0, "the sessions have ended")

    # With mail, in any folder.
    server.deliver("kate@example.com", "One")
    with server.imap("kate") as imap:
        imap.create("Work")
        imap.append("Work", None, None, b"Subject: two\r\n\r\nx\r\n")
    wait_until(lambda: "in use" not in server.run("user", "delete", "kate", "--dry-run").errors, "the session ends")
    refused(server.run("user", "delete", "kate"), "kate has 2 messages in 2 folders", "--with-mail")
    done = server.run("user", "delete", "kate", "albert", "--partial")
    refused(done, "kate has 2 messages")
    expect_equal(names(server), ["dora", "fred", "kate"], "what --partial has done")
    said, code = answer_on_terminal(server, "n\n", "user", "delete", "kate")
    expect_in("kate has 2 messages in 2 folders. Delete them for good? [y/N]", said, "the question")
    expect(code == 1 and "kate" in names(server), f"no is no: {said}")

    # What goes with her; her role passes on.
    server.command("mapping", "add", "sales@example.com", "kate")
    server.command("list", "add", "team", "--member", "kate", "--member", "dora")
    said, code = answer_on_terminal(server, "y\n", "user", "delete", "kate")
    expect(code == 0, f"yes is yes: {said}")
    expect_in("kate was message target MailboxQuota", said, "the role")
    expect_equal(names(server), ["dora", "fred"], "users")
    expect_equal(server.command("mapping", "list"), [], "mappings to her")
    expect_equal(server.command("list", "show", "team")[0]["members"], ["dora"], "members")

    # Gone for good: the next of that name has nothing of it, and a mailbox that works.
    add(server, "kate")
    expect_equal(server.messages("kate"), [], "messages of the new Kate")
    expect_equal(server.command("user", "undelete", "kate", "--since", "1d", "--count")["messages"], 0,
                 "the recycle bin")
    server.deliver("kate@example.com", "For the new one")
    server.expect_subjects("kate", ["For the new one"], timeout=5)
    expect_in("declared in stagecoach.toml:", server.run("user", "delete", "fred", "--with-mail").errors, "declared")
    refused(server.run("user", "delete", "nobody"), "there is no user")
