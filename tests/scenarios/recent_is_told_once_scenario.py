r"""A message is \Recent to the first session that opens its folder, and to no later one (RFC 3501 section 2.3.2)."""

from harness.waiting import expect_equal


def recent(imap, readonly=False):
    imap.select("INBOX", readonly=readonly)
    return imap.response("RECENT")[1][-1]


def scenario(stage):
    server = stage.server(users=["fred"])
    for subject in ("One", "Two"):
        server.deliver("fred@example.com", subject)
    with server.imap("fred") as imap:
        expect_equal(recent(imap, readonly=True), b"0", "EXAMINE takes nothing away, and shows nothing as recent")
    with server.imap("fred") as first, server.imap("fred") as second:
        expect_equal(recent(first), b"2", "recent to the first")
        expect_equal(recent(second), b"0", "recent to the second")
        expect_equal(first.search(None, "RECENT")[1], [b"1 2"], "SEARCH RECENT of the first")
    server.deliver("fred@example.com", "Three")
    with server.imap("fred") as imap:
        expect_equal(recent(imap), b"1", "recent after a new message")
