"""A Lua stage beside its tests: `check` finds its mistakes, `stagecoach test` runs the cases, a reload is refused when one
fails, an error of the script loses no message, explain names script and line; hooks of known scripts
(REF-127 REF-129 SIG-14 MON-011 USR-060 USR-084)."""

import os

from harness.messages import message, parsed
from harness.waiting import expect, expect_equal, expect_in

STAGES = ["origin", "limits", "headers", "recipients", "lua:office", "signatures", "copies", "mailbox", "dispatch"]

OFFICE = """function route(message)
  if message.subject:find("^Order") then
    redirect("fred", "kate")
    set_header("X-Rule", "order")
    log("an order")
  end
  if message.subject == "Crash" then error("broken") end
  if message.subject == "Loop" then while true do end end
  if message.subject == "Spam" then refuse(550, "5.7.1 No spam") end
end
"""

CASES = """[[case]]
name = "orders go to kate"
to = ["fred@example.com"]
subject = "Order 7"
expect = { users = ["%s"], reason = "kate" }
"""


def write(server, name, text):
    path = os.path.join(server.folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def scenario(stage):
    server = stage.new_server(users=["fred", "kate", "spy"])
    server.config.sections["pipeline"] = {"stages": STAGES, "require_tests": True}
    server.write_config()
    expect_in("office", server.run("check").output, "check misses the script")

    write(server, "scripts/office.lua", "function route(message)\n  redirect(\nend\n")
    expect_in("office.lua:3", server.run("check").output, "a syntax error has its line")
    write(server, "scripts/office.lua", OFFICE)
    write(server, "office.test.toml", CASES % "kate")
    expect_equal(server.run("check").code, 0, "check")
    expect_in("1 case, 0 failed", server.run("test").output, "stagecoach test")
    server.start()

    server.deliver("fred@example.com", "Order 1")
    server.expect_subjects("kate", ["Order 1"])
    expect_equal(parsed(server.messages("kate")[0])["X-Rule"], "order", "the header it has set")
    expect_equal(len(server.messages("fred")), 0, "Fred's mail")
    explained = server.command("explain", "message", stage.file("order.eml", message("Order 2")), "--to",
                               "fred@example.com", "--from", "x@remote.example")
    expect_equal(explained["users"], ["kate"], "explain")
    expect_in("office.lua:3", str(explained["reasons"]), "the line of the script")

    for subject in ("Crash", "Loop", "Plain"):
        server.deliver("fred@example.com", subject)
    server.expect_subjects("fred", ["Crash", "Loop", "Plain"])
    expect_in("office.lua:7: broken", server.log(), "the error is logged")
    try:
        server.deliver("fred@example.com", "Spam")
        expect(False, "it was accepted")
    except Exception as error:  # smtplib has several for one refused message
        expect_in("No spam", str(error), "the refusal")

    # A configuration whose tests fail stays out.
    write(server, "office.test.toml", CASES % "fred")
    failed = server.run("test")
    expect_equal(failed.code, 1, "a test that fails")
    expect_in("expected fred", failed.output, "and says why")
    expect_equal(server.run("reload").code, 1, "the reload is refused")
    write(server, "office.test.toml", CASES % "kate")

    # Known scripts.
    write(server, "scripts/signature.lua", """function GetInternalSignature(format, user)
  if format == "PLAIN" then return "by " .. user end
  return ""
end
""")
    write(server, "scripts/monitor.lua", "function MonitorInternal(message) return 'spy' end\n")
    write(server, "scripts/routing.lua", """function RouteMessage(user, message)
  if user.name == "kate" and message.subject == "To the spy" then return { forward_to = { "spy" } } end
end
""")
    write(server, "scripts/password.lua", """function CheckPassword(user, password, which)
  if password:find(user, 1, true) then return false, "the name is no password" end
  return true
end
""")
    server.command("reload")
    server.submit("fred", "kate@example.com", "Lunch")
    expect_in("by fred", server.messages("kate")[-1].decode(), "the script's signature")
    server.expect_subjects("spy", ["{mon-internal} Lunch"])
    server.deliver("kate@example.com", "To the spy")
    server.expect_subjects("spy", ["To the spy", "{mon-internal} Lunch"])
    refused = server.run("user", "passwd", "new", "--random-password")
    refused = server.run("user", "add", "carl", "--password-stdin", input="carl-carl-carl\n")
    expect(refused.code == 1 and "no password" in refused.errors, f"the script refuses it: {refused.text()}")
