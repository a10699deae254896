"""Automatic answers as files: export, import, templates, the order of rules; a declared user's stay as they are
(USR-108 USR-118 USR-250 USR-251 ARS-13)."""

from harness.messages import parsed
from harness.waiting import expect, expect_equal, expect_in

ANSWERS = """header_filters = ["X-Quiet: *"]

[[definitions]]
name = "Holiday"
response_text = "Back on {EndDate+1}.\\nYours, \\"Kate\\""
min_interval_hours = 0
attachments = ["plan.pdf"]

[[definitions]]
name = "Prices"
response_text = "See the list."
min_interval_hours = 0

[[rules]]
name = "All"
autoresponder = "Prices"

[[rules]]
name = "Colleagues"
autoresponder = "<None>"
sender = "*@example.com"

[[rules]]
name = "Holidays"
autoresponder = "Holiday"
date_from = "2020-01-01"
date_to = "2099-12-30"
"""

TEMPLATE = """
[[autoresponder_template]]
name = "Standard"
response_text = "The office answers."
min_interval_hours = 0
"""


def rules(server, user):
    return [rule["name"] for rule in server.command("autoresponder", "list", user)["rules"]]


def refuse(server, *arguments):
    done = server.run(*arguments)
    expect_equal(done.code, 1, f"the exit status of {arguments}")
    return done.errors


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred"])
    server.config.users[0]["autoresponder"] = {"definitions": [{"name": "Away", "response_text": "Away."}],
                                               "rules": [{"name": "One", "autoresponder": "Away"},
                                                         {"name": "Two", "autoresponder": "<None>"}]}
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.more = TEMPLATE
    server.start()
    for user in ("kate", "joe"):
        server.run("user", "add", user, "--password-stdin", input=f"{user}-secret\n")

    # An import is checked as a whole; its faults have lines.
    wrong = stage.file("wrong.toml", "[[definitions]]\nname = \"a\"\nkeep = 1\n\n[[rules]]\nname = \"r\"\n"
                                     "autoresponder = \"<None>\"\ntime_from = \"25:00\"\n")
    errors = refuse(server, "autoresponder", "import", "kate", wrong)
    expect_in("wrong.toml:3: definitions.a.keep", errors, "an unknown key")
    expect_in("wrong.toml:8: rules.r.time_from", errors, "a wrong time")
    gone = stage.file("gone.toml", "[[rules]]\nname = \"r\"\nautoresponder = \"Gone\"\n")
    expect_in("gone.toml:1: rules.r: there is no definition \"Gone\"",
              refuse(server, "autoresponder", "import", "kate", gone), "a missing definition")
    expect_equal(rules(server, "kate"), [], "nothing was changed")

    path = stage.file("answers.toml", ANSWERS)
    done = server.run("autoresponder", "import", "kate", path)
    expect_equal(done.code, 0, f"the import: {done.text()}")
    expect_in('there is no file "plan.pdf"', done.errors, "a warning of the missing file")
    expect_in("already", refuse(server, "autoresponder", "import", "kate", path), "the same names again")
    expect_equal(server.run("autoresponder", "import", "kate", path, "--replace").code, 0, "in their place")
    expect_equal(rules(server, "kate"), ["All", "Colleagues", "Holidays"], "the rules")

    # The export of one user is the import of another one, also of a single definition.
    exported = server.run("autoresponder", "export", "kate").output
    expect_equal(server.run("autoresponder", "import", "joe", stage.file("all.toml", exported)).code, 0, "import")
    expect_equal(server.run("autoresponder", "export", "joe").output, exported, "the same again")
    one = server.run("autoresponder", "show", "kate", "holiday").output
    expect("Holidays" in one and "Prices" not in one, f"one definition with its rules: {one}")

    # The first rule that matches decides: their order counts.
    server.deliver("kate@example.com", "Before")
    expect_in(b"See the list.", sink.wait_for(1)[0].data, "the rule on top")
    expect_equal(server.run("autoresponder", "rule", "move", "kate", "Holidays", "--before", "All").code, 0, "move")
    expect_equal(rules(server, "kate"), ["Holidays", "All", "Colleagues"], "before another one")
    server.deliver("kate@example.com", "After")
    expect_in(b"Back on 2099-12-31", sink.wait_for(2)[1].data, "another rule on top")
    expect_equal(server.run("autoresponder", "rule", "move", "kate", "colleagues", "--to", "1").code, 0, "move")
    expect_equal(rules(server, "kate"), ["Colleagues", "Holidays", "All"], "to a place")
    expect_in("from 1 to 3", refuse(server, "autoresponder", "rule", "move", "kate", "All", "--to", "4"), "no place")
    expect_in("no rule", refuse(server, "autoresponder", "rule", "move", "kate", "x", "--to", "1"), "no rule")
    listing = server.command("autoresponder", "list", "kate")
    expect_equal([(row["name"], row["entries"]) for row in listing["definitions"]], [("Holiday", 1), ("Prices", 1)],
                 "the number of log entries")
    expect_in("Colleagues", server.run("autoresponder", "list", "kate").output, "the list as text")

    # Templates of the administrator: by name in a rule, or as a start for a definition.
    expect_equal([row["name"] for row in server.command("autoresponder", "templates")], ["Standard"], "templates")
    expect_in("The office answers.", server.run("autoresponder", "templates", "standard").output, "its text")
    by_name = stage.file("rule.toml", "[[rules]]\nname = \"Office\"\nautoresponder = \"Standard\"\n")
    expect_equal(server.run("autoresponder", "import", "joe", by_name).code, 0, "a rule that names a template")
    server.run("autoresponder", "rule", "move", "joe", "Office", "--to", "1")
    server.deliver("joe@example.com", "To Joe")
    expect_in(b"The office answers.", sink.wait_for(3)[2].data, "the template's text")
    expect_equal(server.run("autoresponder", "use", "joe", "Standard", "--name", "Mine").code, 0, "a copy")
    expect_in("Mine", server.run("autoresponder", "export", "joe").output, "his own definition")
    expect_equal(server.run("autoresponder", "use", "joe", "none").code, 1, "no such template")

    # What the file declares is shown, and changed there.
    expect_in("Away.", server.run("autoresponder", "export", "fred").output, "a declared user's")
    for arguments in (["rule", "move", "fred", "Two", "--to", "1"], ["import", "fred", by_name]):
        expect_in("stagecoach.toml:", refuse(server, "autoresponder", *arguments), "where he is declared")
    expect_equal(parsed(sink.messages[0].data)["Auto-Submitted"], "auto-replied", "an answer")
