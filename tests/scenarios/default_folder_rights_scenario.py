"""`default_folder_rights = "fixed"`: folders that the user makes are his to fill, and stay where they are (USR-150)."""

from harness.waiting import expect, expect_equal, expect_in


TICKETS = {"name": "tickets", "conditions": [{"field": "Subject", "match": "contains", "data": "[ticket]"}],
           "actions": [{"action": "move_to_folder", "data": "Desk/Tickets"}]}


def rights(server, user):
    return {folder["name"]: folder["rights"] for folder in server.command("folder", "list", user)}


def scenario(stage):
    server = stage.new_server(users=["fred"])
    server.config.add_user("kate", permissions={"default_folder_rights": "fixed"}, message_rules=[TICKETS])
    server.start()
    expect("no effect" not in server.run("check").output, "the setting works")
    for user, expected in (("fred", "lrswipkxteacd"), ("kate", "lrswipktea")):
        with server.imap(user) as imap:
            expect_equal(imap.create("Work/Plans")[0], "OK", "CREATE")
            for folder in ("Work", "Work/Plans"):
                expect_equal(rights(server, user)[folder], expected, f"rights of {user}'s {folder}")
            expect_equal(rights(server, user)["Drafts"], "lrswipkxteacd", "rights of a folder of every mailbox")
            expect_equal(imap.append("Work/Plans", None, None, b"Subject: x\r\n\r\nx\r\n")[0], "OK", "a message in it")
            fixed = user == "kate"
            done = imap.rename("Work/Plans", "Plans")
            expect_equal(done[0], "NO" if fixed else "OK", "RENAME")
            if fixed:
                expect_in(b"[NOPERM]", done[1][0], "the reason")
                expect_equal(imap.delete("Work")[0], "NO", "DELETE")

    # A rule of hers makes a folder: the same rights.
    server.submit("fred", ["kate@example.com"], "[ticket] One")
    server.expect_subjects("kate", ["[ticket] One"], folder="Desk/Tickets")
    for folder in ("Desk", "Desk/Tickets"):
        expect_equal(rights(server, "kate")[folder], "lrswipktea", f"rights of {folder}, made by a rule")

    # Rights of folders that are there stay; an administrator decides about each.
    server.config.users[1]["permissions"]["default_folder_rights"] = "full"
    server.reload()
    with server.imap("kate") as imap:
        expect_equal(imap.delete("Work/Plans")[0], "NO", "an old folder")
        imap.create("New")
        expect_equal(imap.delete("New")[0], "OK", "a new folder")
        server.command("folder", "rights", "kate", "Work/Plans", "full")
        expect_equal(imap.delete("Work/Plans")[0], "OK", "with full rights")

    server.config.users[1]["permissions"]["default_folder_rights"] = "none"
    server.write_config()
    expect_in('"none" is neither "full" nor "fixed"', server.run("check").output, "check")
