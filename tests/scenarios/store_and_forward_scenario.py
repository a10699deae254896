"""A backup server keeps a message in the INBOX until the main server has it, and stops sending what the user has
deleted (USR-187, USR-188, USR-189)."""

from harness.waiting import expect, expect_equal, wait_for_value, wait_until


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server()
    for user in server.config.users:
        if user["name"] == "fred":
            user["advanced.store_forward.address"] = "fred@main.example"
            user["advanced.store_forward.server"] = f"127.0.0.1:{sink.port}"
    server.start()
    server.deliver("fred@example.com", "The main server works")
    sink.wait_for(1)
    expect_equal((sink.messages[0].recipients, sink.messages[0].sender), (["fred@main.example"], "ann@remote.example"),
                 "at the main server")
    wait_for_value(server.queue, [], "the queue")
    expect_equal(server.subjects("fred"), [], "the INBOX while the main server works")

    sink.replies["RCPT TO:"] = "451 4.3.0 Down"
    with server.imap("fred") as session:
        session.select()
        server.deliver("fred@example.com", "Kept")
        server.deliver("fred@example.com", "Deleted")
        wait_until(lambda: [entry["attempts"] for entry in server.queue()] == [1, 1], "two attempts")
        expect_equal(sorted(server.subjects("fred")), ["Deleted", "Kept"], "the INBOX while it is down")
        session.noop()
        _, numbers = session.search(None, "SUBJECT", "Deleted")
        session.store(numbers[0], "+FLAGS", "\\Deleted")
        session.expunge()
        sink.replies.clear()
        server.command("queue", "retry", "--match", "main.example")
        wait_for_value(server.queue, [], "the queue")
        expect_equal([message.recipients for message in sink.messages[1:]], [["fred@main.example"]], "sent later")
        expect(b"Subject: Kept" in sink.messages[1].data, "the right one is sent")
        wait_for_value(lambda: (session.noop(), session.search(None, "ALL")[1][0])[1], b"", "an open session sees it go")
    events = {one["event"] for one in server.command("trace", "fred@main.example")}
    expect("cancelled" in events and "delivered" in events, f"trace: {events}")
    expect_equal(server.command("user", "undelete", "fred", "--since", "1h", "--count")["messages"], 1,
                 "only what the user deleted is in the recycle bin")

    sink.replies["RCPT TO:"] = "550 5.1.1 Unknown"
    server.deliver("fred@example.com", "Refused there")
    wait_for_value(server.queue, [], "the queue")
    expect_equal(server.subjects("fred"), ["Refused there"], "what the main server refuses stays")

    server.config.users[0]["advanced.store_forward.server"] = "no server"
    server.write_config()
    done = server.run("check", "-c", server.config_file)
    expect(done.code == 1 and "store_forward.server" in done.output, f"check: {done.output}")
