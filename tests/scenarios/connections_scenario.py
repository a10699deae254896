"""A connection runs its sender and all its enabled collectors, and only those; it may have no sender, has at most one,
and is taken for available at each run (CON-4 CON-8 CON-10 CON-12 REF-062 REF-061)."""

from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in, free_ports


def collector(name, port, connections, **settings):
    return {"name": name, "connections": connections, "host": f"127.0.0.1:{port}", "username": "box",
            "password": "box-secret", "method": "single_user", "target_user": "fred", **settings}


def recipients(sink):
    return sorted(recipient for one in sink.messages for recipient in one.recipients)


def scenario(stage):
    one, two, off = (stage.pop3_mailbox(messages=[message(subject)]) for subject in ("One", "Two", "Off"))
    other_port, = free_ports(1)
    main, side = stage.sink(), stage.sink()
    server = stage.new_server(users=["fred"])
    config = server.config
    config.sections["schedule_options"] = {"send_immediately": False}
    config.connections += [{"name": "main"}, {"name": "side"}, {"name": "fetch"}]
    config.senders += [
        {"connection": "main", "servers": [f"127.0.0.1:{main.port}"],
         "domain_filtering": 'skip: to matches "*@side.*"'},
        {"connection": "side", "servers": [f"127.0.0.1:{side.port}"],
         "domain_filtering": 'attempt: to matches "*@side.*"'}]
    config.collectors += [collector("one", one.port, ["main"]), collector("two", two.port, ["main", "side"]),
                          collector("off", off.port, ["main"], enabled=False),
                          collector("other", other_port, ["fetch"])]
    server.start()

    # Sender and all enabled collectors of this connection, nothing of the others.
    server.submit("fred", ["bob@remote.example", "eve@side.example"], "Out")
    two.fault = lambda command, argument: "-ERR later"
    result = "\n".join(server.command("connection", "run", "main"))
    for part in ("sender: ", "collector one: ", "collector two: "):
        expect_in(part, result, "what ran")
    expect("collector off" not in result and "collector other" not in result, f"what must not run: {result}")
    main.wait_for(1)
    expect_equal((recipients(main), recipients(side)), (["bob@remote.example"], []), "sent by main")
    server.expect_subjects("fred", ["One"])
    expect_equal((len(off.messages), off.commands), (1, []), "the collector that is switched off")

    # Another sender over the same network, and the collector that both connections have.
    two.fault = lambda command, argument: None
    server.command("connection", "run", "side")
    side.wait_for(1)
    expect_equal((recipients(main), recipients(side)), (["bob@remote.example"], ["eve@side.example"]), "sent by side")
    server.expect_subjects("fred", ["One", "Two"])

    # A connection without a sender. The network is taken for available: who is away is asked again by the next run.
    result = "\n".join(server.command("connection", "run", "fetch"))
    expect("sender" not in result and "collector other: " in result, f"a connection without a sender: {result}")
    other = stage.pop3_mailbox(messages=[message("Other")], port=other_port)
    result = "\n".join(server.command("connection", "run", "fetch"))
    expect_in("fetched 1", result, "the next run")
    server.expect_subjects("fred", ["One", "Other", "Two"])
    expect_equal(other.messages, [], "messages left")

    config.senders.append({"connection": "main", "servers": ["127.0.0.1:1"]})
    server.write_config()
    done = server.run("check")
    expect(done.code == 1 and "has a sender already" in done.text(), f"a second sender of main: {done.text()}")
