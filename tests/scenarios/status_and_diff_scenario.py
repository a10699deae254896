"""status shows services and counters; diff says in words what a reload would change; connection run shows what
happens (CON-3)."""

from harness.waiting import expect, expect_equal, expect_in


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred"], mappings=[("sales", "fred")])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.sections["schedule_options"] = {"send_immediately": False}
    server.start()
    server.deliver("fred@example.com")
    status = server.command("status")
    expect_equal((status["hostname"], status["configuration"]), ("mail.example.com", server.config_file), "status")
    expect_equal(sorted((service["name"], service["listen"]) for service in status["services"]),
                 sorted((name, [f"127.0.0.1:{port}"]) for name, port in server.ports.items()), "services")
    expect_equal(status["counters"]["messages_accepted"], 1, "counter of accepted messages")
    expect_in("mail.example.com, running since", server.run("status").output, "status as text")

    expect_equal(server.command("diff"), [], "diff without a change")
    expect_in("nothing would change", server.run("diff").output, "diff without a change, as text")
    server.config.add_user("kate")
    server.config.mappings[0]["target"] = "kate"
    server.write_config()
    lines = server.command("diff")
    expect(any(line.startswith("user kate is added (stagecoach.toml:") for line in lines), f"diff: {lines}")
    expect(any('mapping sales: target "fred" -> "kate"' in line for line in lines), f"diff: {lines}")
    expect_equal([user["name"] for user in server.command("user", "list")], ["fred"], "diff changes nothing")
    expect(any("user kate is added" in line for line in server.command("reload")), "reload says what has changed")
    expect_equal(server.command("diff"), [], "diff after the reload")
    server.config.mappings[0]["target"] = "no user"
    server.config.sections["limits"] = {"hops_max": 7}
    server.write_config()
    wrong = server.run("diff")
    expect(wrong.code == 1 and "limits.hops_max" in wrong.errors, f"diff of a bad configuration: {wrong.text()}")

    server.submit("fred", "bob@remote.example")
    done = server.run("connection", "run", "main")
    expect_in("delivered 1", done.output, "connection run")
    expect(done.errors.strip(), "connection run shows its progress")
    sink.wait_for(1)
    expect_equal(server.run("connection", "run", "other").code, 1, "a connection that does not exist")
