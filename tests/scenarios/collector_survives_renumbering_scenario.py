"""The remote server gives all messages new UIDs, or knows no UIDL: nothing is fetched twice, and a message that
really came twice is there twice (COL-18 COL-19)."""

from harness.messages import message
from harness.waiting import expect, expect_in


def scenario(stage):
    mailbox = stage.pop3_mailbox()
    generation = ["first"]
    mailbox.uid_of = lambda index, raw: f"{generation[0]}-{index}"
    mailbox.messages = [message(subject) for subject in ("One", "Two", "Three")]
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                     "username": "box", "password": "box-secret", "leave_days": 7,
                                     "method": "single_user", "target_user": "fred"})
    server.start()
    server.command("connection", "run", "main")
    server.expect_subjects("fred", ["One", "Two", "Three"])

    generation[0] = "second"
    mailbox.messages.append(message("Four"))
    server.command("connection", "run", "main")
    server.expect_subjects("fred", ["One", "Two", "Three", "Four"])
    server.command("connection", "run", "main")
    server.expect_subjects("fred", ["One", "Two", "Three", "Four"])

    mailbox.messages.append(mailbox.messages[0])  # the same message once more
    server.command("connection", "run", "main")
    server.expect_subjects("fred", ["One", "One", "Two", "Three", "Four"])

    mailbox.uidl = False
    result = "\n".join(server.command("connection", "run", "main"))
    expect_in("UIDL", result, "what leave_days says about a server without UIDL")
    server.expect_subjects("fred", ["One", "One", "Two", "Three", "Four"])
    server.config.collectors[0]["leave_days"] = 0
    server.reload()
    result = "\n".join(server.command("connection", "run", "main"))
    expect("Connection successful" in result, result)
    expect(mailbox.messages == [], f"all are deleted: {len(mailbox.messages)} left")
