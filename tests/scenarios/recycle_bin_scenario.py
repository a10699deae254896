"""What users and rules delete can be brought back: messages and folders, by IMAP, POP3, command and prune rule
(USR-190 USR-191 USR-192 USR-200 USR-202 USR-203 USR-206 USR-207 USR-017)."""

import poplib
import time

from harness.configuration import password_of
from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until


def counted(server, since):
    return server.command("user", "undelete", "fred", "--since", since, "--count")


def folders(server, user="fred"):
    return {folder["name"]: folder["messages"] for folder in server.command("folder", "list", user)}


def scenario(stage):
    server = stage.new_server(users=["fred", "kate"])
    server.start()
    for number in range(4):
        server.deliver("fred@example.com", f"Message {number}")
    with server.imap("fred") as session:
        session.create("Work/Plans")
        session.select("INBOX")
        session.copy("1:2", "Work/Plans")
        session.store("1", "+FLAGS", "(\\Deleted \\Seen)")
        session.expunge()
        session.unselect()
        session.delete("Work/Plans")
    pop3 = poplib.POP3("127.0.0.1", server.port("pop3"))
    pop3.user("fred")
    pop3.pass_(password_of("fred"))
    pop3.dele(1)
    pop3.quit()
    expect_equal(counted(server, "1h"), {"messages": 4, "folders": 1}, "in the bin")
    expect_equal(folders(server)["INBOX"], 2, "left")
    expect("Work/Plans" not in folders(server), "the folder is gone")

    # A session that looks on sees what comes back.
    with server.imap("fred") as session:
        session.select("INBOX")
        expect_equal(server.command("user", "undelete", "fred", "--since", "1h", "--unread", "--flagged"),
                     {"messages": 4, "folders": 1}, "restored")
        wait_until(lambda: session.noop() and session.search(None, "ALL")[1][0].split() == [b"1", b"2", b"3", b"4"],
                   "the session sees them")
        expect_equal(session.search(None, "UNSEEN", "FLAGGED")[1][0].split(), [b"3", b"4"], "marked as wanted")
    expect_equal((folders(server)["INBOX"], folders(server)["Work/Plans"]), (4, 2), "everything is back")
    expect_equal(counted(server, "1h"), {"messages": 0, "folders": 0}, "the bin is empty")

    # Commands on folders.
    time.sleep(1.1)
    server.command("folder", "empty", "fred", "INBOX")
    server.command("folder", "delete", "fred", "Work/Plans")
    expect(server.run("folder", "delete", "fred", "INBOX").code == 1, "INBOX stays")
    expect_equal(counted(server, "1h"), {"messages": 6, "folders": 1}, "kept")
    expect_in("6 messages and 1 folders are back",
              server.run("user", "undelete", "fred", "--since", "1h").output, "as text")
    server.command("folder", "rename", "fred", "Work/Plans", "Plans")
    server.command("folder", "copy", "fred", "Plans", "--to", "kate")
    expect_equal((folders(server)["Plans"], folders(server, "kate")["Plans"]), (2, 2), "copied")
    server.command("folder", "move", "fred", "INBOX", "Plans", "--to", "kate")
    expect_equal((folders(server, "kate")["INBOX"], folders(server, "kate")["Plans"]), (4, 4), "moved")
    expect_equal((folders(server)["INBOX"], "Plans" in folders(server)), (0, False), "left behind")
    expect_equal(counted(server, "1h"), {"messages": 0, "folders": 0}, "a move is no deletion")

    # A prune rule: shown first, run at the start of the next day or server.
    with server.imap("kate") as session:
        session.append("Plans", "", '"01-Jan-2020 12:00:00 +0000"', b"Subject: old\r\n\r\nold\r\n")
    server.config.more += '[[prune.rules]]\nfolder = "Plans"\nage = 30\ndeleted_only = false\nspam_only = false\n'
    server.reload()
    rows = server.command("prune", "--dry-run")
    expect_equal([(row["user"], row["folder"], row["messages"]) for row in rows], [("kate", "Plans", 1)], "dry run")
    server.restart()
    server.wait_for_log("prune rules deleted 1 messages")
    expect_equal(folders(server, "kate")["Plans"], 4, "pruned")
    expect_equal(server.command("user", "undelete", "kate", "--since", "1h", "--count"),
                 {"messages": 1, "folders": 0}, "and kept in the bin")

    # Without a bin things are gone at once.
    server.config.sections["prune"] = {"recycle_bin_hours": 0}
    server.config.more = ""
    server.restart()
    server.command("folder", "empty", "kate", "INBOX")
    wait_for_value(lambda: server.command("user", "undelete", "kate", "--since", "2h", "--count")["messages"], 0,
                   "nothing is kept, and what was kept is purged")
