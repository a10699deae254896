"""Global prune rules hold for users who have chosen them, and only a user's own for the others; a new rule takes almost
nothing (USR-197 USR-199)."""

import time

from harness.waiting import expect, wait_for_value

RULES = """
[[prune.rules]]
folder = "INBOX"
size = 2
deleted_only = false
spam_only = false
"""


def scenario(stage):
    own = {"folder": "INBOX", "size": 10, "deleted_only": False, "spam_only": False}
    prune = {"chosen": {}, "both": {"prune.rules": [{**own, "size": 1}]}, "none": {"prune.use_global": False},
             "own": {"prune.use_global": False, "prune.rules": [own]},
             "new": {"prune.use_global": False, "prune.rules": [{"folder": "INBOX"}]}}
    server = stage.server(users=list(prune))
    for user in prune:
        for subject, size in (("1500", 1500), ("5000", 5000), ("20000", 20000)):
            raw = f"Subject: {subject}\r\n\r\n".encode() + b"x" * size + b"\r\n"
            server.deliver(f"{user}@example.com", raw=raw)
    with server.imap("new") as imap:  # marked, but no spam; spam, but not marked; both
        imap.select()
        imap.store("1", "+FLAGS", "(\\Deleted)")
        imap.store("2", "+FLAGS", "($Junk)")
        imap.store("3", "+FLAGS", "(\\Deleted $Junk)")

    time.sleep(1.5)  # rules run a second after the start: these come after that
    server.config.more = RULES
    for user in server.config.users:
        user.update(prune[user["name"]])
    server.reload()
    # A message is older than nothing when its second has passed.
    wait_for_value(lambda: {row["user"]: row["messages"] for row in server.command("prune", "--dry-run")},
                   {"chosen": 2, "own": 1, "new": 1, "both": 2}, "what would go", 5)
    server.restart()  # the rules run at the start
    left = {"chosen": ["1500"], "own": ["1500", "5000"], "none": ["1500", "20000", "5000"], "new": ["1500", "5000"],
            "both": ["1500"]}
    wait_for_value(lambda: {user: server.subjects(user) for user in prune}, left, "what is left", 20)
    expect(server.command("user", "undelete", "chosen", "--since", "1h", "--count")["messages"] == 2, "the recycle bin")
