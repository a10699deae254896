"""`user copy-inbox`: once, what is there, to local assistants, without a second copy of the bytes (USR-068)."""

from harness.waiting import expect, expect_equal, expect_in

MORE = """
[[list]]
name = "team"
members = ["joe", "ann@remote.example"]
"""


def scenario(stage):
    server = stage.new_server(users=["fred", "kate", "joe"], more=MORE)
    server.start()
    for number in range(1, 4):
        server.deliver("fred@example.com", f"Old {number}")
    with server.imap("fred") as imap:
        imap.select()
        imap.store("1", "+FLAGS", r"\Seen")
    expect(server.run("user", "copy-inbox", "fred").code == 1, "without assistants")
    expect(server.run("user", "copy-inbox", "nobody").code == 1, "without a user")

    server.config.users[0]["routing"] = {"assistants": ["kate@example.com", "team", "x@y.example"]}
    server.reload()
    copied = server.command("user", "copy-inbox", "fred")
    expect_equal(copied, {"messages": 3, "assistants": ["kate", "joe"], "left_out": ["x@y.example"]}, "the answer")
    for user in ("fred", "kate", "joe"):
        expect_equal(server.subjects(user), ["Old 1", "Old 2", "Old 3"], f"messages of {user}")
    expect_equal(server.messages("kate")[0], server.messages("fred")[0], "the same bytes")
    expect(not server.queue(), "nothing is sent outside")

    # It is no setting: nothing follows, and what is copied belongs to the assistant.
    with server.imap("kate") as imap:
        imap.select()
        expect_equal(imap.search(None, "SEEN")[1], [b"1"], "flags go along")
        imap.store("1:*", "+FLAGS", r"\Deleted")
        imap.expunge()
    server.restart()
    expect_equal(server.subjects("kate"), [], "messages after a restart")
    expect_equal(len(server.subjects("fred")), 3, "messages of the user himself")
    said = server.run("user", "copy-inbox", "fred")
    expect_in("3 messages copied to kate,joe", said.output, "what the command says")
    expect_in("x@y.example is not a local user", said.errors, "what it leaves out")
    expect_equal(len(server.subjects("kate")), 3, "copied again")
