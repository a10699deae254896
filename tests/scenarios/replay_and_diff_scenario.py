"""`diff` says for which addresses a changed configuration changes what happens, `replay` what it would have done with
mail that came already; neither changes anything."""

import shutil

from harness.waiting import expect, expect_equal, expect_in


def scenario(stage):
    server = stage.server(users=["fred", "kate"], mappings=[("sales@example.com", "fred")])
    server.deliver("sales@example.com", "One")
    server.deliver("kate@example.com", "Two")
    server.deliver("sales@example.com", "Three")
    number = server.command("trace", "kate@example.com")[0]["id"]

    expect_equal(server.command("replay", "--since", "yesterday")["different"], [], "nothing differs")
    other = stage.path("server", "other.toml")
    shutil.copy(server.config_file, other)
    with open(other, encoding="utf-8") as file:
        text = file.read()
    with open(other, "w", encoding="utf-8") as file:
        file.write(text.replace('target = "fred"', 'target = "kate"'))

    report = server.command("replay", "--since", "yesterday", "--with", other)
    expect_equal((report["messages"], len(report["different"])), (3, 2), "messages and differences")
    expect_equal([one["subject"] for one in report["different"]], ["One", "Three"], "subjects")
    expect_equal((report["different"][0]["before"], report["different"][0]["after"]),
                 (["deliver to fred, folder INBOX"], ["deliver to kate, folder INBOX"]), "the difference")
    expect_equal(server.command("replay", number, "--with", other)["different"], [], "one message alone")
    expect_in("2 would take another way", server.run("replay", "--since", "1h", "--with", other).output, "as text")
    expect(server.run("replay", "--since", "whenever").code == 1, "a wrong time is refused")
    expect_equal(len(server.messages("kate")), 1, "replay delivers nothing")

    shutil.copy(other, server.config_file)
    lines = server.command("diff")
    expect_in("mail from outside for sales@example.com: fred -> kate", "\n".join(lines), "diff")
    server.command("reload")
    expect_equal(server.command("diff"), [], "after the reload")
