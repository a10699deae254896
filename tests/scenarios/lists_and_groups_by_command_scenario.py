"""Lists with their members, groups and mappings by command; all of it survives a restart
(LST-011 LST-012 LST-016 LST-017 LST-018 LST-019 LST-020 LST-021 LST-072 LST-073 LST-084 LST-085 MAP-030 MAP-031 MAP-033
MAP-034 MAP-035 GRP-01 USR-039)."""

from harness.waiting import expect, expect_equal, expect_in

DECLARED = """
[[list]]
name = "staff"
members = ["fred"]
"""


def members(server, name):
    return server.command("list", "show", name)[0]["members"]


def refused(done, *words):
    expect(done.code == 1, f"it was not refused: {done.text()}")
    for word in words:
        expect_in(word, done.errors, "the refusal")


def mappings(server):
    return [(one["settings"]["address"], one["settings"]["target"], one["settings"]["type"],
             one["settings"]["comments"]) for one in server.command("mapping", "list")]


def scenario(stage):
    server = stage.server(users=["fred", "kate"], more=DECLARED)

    # Lists.
    server.command("list", "add", "News", "comment=For all", "--member", "fred", "--member", "ann@remote.example")
    refused(server.run("list", "add", "fred"), "the user \"fred\" exists already")
    refused(server.run("user", "add", "news", "--random-password"), "the list \"News\" exists already")
    server.command("list", "members", "news", "add", "kate", "bob@remote.example")
    server.command("list", "members", "news", "remove", "FRED")
    expect_equal(sorted(members(server, "news")), ["ann@remote.example", "bob@remote.example", "kate"], "members")
    more = stage.file("more.txt", "kate\n\njoe@other.example\n")
    server.command("list", "members", "news", "import", more)
    expect_equal(len(members(server, "news")), 4, "members after an import")
    exported = server.run("list", "members", "news", "export").output
    expect_equal(sorted(exported.split()), sorted(members(server, "news")), "exported members")
    shown = server.run("list", "members", "news", "--match", "REMOTE").output
    expect_equal(sorted(shown.split()), ["ann@remote.example", "bob@remote.example"], "members with a text in them")
    expect(server.run("list", "members", "news", "export", "--match", "x").code == 2, "an export is whole")
    shown = server.run("list", "members", "news", "delete-matching", "*@remote.example")
    expect_in("2 of 4", shown.output, "the number that would go")
    expect_equal(len(members(server, "news")), 4, "members without --force")
    server.run("list", "members", "news", "delete-matching", "/@remote\\.example$/i", "--force")
    expect_equal(sorted(members(server, "news")), ["joe@other.example", "kate"], "members left")
    server.command("list", "members", "news", "import", stage.file("few.txt", "fred\n"), "--replace")
    expect_equal(members(server, "news"), ["fred"], "members replaced")
    refused(server.run("list", "set", "news", "type=external_db"))
    server.command("list", "set", "news", "type=forwarding", "allow_incoming=on")
    expect_equal([one["name"] for one in server.command("list", "list", "--where", "type=forwarding")], ["News"],
                 "forwardings")

    # A declared list takes members, and keeps its own.
    refused(server.run("list", "set", "staff", "comment=x"), "declared in stagecoach.toml:")
    server.command("list", "members", "staff", "add", "kate")
    expect_equal(members(server, "staff"), ["fred", "kate"], "members of a declared list")
    refused(server.run("list", "members", "staff", "remove", "fred"), "declared in stagecoach.toml:")

    # Groups and who is in them.
    server.command("group", "add", "office", "send_internet=off")
    server.command("user", "add", "bob", "primary_group=office", "--random-password")
    expect_equal(server.command("user", "show", "bob")[0]["settings"]["permissions.send_internet"], "false", "Bob")
    expect_equal(server.command("group", "list")[0]["member_count"], 1, "users of the group")
    server.command("group", "set", "office", "force=on")
    refused(server.run("user", "set", "bob", "permissions.send_internet=on"), "office")

    # Mappings.
    refused(server.run("mapping", "add", "sales", "nobody"), "nobody")
    server.command("mapping", "add", "sales", "kate", "--comment", "shop")
    file = stage.file("mappings.csv", "info,news\nfax@example.com,fred,machine,SMTP,ALL\nsales,kate,shop\n")
    server.command("mapping", "import", file)
    expect_equal(mappings(server), [("sales", "kate", "always", "shop"), ("info", "news", "always", ""),
                                    ("fax@example.com", "fred", "smtp", "machine")], "mappings")
    refused(server.run("mapping", "import", stage.file("bad.csv", "a,fred\nb,nobody\n")), "line 2", "nobody")
    expect_equal(len(mappings(server)), 3, "mappings after a refused import")
    back = server.run("mapping", "export").output
    expect_in("fax@example.com,fred,machine,SMTP,ALL", back, "the export")

    server.restart()
    expect_equal(len(mappings(server)), 3, "mappings after a restart")
    expect_equal(members(server, "staff"), ["fred", "kate"], "members after a restart")
    expect_equal(server.command("group", "list")[0]["settings"]["force"], "true", "the group after a restart")
    server.deliver("sales@example.com", "To the shop")
    expect_equal(len(server.messages("kate")), 1, "messages by the mapping")

    number = server.command("mapping", "list", "--where", "address=fax")[0]["name"]
    server.command("mapping", "delete", number)
    server.command("group", "delete", "office")
    expect_equal(server.command("user", "show", "bob")[0]["settings"].get("primary_group", ""), "", "Bob's group")
    server.command("list", "delete", "news")
    expect_equal([one["name"] for one in server.command("list", "list")], ["staff"], "lists at the end")
