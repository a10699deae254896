"""Quota warnings, the welcome message, an administrator's message to a group (USR-038 USR-238 USR-239 USR-240
USR-242 QTA-001 QTA-004 QTA-005)."""

from harness.messages import subject_of
from harness.waiting import expect, expect_equal, expect_in, wait_until


def scenario(stage):
    server = stage.new_server(users=["fred", "kate"])
    server.config.users[0]["quota"] = 2000
    server.config.users[0]["administrator"] = True
    server.config.more = ('[messages]\n'
                          'welcome_message = "<Subject: Hello {username}>\\nYour password: {password}\\n"\n')
    server.start()
    server.command("user", "add", "newbie", "--password-stdin", input="first-secret\n")
    received = wait_until(lambda: server.messages("newbie", password="first-secret"), "the welcome")
    expect_equal(subject_of(received[0]), "Hello newbie", "its subject")
    expect_in(b"Your password: first-secret", received[0], "its text")
    server.command("user", "add", "quiet", "--password-stdin", "--no-welcome", input="first-secret\n")
    expect_equal(server.messages("quiet", password="first-secret"), [], "not wanted")

    text = stage.file("text.txt", "{username} has {messagecount} messages, {mailboxquota}\n")
    arguments = ["message", "send", "--to", "Everyone", "--subject", "News for {username}", "--text", text]
    preview = server.command(*arguments, "--preview")
    expect_equal(preview["subject"], "News for fred", "the preview for the administrator")
    expect_equal(server.messages("kate"), [], "a preview sends nothing")
    expect_equal(server.command(*arguments)["sent"], 4, "sent")
    news = server.wait_for_message("kate", "News for kate")
    expect_in("kate has 0 messages, no limit", news.get_payload(decode=True).decode(), "the text")
    expect(server.run("message", "send", "--to", "nowhere", "--subject", "x", "--text", text).code == 1, "no group")

    # A full mailbox: warned at the start of the day or server.
    for number in range(3):
        server.deliver("fred@example.com", f"Large {number}", raw=b"Subject: large\r\n\r\n" + b"x" * 900 + b"\r\n")
    server.restart()
    warning = server.wait_for_message("fred", "Your mailbox is")
    expect_in("of 2 kB", warning.get_payload(decode=True).decode(), "the warning")
