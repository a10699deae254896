"""With remove_duplicates a message that equals another one of the same session to the last byte comes once; one that
differs in any detail comes, too, and so does one that equals another one of an earlier session (COL-20)."""

from harness.messages import message


def scenario(stage):
    copy = message("Same")
    mailbox = stage.pop3_mailbox(messages=[copy, copy, copy.replace(b"Same", b"Near")])
    mailbox.uid_of = lambda index, raw: f"uid-{index}"
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                     "username": "box", "password": "box-secret", "method": "single_user",
                                     "target_user": "fred", "remove_duplicates": True})
    server.start()
    server.command("connection", "run", "main")
    server.expect_subjects("fred", ["Near", "Same"])

    server.config.collectors[0]["remove_duplicates"] = False
    server.reload()
    other = message("Other")
    mailbox.messages = [other, other]
    mailbox.uid_of = lambda index, raw: f"later-{index}"
    server.command("connection", "run", "main")
    server.expect_subjects("fred", ["Near", "Other", "Other", "Same"])

    # Of an earlier session: the other one is still there, so this one has not been renumbered.
    server.config.collectors[0] |= {"remove_duplicates": True, "leave_days": 7}
    server.reload()
    again = message("Again")
    mailbox.messages = [again]
    mailbox.uid_of = lambda index, raw: f"kept-{index}"
    server.command("connection", "run", "main")
    mailbox.messages = [again, again, again]
    server.command("connection", "run", "main")
    server.expect_subjects("fred", ["Again", "Again", "Near", "Other", "Other", "Same"])
