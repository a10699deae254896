"""Mail that arrives is sent at once over the connection that is selected for it, or over the first suitable one: not
over one whose link a command makes, nor one without a sender (CON-29 CON-30)."""

from harness.waiting import expect_equal, wait_for_value


def scenario(stage):
    sinks = {name: stage.sink() for name in ("dial", "first", "second")}
    server = stage.new_server(users=["fred"])
    config = server.config
    config.connections += [{"name": "none"}, {"name": "dial", "kind": "command", "up_command": ["true"]},
                           {"name": "first"}, {"name": "second"}]
    config.senders += [{"connection": name, "servers": [f"127.0.0.1:{sink.port}"]} for name, sink in sinks.items()]
    server.start()

    def sent(**options):
        """Where a message goes by itself."""
        config.sections["schedule_options"] = options
        server.reload()
        before = {name: len(sink.messages) for name, sink in sinks.items()}
        server.submit("fred", "bob@remote.example")
        wait_for_value(server.queue, [], "the queue")
        return [name for name, sink in sinks.items() if len(sink.messages) > before[name]]

    expect_equal(sent(send_immediately=True), ["first"], "none is selected")
    expect_equal(sent(send_immediately_connections=["second"]), ["second"], "one is selected")
    expect_equal(sent(send_immediately_connections=["dial", "none", "second"]), ["second"], "the suitable one of them")

    config.sections["schedule_options"] = {"send_immediately_connections": ["dial"]}
    server.reload()
    server.submit("fred", "bob@remote.example", "Waits")
    expect_equal([(entry["state"], entry["attempts"]) for entry in server.queue()], [("waiting", 0)],
                 "a link that is not there")
    server.command("connection", "run", "dial")
    expect_equal(len(sinks["dial"].messages), 1, "it goes with a run")
