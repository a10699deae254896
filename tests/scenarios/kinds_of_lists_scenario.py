"""Lists with individual copies, lists fed by a query, and a digest (LST-048 LST-055 LST-056 LST-063 LST-065 LST-066)."""

import os
import subprocess

from harness.messages import parsed
from harness.waiting import expect, expect_equal, wait_for_value

MORE = """
[[list]]
name = "slow"
type = "mailing"
slow_posting = true
header_modifiers = []
members = ["fred", "kate"]

[[list]]
name = "news"
type = "mailing"
archive = true
members = ["fred"]

[[list]]
name = "daily"
type = "mailing"
digest_of = "news"
members = ["kate"]

[[database]]
name = "customers"
conninfo = "host=%s user=stagecoach dbname=postgres"

[[list]]
name = "crm"
type = "external_db"
source.database = "customers"
source.query = "SELECT address FROM customers ORDER BY address"
"""


def scenario(stage):
    server = stage.new_server(users=["fred", "kate"])
    socket = os.path.join(server.folder, "data", "database", "socket")
    server.config.more = MORE % socket
    server.start()

    def sql(text):
        owner = os.stat(socket).st_uid
        subprocess.run(["psql", "-q", "-h", socket, "-U", "stagecoach", "-d", "postgres", "-c", text], check=True,
                       user=owner if os.geteuid() == 0 else None, capture_output=True, timeout=30)

    server.submit("fred", "slow@example.com", "One each")
    wait_for_value(lambda: [parsed(raw)["To"] for user in ("fred", "kate") for raw in server.messages(user)],
                   ["fred@example.com", "kate@example.com"], "To of individual copies")

    # The members' database is not ready: the post waits, and goes out when it is.
    server.submit("fred", "crm@example.com", "To customers")
    wait_for_value(lambda: "customers" in server.log(), True, "the failure is logged")
    expect_equal(len(server.messages("kate")), 1, "nobody has it yet")
    sql("CREATE TABLE customers (address text); INSERT INTO customers VALUES ('kate@example.com'), ('fred')")
    server.submit("fred", "crm@example.com", "Second")
    server.expect_subjects("kate", ["One each", "Second", "To customers"], timeout=20)

    # A digest: two posts in one message, for the members of the other list.
    server.submit("kate", "news@example.com", "First post")
    server.expect_subjects("fred", ["First post", "List crm", "One each", "Second", "To customers"], timeout=20)
    wait_for_value(lambda: sql("SELECT 1 / count(*) FROM list_digest") or True, True, "the first period has begun")
    sql("UPDATE list_digest SET at = 1")
    server.submit("kate", "news@example.com", "Second post")
    found = server.wait_for_message("kate", "Digest of news", timeout=20)
    expect("First post" in str(found) and "Second post" in str(found), "both posts are in it")
    expect(any(part.get_content_type() == "multipart/digest" for part in found.walk()), "it is a digest")
