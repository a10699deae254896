"""A 4xx keeps the message in the queue; `queue retry` tries again at once; no second copy goes out
(SND-16 USR-221 WIK-052)."""

from harness.waiting import expect, expect_equal, wait_for_value, wait_until


def scenario(stage):
    sink = stage.sink()
    sink.replies["RCPT TO:<bob@"] = "450 4.2.1 Mailbox busy"
    server = stage.new_server()
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()
    server.submit("fred", ["bob@remote.example", "eve@remote.example"], "Later")
    wait_until(lambda: server.queue() and server.queue()[0]["attempts"] == 1, "the first attempt")
    entry, = server.queue()
    expect_equal((entry["to"], entry["from"], entry["state"]), ("bob@remote.example", "fred@example.com", "waiting"),
                 "what waits")
    expect("450 4.2.1 Mailbox busy" in entry["last_reply"], entry["last_reply"])
    expect_equal([message.recipients for message in sink.messages], [["eve@remote.example"]], "delivered so far")

    server.restart()  # the queue outlives the server
    expect_equal([entry["to"] for entry in server.queue()], ["bob@remote.example"], "the queue after a restart")
    sink.replies.clear()
    expect_equal(server.command("queue", "retry", entry["id"]), {"messages": 1, "recipients": 1}, "queue retry")
    sink.wait_for(2)
    expect_equal(sink.messages[1].recipients, ["bob@remote.example"], "delivered later")
    wait_for_value(server.queue, [], "the queue is empty")
    expect_equal(server.messages("fred"), [], "reports")
    events = [one["event"] for one in server.command("trace", entry["id"])]
    expect(events.count("deferred") == 1 and events.count("delivered") == 2, f"trace: {events}")

    sink.replies["."] = ["451 4.3.0 try again", None]
    server.submit("fred", "bob@remote.example", "At the end of DATA")
    wait_until(lambda: server.queue() and server.queue()[0]["attempts"] == 1, "the attempt")
    server.command("queue", "retry", "--match", "remote.example")
    sink.wait_for(3)
    wait_for_value(server.queue, [], "the queue is empty")
