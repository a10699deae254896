"""A connection whose link is made by a command: up before the run, the commands around it, down after it; a link that
cannot be made makes the fallback run; nothing is sent immediately over it. The schedule is listed, paused and resumed
(CON-3 CON-5 CON-6 CON-18 CON-27 CON-34 CON-38 CON-39)."""

import os

from harness.waiting import expect, expect_equal, expect_in, wait_until


def scenario(stage):
    sink, second = stage.sink(), stage.sink()
    server = stage.new_server(users=["fred"])
    steps = os.path.join(server.folder, "steps")

    def step(name, code=0):
        return ["sh", "-c", f"echo \"$STAGECOACH_CONNECTION {name}\" >> '{steps}'; exit {code}"]

    def taken():
        return open(steps).read().split("\n")[:-1] if os.path.exists(steps) else []

    config = server.config
    config.connections += [
        {"name": "dsl", "kind": "command", "up_command": step("up"), "down_command": step("down"),
         "connected_command": step("connected", 1), "disconnect_command": step("disconnect")},
        {"name": "broken", "kind": "command", "up_command": step("up", 3), "down_command": step("down"),
         "fallback": "reused"},
        {"name": "reused", "kind": "command", "up_command": step("up"), "down_command": step("down"),
         "reuse_interfaces": ["none0", "lo"]}]
    config.senders += [{"connection": "dsl", "servers": [f"127.0.0.1:{sink.port}"]},
                       {"connection": "reused", "servers": [f"127.0.0.1:{second.port}"]}]
    config.schedules += [{"name": "office", "every": 10, "from": "8:00", "to": "18:00", "connections": ["dsl"]},
                         {"name": "never", "at": "3:00", "enabled": False}]
    server.start()

    # A message does not make the link; a run does, and drops it.
    server.submit("fred", ["bob@remote.example"], "By command")
    expect_equal((len(sink.messages), taken()), (0, []), "nothing is sent immediately")
    result = "\n".join(server.command("connection", "run", "dsl"))
    sink.wait_for(1)
    expect_equal(taken(), ["dsl up", "dsl connected", "dsl disconnect", "dsl down"], "the commands of a run")
    expect_in("connected_command ended with code 1", result, "a command that fails is told")

    # The link cannot be made: the other connection, which needs no command because an interface is up.
    os.remove(steps)
    server.submit("fred", ["bob@remote.example"], "By fallback")
    result = "\n".join(server.command("connection", "run", "broken"))
    second.wait_for(1)
    expect_equal(taken(), ["broken up", "broken down"], "what may be half made is dropped; the fallback needs no command")
    for part in ("up_command ended with code 3", "trying reused", "the link is there already (lo)"):
        expect_in(part, result, "the run by fallback")
    wait_until(lambda: not any(one["running"] for one in server.command("connection", "list")), "the end of all runs")

    # The schedule by command.
    listing = server.command("schedule", "list")
    expect(not listing["paused"], "active at the start")
    office, never = listing["items"]
    expect_in("Every 10 minutes between 8:00 and 18:00", office["text"], "the item in words")
    expect_equal((office["connect"], office["enabled"], never["enabled"]), (["dsl"], True, False), "the items")
    expect(office["next"] and not never["next"], "an item that is off is due never")
    expect(server.command("schedule", "pause")["paused"], "paused")
    expect(server.command("schedule", "list")["paused"], "the state is visible")
    expect(not server.command("schedule", "resume")["paused"], "resumed")
