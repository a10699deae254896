"""What a list is can be changed in place; a distribution list serves local members at once and remote ones with an
unchanged header; two digests of one list; groups and built-in groups; mail to an empty group vanishes (LST-010
LST-057 LST-062 LST-067 LST-086 LOC-23 GRP-15 REF-001 REF-002 REF-049 REF-050 WIK-071)."""

import os

from harness.messages import message
from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until

DECLARED = """
[limits]
users_max = 4

[[database]]
name = "customers"
conninfo = "host=%s user=stagecoach dbname=postgres"

[[list]]
name = "posts"
type = "mailing"
archive = true
archive_keep_days = 7
members = ["fred"]

[[list]]
name = "daily"
type = "mailing"
digest_of = "posts"
members = ["kate"]

[[list]]
name = "weekly"
type = "mailing"
digest_of = "posts"
digest_every_days = 7
members = ["bob"]
"""


def refused(server, words, *command):
    done = server.run(*command)
    expect(done.code != 0, f"{command} was not refused: {done.text()}")
    expect_in(words, done.errors, f"the refusal of {command}")


def types(server):
    """One list becomes each type and back, and does what that type does."""
    sql(server, "CREATE TABLE customers (address text); INSERT INTO customers VALUES ('bob')")
    server.command("list", "add", "office", "comment=The office", "--member", "fred", "--member", "kate")
    server.submit("bob", "office@example.com", "Distribution")
    expect_equal([server.subjects(user) for user in ("fred", "kate")], [["Distribution"], ["Distribution"]],
                 "a distribution list, right after the 250")
    refused(server, "exactly one member", "list", "set", "office", "type=forwarding")
    server.command("list", "set", "office", "type=mailing", "signature=Of the list")
    server.submit("bob", "office@example.com", "Mailing")
    expect_in("Of the list", server.wait_for_message("fred", "Mailing").get_content(), "a mailing list")
    server.command("list", "members", "office", "remove", "kate")
    server.command("list", "set", "office", "type=forwarding")
    server.submit("bob", "office@example.com", "Forwarding")
    expect("Of the list" not in server.wait_for_message("fred", "Forwarding").get_content(), "a forwarding")
    server.command("list", "set", "office", "type=external_db", "members=", "source.database=customers",
                   "source.query=SELECT address FROM customers")
    server.submit("kate", "office@example.com", "External")
    server.wait_for_message("bob", "External")
    server.command("list", "set", "office", "type=distribution", "members=kate")
    server.submit("bob", "office@example.com", "At last")
    server.wait_for_message("kate", "At last")
    shown, = server.command("list", "show", "office")
    expect_equal((shown["settings"]["comment"], shown["settings"]["signature"]), ("The office", "Of the list"),
                 "what the other types do not use is kept")


def sql(server, text):
    socket = os.path.join(server.data_folder, "database", "socket")
    place = f"host={socket} user=stagecoach dbname=postgres"
    return expect_success(run_program([need("psql"), "-qtA", place, "-c", text])).output.strip()


def members(server, sink):
    """Local and remote members and a list inside, by the name at each local domain."""
    server.command("list", "add", "inner", "--member", "kate", "--member", "Ann.B@remote.example")
    server.command("list", "add", "outer", "--member", "fred", "--member", "inner", "--member", "eve@other.example")
    raw = message("To all", "bob@example.com", "outer@example.com", extra="Cc: <somebody@remote.example>\r\n")
    server.submit("bob", "outer@example.org", raw=raw)
    for user in ("fred", "kate"):
        stored = server.messages(user)[-1]
        expect(stored.endswith(raw), f"{user}'s copy has another header: {stored!r}")
    wait_until(lambda: sorted(name for one in sink.messages for name in one.recipients)
               == ["Ann.B@remote.example", "eve@other.example"], "remote members get it")
    for one in sink.messages:
        expect(one.data.endswith(raw), f"what remote members get has another header: {one.data!r}")
    found = server.run("list", "members", "inner").output
    expect_equal(sorted(found.split()), ["Ann.B@remote.example", "kate"], "all members")


def digests(server):
    server.submit("fred", "posts@example.com", "First post")
    wait_until(lambda: sql(server, "SELECT count(*) FROM list_digest") == "2", "both periods have begun")
    sql(server, "UPDATE list_digest SET at = at - 2 * 86400000000")
    server.submit("fred", "posts@example.com", "Second post")
    server.wait_for_message("kate", "Digest of posts", timeout=20)
    expect(not any("Digest" in subject for subject in server.subjects("bob")), "the weekly one comes after a week")
    sql(server, "UPDATE list_digest SET at = at - 8 * 86400000000")
    server.submit("fred", "posts@example.com", "Third post")
    server.wait_for_message("bob", "Digest of posts", timeout=20)


def groups(server):
    for name in ("No-one", "Everyone", "Admins"):
        refused(server, name, "list", "add", name, "--member", "fred")
        refused(server, name, "list", "members", name, "add", "fred")
        refused(server, name, "group", "add", name)
    refused(server, "members", "group", "add", "sales", "members=ann@remote.example")
    server.command("group", "add", "empty")
    server.command("group", "add", "sales")
    refused(server, "user_count", "group", "set", "sales", "user_count=3")
    refused(server, "sales", "list", "members", "sales", "add", "fred")
    server.command("user", "add", "carl", "primary_group=sales", "--random-password")
    expect_equal({group["name"]: group["member_count"] for group in server.command("group", "list")},
                 {"empty": 0, "sales": 1}, "users of the groups")
    server.command("mapping", "add", "gone@example.com", "empty")
    before = [server.subjects(user) for user in ("fred", "kate", "bob")]
    server.deliver("gone@example.com", "To nobody")
    expect_equal([server.subjects(user) for user in ("fred", "kate", "bob")], before, "who got it")
    wait_for_value(server.queue, [], "nobody hears of it")


def limit(server):
    """Four users may exist; a forwarding is none."""
    refused(server, "4", "user", "add", "fifth", "--random-password")
    server.command("list", "add", "forward", "type=forwarding", "--member", "fred")
    expect_in("4 of at most 4", server.run("user", "list").output, "the listing of users")


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred", "kate", "bob"], domains=["example.com", "example.org"])
    server.config.more = DECLARED % os.path.join(server.folder, "data", "database", "socket")
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()
    types(server)
    members(server, sink)
    digests(server)
    groups(server)
    limit(server)
