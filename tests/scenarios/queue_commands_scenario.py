"""queue list, show, hold, release, redirect, bounce, delete, priority do what they say
(USR-217); the list of users tells how much waits (USR-011 WIK-053)."""

from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.sections["schedule_options"] = {"send_immediately": False}
    server.start()
    for name in ("hold", "redirect", "bounce", "delete"):
        server.submit("fred", name + "@remote.example", "To " + name)
    entries = {entry["to"].split("@")[0]: entry for entry in server.queue()}
    expect_equal(sorted(entries), ["bounce", "delete", "hold", "redirect"], "queue list")
    expect_equal(sorted(entries["hold"]), ["attempts", "auth_user", "delete_at", "final", "from", "held_until", "id",
                                           "last_reply", "next_attempt", "priority", "queued_at", "route", "sender",
                                           "size_bytes", "source_ip", "state", "subject", "to"], "keys of an entry")
    size = -(-sum(entry["size_bytes"] for entry in entries.values()) // 1024)
    expect_equal(server.run("user", "list").output.splitlines()[-1],
                 f"4 messages, {size} kB wait in the outgoing queue (stagecoach queue list)", "end of the list of users")
    expect_equal([user["name"] for user in server.command("user", "list")], ["fred"], "the same as JSON")
    number = {name: entry["id"] for name, entry in entries.items()}
    expect_in("hold@remote.example", server.run("queue", "show", number["hold"]).output, "queue show")
    expect_in("<fred@example.com> to <hold@remote.example>", server.run("queue", "list").output, "queue list as text")

    server.command("queue", "hold", number["hold"])
    server.command("queue", "redirect", number["redirect"], "--to", "elsewhere@remote.example")
    server.command("queue", "delete", number["delete"])
    server.command("queue", "bounce", number["bounce"], "--reason", "We do not want this")
    report = server.wait_for_message("fred", "")
    expect_in("bounce@remote.example", report.as_string(), "the report")
    expect_in("We do not want this", report.as_string(), "the reason in the report")
    expect_equal(sorted((entry["to"], entry["state"]) for entry in server.queue()),
                 [("elsewhere@remote.example", "waiting"), ("hold@remote.example", "held")], "the queue")

    server.command("connection", "run", "main")
    expect_equal([message.recipients for message in sink.messages], [["elsewhere@remote.example"]], "what was sent")
    server.command("queue", "release", number["hold"])
    wait_until(lambda: server.queue() == [] or server.command("connection", "run", "main"), "hold is sent")
    wait_for_value(server.queue, [], "the queue is empty")
    expect_equal([message.recipients for message in sink.messages][1:], [["hold@remote.example"]], "after release")

    expect_in("\n0 messages, 0 kB wait", server.run("user", "list").output, "the list of users at the end")
    wrong = server.run("queue", "delete", "12345")
    expect(wrong.code != 0 or "0 messages" in wrong.output, f"a message that does not exist: {wrong.text()}")
    expect(server.run("queue", "delete").code == 2, "queue delete needs a number")
    events = {entry["event"] for entry in server.command("trace", number["delete"])}
    expect("deleted" in events, f"trace of the deleted message: {events}")
