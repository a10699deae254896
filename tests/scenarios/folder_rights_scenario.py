"""Folders that their owner may not rename, move or delete (USR-201 USR-208)."""

from harness.waiting import expect, expect_equal, expect_in


def rights(server):
    return {folder["name"]: folder["rights"] for folder in server.command("folder", "list", "fred")}


def scenario(stage):
    server = stage.server(users=["fred"])
    with server.imap("fred") as imap:
        for folder in ("Work", "Work/Plans", "Other"):
            imap.create(folder)
        expect_equal(rights(server)["Work"], "lrswipkxteacd", "rights at first")
        server.command("folder", "rights", "fred", "INBOX", "Work/Plans", "fixed")
        expect_equal(rights(server)["Work/Plans"], "lrswipktea", "rights of a fixed folder")
        expect_equal(rights(server)["Work"], "lrswipkxteacd", "rights of the folder above")

        for refused in (imap.delete("Work/Plans"), imap.rename("Work/Plans", "Plans"), imap.rename("Work", "Job"),
                        imap.rename("INBOX", "Old")):
            expect_equal(refused[0], "NO", "a change of a fixed folder")
            expect_in(b"[NOPERM]", refused[1][0], "the reason")
        expect_equal(imap.rename("Other", "Elsewhere")[0], "OK", "another folder")
        expect_equal(imap.create("Work/Plans/2027")[0], "OK", "a folder below")
        expect_equal(imap.append("Work/Plans", None, None, b"Subject: x\r\n\r\nx\r\n")[0], "OK", "a message in it")

        # Administrators may; full rights come back.
        server.command("folder", "rename", "fred", "Work/Plans", "Plans")
        expect_equal(rights(server)["Plans"], "lrswipktea", "rights after a rename")
        server.command("folder", "rights", "fred", "Plans", "full")
        expect_equal(imap.delete("Plans")[0], "OK", "with full rights")

    for words in (["fred", "Nowhere", "fixed"], ["nobody", "INBOX", "fixed"]):
        expect(server.run("folder", "rights", *words).code == 1, f"{words}")
    expect(server.run("folder", "rights", "fred", "INBOX", "maybe").code == 2, "unknown rights")
    server.restart()
    expect_equal(rights(server)["INBOX"], "lrswipktea", "rights after a restart")
