"""The link of a connection is dropped also when the server is killed in the middle of a run, once, by the next start and
before the next run; and when up_command fails after its beginning (CON-3)."""

import os
import threading

from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until

DROPPING = "the link was left up by a run that was cut off; dropping it"


def scenario(stage):
    server = stage.new_server(users=["fred"])
    steps, go = os.path.join(server.folder, "steps"), os.path.join(server.folder, "go")

    def step(name, rest="exit 0", before=":"):
        return ["sh", "-c", f"{before}; echo \"$STAGECOACH_CONNECTION {name}\" >> '{steps}'; {rest}"]

    def taken():
        return open(steps, encoding="utf-8").read().split("\n")[:-1] if os.path.exists(steps) else []

    # A run goes on as long as this waits.
    waits = step("connected", f"while ! [ -e '{go}' ]; do sleep 0.05; done")
    slow_down = step("down", before="sleep 1")
    config = server.config
    config.connections += [
        {"name": "dial", "kind": "command", "up_command": step("up"), "down_command": slow_down,
         "connected_command": waits},
        {"name": "old", "kind": "command", "up_command": step("up"), "down_command": step("down"),
         "connected_command": waits},
        {"name": "half", "kind": "command", "up_command": step("up", "exit 1"), "down_command": step("down")},
        {"name": "hangs", "kind": "command", "up_command": step("up", "sleep 60"), "down_command": step("down", "exit 1"),
         "command_timeout": "1s"},
        {"name": "absent", "kind": "command", "up_command": ["/nowhere/up"], "down_command": step("down")},
        {"name": "no_way_down", "kind": "command", "up_command": step("up", "exit 1")}]
    server.start()

    # What failed half way is dropped; what has not begun is not.
    for name, expected in (("half", ["half up", "half down"]), ("hangs", ["hangs up", "hangs down"]), ("absent", []),
                           ("no_way_down", ["no_way_down up"])):
        result = server.run("connection", "run", name).text()
        expect_in("up_command", result, "it is told that up_command failed")
        expect_equal(taken(), expected, f"the commands of {name}")
        if os.path.exists(steps):
            os.remove(steps)
    server.restart()
    server.run("connection", "run", "half")
    expect_equal(taken(), ["half up", "half down"], "nothing but the new run")
    expect(DROPPING not in server.log(), "those links have been dropped")
    os.remove(steps)

    # kill -9 in the middle of two runs. Of one connection the configuration knows nothing any more.
    runs = [threading.Thread(target=server.run, args=("connection", "run", name)) for name in ("dial", "old")]
    for run in runs:
        run.start()
    during = ["dial connected", "dial up", "old connected", "old up"]
    wait_for_value(lambda: sorted(taken()), during, "both runs have begun")
    server.kill()
    for run in runs:
        run.join()
    with open(go, "w", encoding="utf-8"):
        pass
    expect_equal(sorted(taken()), during, "nobody has dropped a link")
    os.remove(steps)
    config.connections[:] = [one for one in config.connections if one["name"] != "old"]
    server.start()
    server.run("connection", "run", "dial")
    expect_equal(taken(), ["dial down", "dial up", "dial connected", "dial down"], "the link is dropped before the next run")
    expect_in(f"dial: {DROPPING}", server.log(), "the log says so")
    expect_in("old: a run that was cut off may have left the link up", server.log(), "nobody knows how to drop it")

    # That was all: the next starts have nothing to do.
    server.restart()
    server.restart()
    server.run("connection", "run", "half")
    expect_equal(taken()[4:], ["half up", "half down"], "no link is dropped again")
    expect_equal(server.log().count("a run that was cut off"), 2, "it is told once")
    wait_until(lambda: not any(one["running"] for one in server.command("connection", "list")), "the end of all runs")
