"""A group that forces in_everyone, monitor and administrator on its members, on and off: who gets mail to Everyone and
Admins, whose mail is monitored (GRP-10)."""

from harness.waiting import expect_equal

GROUPS = """
[[group]]
name = "on"
force = true
in_everyone = true
monitor = true
administrator = true

[[group]]
name = "off"
force = true
in_everyone = false
monitor = false
administrator = false

[[group]]
name = "own"
force = true

[monitor]
incoming = "selected"
target = "spy"
"""


def scenario(stage):
    server = stage.new_server(users=["spy"], more=GROUPS)
    for group in ("on", "off", "own"):
        # What each has without a group is the opposite of what the group wants; "own" changes nothing.
        has = group == "off"
        server.config.add_user("u" + group, primary_group=group, administrator=has,
                               **{"permissions.in_everyone": has, "permissions.monitor": has})
    server.config.users[0]["permissions.in_everyone"] = False
    server.start()
    users = ("uon", "uoff", "uown")
    server.submit("spy", "everyone@example.com", "To everyone")
    server.submit("spy", "admins@example.com", "To administrators")
    expect_equal([server.subjects(user) for user in users], [["To administrators", "To everyone"], [], []],
                 "members of the built-in groups")
    for user in users:
        server.deliver(f"{user}@example.com", f"For {user}")
    server.expect_subjects("spy", ["{mon-incoming} For uon"], timeout=10)
    listed = {user["name"]: user["marks"] for user in server.command("user", "list")}
    expect_equal([listed[user] for user in users], [["administrator", "monitored"], [], []], "marks")
