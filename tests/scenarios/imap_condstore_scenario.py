"""CONDSTORE (RFC 7162): modification sequences only grow, CHANGEDSINCE shows what changed, UNCHANGEDSINCE refuses a
change on top of somebody else's."""

import re

from harness.messages import message
from harness.waiting import expect, expect_equal


def scenario(stage):
    server = stage.server(users=["fred"])
    for subject in ("One", "Two", "Three"):
        server.deliver("fred@example.com", subject)

    def highest(imap):
        _, found = imap.status("INBOX", "(HIGHESTMODSEQ MESSAGES UIDNEXT)")
        return int(re.search(rb"HIGHESTMODSEQ (\d+)", found[0])[1])

    with server.imap("fred") as imap, server.imap("fred") as other:
        expect("CONDSTORE" in imap.capabilities, f"{imap.capabilities}")
        start = highest(imap)
        imap._simple_command("SELECT", "INBOX", "(CONDSTORE)")
        imap.state = "SELECTED"
        other.select("INBOX")
        other.store("2", "+FLAGS", "(\\Flagged)")
        after = highest(imap)
        expect(after > start, f"HIGHESTMODSEQ: {start} -> {after}")
        imap.untagged_responses.clear()
        _, found = imap.uid("FETCH", "1:*", "(FLAGS)", f"(CHANGEDSINCE {start})")
        expect(len(found) == 1 and b"\\Flagged" in found[0] and b"UID 2" in found[0] and
               f"MODSEQ ({after})".encode() in found[0], f"CHANGEDSINCE {start}: {found}")

        typ, text = imap._simple_command("UID", "STORE", "1:3", f"(UNCHANGEDSINCE {start})", "+FLAGS.SILENT",
                                         "(\\Seen)")
        expect(typ == "OK" and b"[MODIFIED 2]" in text[0], f"UNCHANGEDSINCE: {typ} {text}")
        _, found = imap.search(None, "SEEN")
        expect_equal(found, [b"1 3"], "who is seen")
        _, found = imap.search(None, f"MODSEQ {after + 1}")
        expect(found[0].startswith(b"1 3"), f"SEARCH MODSEQ: {found}")
        before = highest(imap)
        imap.append("INBOX", None, None, message("Four"))
        other.store("1", "+FLAGS", "(\\Deleted)")
        other.expunge()
        expect(highest(imap) > before, "HIGHESTMODSEQ after APPEND and EXPUNGE")
    kept = None
    with server.imap("fred") as imap:
        kept = highest(imap)
    server.restart()
    with server.imap("fred") as imap:
        expect_equal(highest(imap), kept, "HIGHESTMODSEQ after a restart")
