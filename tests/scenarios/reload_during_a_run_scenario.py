"""A reload takes the sender of a connection away while its run goes on: the run ends and says so, nothing is lost, and the
connection runs again when it comes back (CON-2). What another sender may take goes by it at once."""

import threading

from harness.scripted_smtp import ScriptedSmtp, Slowly
from harness.waiting import expect, expect_equal, expect_in, wait_until

MESSAGES = 12


def scenario(stage):
    relay = stage.keep_until_the_end(ScriptedSmtp({"end": Slowly("250 ok", 0.1)}))
    sink = stage.sink()
    server = stage.new_server(users=["fred"])
    config = server.config
    config.connections += [{"name": "main"}, {"name": "other"}]
    main = {"connection": "main", "servers": [f"127.0.0.1:{relay.port}"]}
    config.senders.append(main)
    config.sections["schedule_options"] = {"send_immediately": False}
    server.start()
    for number in range(MESSAGES):
        server.submit("fred", "bob@remote.example", f"Message {number}")

    answers = []
    run = threading.Thread(target=lambda: answers.append(server.run("connection", "run", "main")))
    run.start()
    wait_until(lambda: relay.kept, "the run has begun")
    config.senders.clear()
    server.reload()
    run.join(15)
    expect(answers, "the run goes on without its sender")
    expect_in("taken out of the configuration", answers[0].output, "what the run says")
    wait_until(lambda: {entry["state"] for entry in server.queue()} == {"waiting"}, "the rest waits")
    left = len(server.queue())
    expect_equal(len(relay.kept) + left, MESSAGES, "sent and waiting")
    expect(left > 0, "all was sent before the reload")

    config.senders.append(main)
    server.reload()
    config.senders[:] = [{"connection": "other", "servers": [f"127.0.0.1:{sink.port}"]}]
    config.sections["schedule_options"] = {"send_immediately": True, "send_immediately_connections": ["other"]}
    server.reload()
    sink.wait_for(left)
    wait_until(lambda: not server.queue(), "nothing waits")
    config.senders.append(main)
    server.reload()
    server.submit("fred", "bob@remote.example", "By the other one")
    sink.wait_for(left + 1)
    expect_in("main", str(server.command("connection", "list")), "the connection is there")
    expect(server.run("connection", "run", "main").code == 0, "it runs again")
