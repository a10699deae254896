"""Scripts by commands: new, save, check, run with what is printed, include, and the error log of the running server
(REF-128 REF-129 SCR-003 SCR-004)."""

from harness.waiting import expect, expect_equal, expect_in, wait_for_value

STAGES = ["origin", "limits", "headers", "recipients", "lua:office", "signatures", "copies", "mailbox", "dispatch"]

OFFICE = """local words = require "words"

function route(message)
  if words.is_order(message.subject) then redirect("fred", "kate") end
  if message.subject == "Crash" then error("broken") end
end
print("loaded", words.is_order("Order 1"))
"""
WORDS = """local M = {}
function M.is_order(text) return text:find("^Order") ~= nil end
return M
"""


def scenario(stage):
    server = stage.new_server(users=["fred", "kate"])
    server.write_config()

    # Without a server: a new one, its text, its syntax, and a run.
    expect_equal(server.run("script", "new", "words").code, 0, "new")
    expect_equal(server.run("script", "new", "Words").code, 1, "it exists already")
    expect_equal(server.run("script", "new", "../words").code, 1, "no name")
    expect_in("require \"words\"", server.run("script", "show", "words").output, "how others include it")
    expect_equal(server.run("script", "save", "words", stage.file("w.lua", WORDS)).code, 0, "save")
    expect_equal(server.run("script", "show", "words").output, WORDS, "what was saved")
    broken = server.run("script", "save", "words", stage.file("broken.lua", "x =\n= 1\n"))
    expect(broken.code == 1 and "words.lua:2" in broken.errors, f"a syntax error has its line: {broken.text()}")
    expect_equal(server.run("script", "show", "words").output, WORDS, "the old one stays")
    ran = server.run("script", "run", stage.file("office.lua", OFFICE))
    expect_equal((ran.code, ran.output), (0, "loaded\ttrue\n"), "what a file prints, with another script included")
    expect_equal(server.run("script", "save", "office", "-", input=OFFICE).code, 0, "save from stdin")
    expect_equal(server.run("script", "run", "office").output, "loaded\ttrue\n", "what a script prints")
    endless = server.run("script", "run", stage.file("endless.lua", "while true do end\n"))
    expect(endless.code == 1 and "endless.lua:1" in endless.errors, f"an endless script: {endless.text()}")
    expect_in("2 scripts: no errors", server.run("script", "check").output, "check")
    with open(server.folder + "/scripts/words.lua", "a", encoding="utf-8") as file:
        file.write("end\n")
    wrong = server.run("script", "check")
    expect(wrong.code == 1 and "words.lua:4" in wrong.output, f"check of all: {wrong.text()}")
    server.run("script", "save", "words", stage.file("w.lua", WORDS))
    names = [one["name"] for one in server.command("script", "list") if one["file"]]
    expect_equal(names, ["office", "words"], "the list")
    expect_equal(server.run("script", "errors").code, 1, "errors are those of a server")

    # In a server: the stage works, an error loses no mail, and the log counts it.
    server.config.sections["pipeline"] = {"stages": STAGES}
    server.start()
    expect_equal(server.command("script", "errors"), [], "no error yet")
    server.deliver("fred@example.com", "Order 1")
    server.expect_subjects("kate", ["Order 1"])
    for subject in ("Crash", "Plain", "Crash"):
        server.deliver("fred@example.com", subject)
    server.expect_subjects("fred", ["Crash", "Crash", "Plain"])
    wait_for_value(lambda: [(one["text"], one["count"]) for one in server.command("script", "errors")],
                   [("office.lua:5: broken", 2)], "the error log")
    expect_in("office.lua:5: broken", server.run("script", "errors").output, "as text")
    server.restart()
    expect_equal(len(server.command("script", "errors")), 1, "it survives a restart")

    # A saved script is in force after a reload.
    server.run("script", "save", "office", "-", input=OFFICE.replace('"Crash"', '"Bang"'))
    server.command("reload")
    server.deliver("fred@example.com", "Crash")
    server.expect_subjects("fred", ["Crash", "Crash", "Crash", "Plain"])
    expect_equal(server.command("script", "errors")[0]["count"], 2, "no further error")
    expect_equal(server.command("script", "errors", "--clear"), {"cleared": 1}, "clearing")
    expect_equal(server.command("script", "errors"), [], "nothing is left")
