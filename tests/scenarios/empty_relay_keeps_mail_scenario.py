"""With an empty list of relay servers outgoing mail waits; when the first server does not respond the next one is
taken, also when it accepts the connection and says nothing; a reply of the first one counts (SND-1 SND-2 SND-4)."""

from harness.scripted_smtp import DROP, SILENCE, ScriptedSmtp
from harness.waiting import expect_equal, free_ports, wait_for_value


def scenario(stage):
    first, second = stage.sink(), stage.sink()
    closed, = free_ports(1)
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": []})
    server.start()
    server.submit("fred", "bob@remote.example", "One")
    server.command("connection", "run", "main")
    expect_equal([entry["to"] for entry in server.queue()], ["bob@remote.example"], "what waits")

    server.config.senders[0]["servers"] = [f"127.0.0.1:{closed}", f"127.0.0.1:{second.port}"]
    server.reload()
    server.command("queue", "retry", "--match", "bob@remote.example")
    second.wait_for(1)
    wait_for_value(server.queue, [], "the queue is empty")

    first.replies["RCPT"] = "451 4.3.0 not now"
    server.config.senders[0]["servers"] = [f"127.0.0.1:{first.port}", f"127.0.0.1:{second.port}"]
    server.reload()
    server.submit("fred", "bob@remote.example", "Two")
    wait_for_value(lambda: [entry["attempts"] for entry in server.queue()], [1], "attempts")
    expect_equal(len(second.messages), 1, "an error of the first server does not make the second one be tried")

    server.command("queue", "delete", "--match", "bob@remote.example")
    server.config.sections["sender_timeouts"] = {"banner": "1s"}
    for greeting in (SILENCE, DROP, "421 4.3.2 Busy"):
        dead = stage.keep_until_the_end(ScriptedSmtp({"greeting": greeting}))
        server.config.senders[0]["servers"] = [f"127.0.0.1:{dead.port}", f"127.0.0.1:{second.port}"]
        server.reload()
        server.submit("fred", "bob@remote.example", f"Greeting {greeting}")
        waits = 1 if greeting.startswith("421") else 0
        wait_for_value(lambda: [entry["attempts"] for entry in server.queue()], [1] * waits, f"after {greeting}", 20)
    expect_equal(len(second.messages), 3, "a server that says nothing does not respond; one that says 421 does")
