"""stagecoach.d/*.toml is read beside the file; places are named by their file; an entry that moved is no change."""

import os

from harness.waiting import expect, expect_equal, expect_in


def scenario(stage):
    server = stage.new_server(users=["fred"])
    more = os.path.join(server.folder, "stagecoach.d")
    os.makedirs(more)
    with open(os.path.join(more, "20-users.toml"), "w", encoding="utf-8") as file:
        file.write('\n[[user]]\nname = "kate"\npassword = "{plain}kate-secret"\n')
    server.start()
    users = {user["name"]: user["where"] for user in server.command("user", "list")}
    expect_equal(users["kate"], "stagecoach.d/20-users.toml:2", "where Kate is declared")
    server.deliver("kate@example.com")
    server.expect_subjects("kate", ["Hello"])
    with open(os.path.join(more, "20-users.toml"), "a", encoding="utf-8") as file:
        file.write('\n[[user]]\nname = "bob"\npassword = "{plain}bob-secret"\nfull_nam = "Bob"\n')
    done = server.run("check")
    expect(done.code == 1, done.text())
    expect_in("20-users.toml:9: user.bob.full_nam: ", done.output, "check")
    server.config.sections = {"limits": {"hops_max": 100}, **server.config.sections}  # everything moves down
    os.remove(os.path.join(more, "20-users.toml"))
    server.config.users.append({"name": "kate", "password": "{plain}kate-secret"})
    server.write_config()
    expect_equal(server.command("diff"), [], "diff after a move")
