"""Users by CSV: preview, faults with their lines, all or nothing, passwords of other servers, export and import
again, bulk edit (USR-021 USR-228 USR-229 USR-230 USR-231 USR-232 USR-235 USR-236 USR-237 USR-243 USR-246 WIK-070)."""

import csv
import io
import os

from harness.waiting import expect, expect_equal, expect_in, wait_until



def names(server):
    return sorted(user["name"] for user in server.command("user", "list"))


def settings(server, name):
    return server.command("user", "show", name)[0]["settings"]


def refused(done, *words):
    expect(done.code == 1, f"it was not refused: {done.text()}")
    for word in words:
        expect_in(word, done.errors, "the refusal")


def scenario(stage):
    server = stage.server(users=["fred"])
    log = stage.path("importusers.log")

    # Looking changes nothing; neither does a file with one fault.
    users = stage.file("users.csv", "User Id,Admin,Forward To,Comments,Colour\r\n"
                       "kate,1,fred,\"Sales, mostly\",red\r\nalbert,0,,,blue\r\n")
    preview = server.command("user", "import", users, "--preview")
    expect_equal(preview["columns"], ["name", "administrator", "routing.forward_to", "comments", "ignore"], "columns")
    expect_equal(len(preview["rows"]), 3, "rows of the preview")
    faulty = stage.file("faulty.csv", "User Id,Comments\nbob,x\nbad name,y\njoe,z\n")
    refused(server.run("user", "import", faulty, "--log", log), "line 3")
    refused(server.run("user", "import", faulty, "--log", log, "--columns", "name,nonsense"), "nonsense")
    server.run("user", "import", users, "--dry-run", "--log", log)
    expect_equal(names(server), ["fred"], "users before the import")

    # Random passwords stand in a file for its owner only.
    server.command("user", "import", users, "--log", log)
    made = dict(line.split() for line in open(log))
    expect_equal(sorted(made), ["albert", "kate"], "passwords made")
    expect_equal(os.stat(log).st_mode & 0o777, 0o600, "mode of the log")
    with server.imap("kate", password=made["kate"]):
        pass
    expect_equal(settings(server, "kate"), {"administrator": "true", "comments": "Sales, mostly",
                                            "routing.forward_to": "fred"}, "Kate")

    # Existing users are left alone, or changed where the file says something.
    again = stage.file("again.csv", "User Id,Full Name,Comments\nkate,Kate K,new\n")
    server.command("user", "import", again)
    expect_equal(settings(server, "kate")["comments"], "Sales, mostly", "an existing user")
    server.command("user", "import", again, "--update")
    expect_equal(settings(server, "kate"), {"administrator": "true", "comments": "new", "full_name": "Kate K",
                                            "routing.forward_to": "fred"}, "Kate, changed")
    with server.imap("kate", password=made["kate"]):
        pass

    # What is refused by the server has its line, too; --partial does the rest.
    mixed = stage.file("mixed.csv", "User Id,Group\nbob,\njoe,nowhere\n")
    refused(server.run("user", "import", mixed, "--log", log), "line 3", "nowhere", "nothing was changed")
    expect("bob" not in names(server), "bob was imported")
    refused(server.run("user", "import", mixed, "--log", log, "--partial"), "line 3")
    expect("bob" in names(server) and "joe" not in names(server), "what --partial has done")

    # Names and passwords, without titles.
    server.run("user", "import", "-", "--columns", "name,password", "--titles", "no", "--passwords", "file",
               "--plain-passwords", input="dora,dora-secret\nemil,emil-secret\n")
    with server.imap("dora", password="dora-secret"):
        pass

    # The passwords of an export come back with their users.
    exported = stage.path("userlist.csv")
    server.run("user", "export", exported, "--with-passwords")
    text = open(exported, newline="").read()
    expect("secret" not in text, "a plain password was exported")
    rows = {row["User Id"]: row for row in csv.DictReader(io.StringIO(text))}
    expect_equal(rows["kate"]["Full Name"], "Kate K", "exported")
    server.command("user", "delete", "dora", "emil", "bob")
    server.command("user", "import", exported, "--passwords", "file")
    with server.imap("dora", password="dora-secret"):
        pass
    server.expect_no_login("emil", "dora-secret")

    # A legacy hash works once as it is, and is then replaced.
    legacy = stage.file("legacy.csv", "User Id,Password\ncarl,{SSHA}LhKrkM9Fy+zlstjdD7Kv2s6QvhBzYWx0\n")
    server.command("user", "import", legacy, "--passwords", "file")
    server.expect_no_login("carl", "wrong-horse")
    with server.imap("carl", password="correct horse"):
        pass

    def is_replaced():
        kept = server.run("user", "export", "-", "--with-passwords").output
        return "$argon2id$" in next(line for line in kept.splitlines() if line.startswith("carl"))

    wait_until(is_replaced, what="Carl's password in today's form")
    with server.imap("carl", password="correct horse"):
        pass

    # Bulk edit.
    server.command("user", "bulk", "routing.assistants=+fred", "custom.colour=red", "--where", "name=a")
    expect_equal(settings(server, "kate")["routing.assistants"], "fred", "Kate's assistants")
    expect_equal(settings(server, "albert")["routing.assistants"], "fred", "Albert's assistants")
    expect("routing.assistants" not in settings(server, "emil"), "Emil was not chosen")
    refused(server.run("user", "bulk", "primary_group=nowhere", "--all"), "nowhere", "nothing was changed")

    # Missing ones go, declared ones stay.
    server.command("user", "import", stage.file("rest.csv", "User Id\nkate\n"), "--remove-missing")
    expect_equal(names(server), ["fred", "kate"], "users at the end")
    expect("secret" not in server.log() and "correct horse" not in server.log(), "a password is in the log")
