"""What a sender takes and how much of it: domain filtering, return path, recipients of one message, messages of one
session, messages and recipients within a time (SND-10, SND-12, SND-13, SND-14, SND-30, SND-41, SND-45). Mail of
different users goes out by different accounts (WIK-051 WIK-054 WIK-055)."""

from harness.waiting import expect_equal, wait_for_value


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server()
    server.config.connections.append({"name": "main"})
    sender = {"connection": "main", "servers": [f"127.0.0.1:{sink.port}"], "max_recipients_per_message": 2,
              "domain_filtering": 'skip: to matches "*@skipped.example"',
              "return_path": {"mode": "always", "address": "bounces@example.com"}}
    server.config.senders.append(sender)
    server.start()
    people = [f"{name}@remote.example" for name in "abcde"]
    server.submit("fred", people + ["x@skipped.example"], "To many")
    sink.wait_for(3)
    wait_for_value(lambda: [entry["to"] for entry in server.queue()], ["x@skipped.example"], "what this sender skips")
    expect_equal(sorted(len(message.recipients) for message in sink.messages), [1, 2, 2], "recipients of each")
    expect_equal(sorted(one for message in sink.messages for one in message.recipients), people, "who has it")
    expect_equal({message.sender for message in sink.messages}, {"bounces@example.com"}, "return path")

    del sender["domain_filtering"], sender["return_path"], sender["max_recipients_per_message"]
    sender["max_messages_per_session"] = 1
    server.command("queue", "delete", "--match", "skipped.example")
    server.reload()
    server.submit("fred", "a@remote.example", "One")
    sink.wait_for(4)
    wait_for_value(server.queue, [], "queue")
    for subject in ("Two", "Three"):
        server.submit("fred", "a@remote.example", subject)
        wait_for_value(lambda: [entry["state"] for entry in server.queue()], ["waiting"], "until the next run")
        expect_equal(server.run("connection", "run", "main").code, 0, "connection run")
        wait_for_value(server.queue, [], "queue")
    expect_equal(len(sink.messages), 6, "messages in all")
    within_a_time(server, sink, sender)
    different_accounts(stage)


def within_a_time(server, sink, sender):
    """Two messages, then three recipients, within an hour; the others wait without a failed try."""
    del sender["max_messages_per_session"]
    server.reload()
    server.command("connection", "run", "main")  # the limit of the last session ends with it
    for limits, addresses, gone in (({"max_messages": 2, "max_messages_minutes": 60}, "abcd", 2),
                                    ({"max_recipients": 3, "max_recipients_minutes": 60}, "efghi", 3)):
        before = len(sink.messages)
        server.config.senders[0] = {**sender, **limits}
        server.reload()
        for name in addresses:
            server.submit("fred", f"{name}@remote.example")
        sink.wait_for(before + gone)
        left = len(addresses) - gone
        wait_for_value(lambda: [(entry["state"], entry["attempts"]) for entry in server.queue()], [("waiting", 0)] * left,
                       f"what waits with {limits}")
        expect_equal(len(sink.messages), before + gone, f"sent with {limits}")
        server.config.senders[0] = sender
        server.reload()
        server.command("connection", "run", "main")
        wait_for_value(server.queue, [], "the queue without limits")


def different_accounts(stage):
    provider = stage.sink(users={"office": "s3cret", "private": "s3cret"})
    server = stage.new_server(users=["fred", "kate"])
    for account, rule in (("office", 'skip: authsender = "kate"'), ("private", 'attempt: authsender = "kate"')):
        server.config.connections.append({"name": account})
        server.config.senders.append({"connection": account, "servers": [f"127.0.0.1:{provider.port}"],
                                      "username": account, "password": "s3cret", "domain_filtering": rule})
    server.start()
    for user in ("fred", "kate"):
        server.submit(user, "bob@remote.example")
    for account in ("office", "private"):
        server.command("connection", "run", account)
    wait_for_value(lambda: {message.sender: message.user for message in provider.messages},
                   {"fred@example.com": "office", "kate@example.com": "private"}, "who logged in for whom")
