"""Commands that need the server say plainly that it is not running; check, init and docs do not need it."""

import json
import os
import re

from harness.waiting import expect, expect_equal, expect_in


def scenario(stage):
    server = stage.new_server(users=["fred"])
    server.write_config()
    for command in (["status"], ["diff"], ["reload"], ["user", "list"], ["queue", "list"], ["trace", "fred"],
                    ["connection", "run", "main"], ["explain", "route", "fred@example.com"]):
        done = server.run(*command)
        expect(done.code == 1 and "the server is not running" in done.errors, f"{command}: {done.code} {done.text()}")

    done = server.run("check")
    expect_equal(done.code, 0, "check of a good configuration")
    expect(re.search(r"stagecoach.toml:\d+: user.fred.password: warning: ", done.output), done.output)
    server.config.sections["server"]["hostnam"] = "x"
    server.config.sections["limits"] = {"hops_max": 7}
    server.config.add_mapping("sales", "fred@example.com")
    server.write_config()
    done = server.run("check")
    expect_equal(done.code, 1, "check of a bad configuration")
    for pattern in (r"stagecoach.toml:\d+: server.hostnam: .*hostname",
                    r"stagecoach.toml:\d+: limits.hops_max: .*7.*20", r"stagecoach.toml:\d+: mapping.*target"):
        expect(re.search(pattern, done.output), f"{pattern!r} is not in:\n{done.output}")
    done = server.run("check", "--json")
    problems = json.loads(done.output)
    expect(done.code == 1 and all({"file", "line", "key", "message"} <= set(one) for one in problems), f"{problems}")
    number = next(one["line"] for one in problems if one["key"] == "limits.hops_max")
    with open(server.config_file, encoding="utf-8") as file:
        expect_equal(file.read().splitlines()[number - 1], "hops_max = 7", "the line that check names")
    expect_equal(server.run("serve").code, 1, "serve with a bad configuration")

    reference = server.run("docs", "settings")
    tree = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
    with open(os.path.join(tree, "docs/reference/settings.md"), encoding="utf-8") as file:
        expect(file.read() == reference.output, "docs/reference/settings.md is not what `docs settings` prints")

    for wrong in (["nonsense"], ["queue", "list", "--nonsense", "1"], ["user"]):
        done = server.run(*wrong)
        expect(done.code == 2, f"{wrong}: {done.text()}")
    expect_in("usage: stagecoach", server.run("help").output, "help")
