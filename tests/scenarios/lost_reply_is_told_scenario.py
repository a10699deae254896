"""The relay server drops the line: before the final dot nothing is doubled; after it the message may go out twice,
and the trace says so (design.md, decision 2)."""

from harness.waiting import expect, expect_equal, wait_for_value


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()
    for step in ("MAIL", "RCPT", "DATA"):
        sink.replies = {step: ["DROP", None]}
        server.submit("fred", "bob@remote.example", "Dropped at " + step)
        wait_for_value(lambda: [(entry["attempts"], entry["state"]) for entry in server.queue()], [(1, "waiting")],
                       f"what waits after a drop at {step}")
        count = len(sink.messages)
        server.command("queue", "retry", "--match", "remote.example")
        sink.wait_for(count + 1)
        wait_for_value(server.queue, [], "the queue is empty")
        expect_equal(len(sink.messages), count + 1, f"messages after a drop at {step}")
    sink.replies = {".": ["DROP AFTER KEEPING", None]}
    server.submit("fred", "bob@remote.example", "Dropped after the dot")
    wait_for_value(lambda: [entry["attempts"] for entry in server.queue()], [1], "attempts")
    number = server.queue()[0]["id"]
    details = [entry["detail"] for entry in server.command("trace", number) if entry["event"] == "deferred"]
    expect(details and details[0]["outcome_unknown"], f"the trace says that the server may have it: {details}")
