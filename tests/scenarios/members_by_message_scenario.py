"""A message of the administrator goes to the local users of a group, of a built-in group, and of a distribution list
with a list inside; members elsewhere get nothing (LST-082)."""

from harness.waiting import expect_equal

MORE = """
[[group]]
name = "office"

[[list]]
name = "outer"
members = ["kate", "inner", "ann@remote.example"]

[[list]]
name = "inner"
members = ["joe@example.com"]
"""


def scenario(stage):
    server = stage.new_server(users=["fred", "kate", "joe"], more=MORE)
    server.config.users[0]["secondary_groups"] = ["office"]
    server.config.users[1].update({"primary_group": "office", "administrator": True})
    server.start()
    text = stage.file("text.txt", "Hello {username}\n")
    for target, users in (("office", ["fred", "kate"]), ("outer", ["joe", "kate"]), ("Admins", ["kate"])):
        sent = server.command("message", "send", "--to", target, "--subject", f"To {target}", "--text", text)
        expect_equal(sent["sent"], len(users), f"sent to {target}")
        for user in ("fred", "kate", "joe"):
            if user in users:
                server.wait_for_message(user, f"To {target}")
        got = [user for user in ("fred", "joe", "kate") if f"To {target}" in server.subjects(user)]
        expect_equal(got, users, f"who got the message to {target}")
    expect_equal(server.queue(), [], "nothing goes out")
