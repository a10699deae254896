"""What lists tell administrators goes to their message targets: posts to approve of lists without a moderator, a
database of members that fails, commands that nobody understands. A database that fails holds up no other list
(LST-060 REF-051)."""

from harness.messages import message, parsed
from harness.waiting import expect, expect_equal, expect_in, wait_for_value

MORE = """
[message_targets]
MailingList = "lists"
MailingListDefaultModerator = "mods"
ListServerBadMessageAlert = "alert"

[[list]]
name = "discussion"
type = "mailing"
posting = "members"
slow_posting = true
allow_subscribe = true
verify_subscriptions = false
header_modifiers = ["Reply-To: %l", "X-List: %l"]
members = ["fred", "ann@remote.example"]

[[list]]
name = "announce"
type = "mailing"
moderated = true
members = ["fred"]

[[list]]
name = "crm"
type = "external_db"
source.conninfo = "host=/nowhere dbname=crm"
source.query = "SELECT address FROM customers"
"""


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred", "kate", "boss", "lists", "mods", "alert"], more=MORE)
    server.config.users[2]["administrator"] = True
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()

    # Posting rights, subscription, changed header, a copy for each with his address in To.
    try:
        server.submit("kate", "discussion@example.com", "Not yet")
        expect(False, "one who is no member could post")
    except Exception as error:  # smtplib has several for one refused recipient
        expect_in("550", str(error), "the refusal")
    server.submit("kate", "listserver@example.com", "subscribe discussion")
    wait_for_value(lambda: server.command("list", "show", "discussion")[0]["members"],
                   ["fred", "ann@remote.example", "kate@example.com"], "members")
    server.submit("kate", "discussion@example.com",
                  raw=message("A post", "kate@example.com", "discussion@example.com"))
    copy = server.wait_for_message("fred", "A post")
    expect_equal((copy["To"], copy["X-List"]), ("fred@example.com", "discussion"), "fred's copy")
    expect_equal(parsed(sink.wait_for(1)[0].data)["To"], "ann@remote.example", "Ann's copy")

    # Notices.
    server.submit("kate", "announce@example.com", "Please approve")
    wait_for_value(lambda: len(server.messages("mods")), 1, "the question to the default moderator")
    expect(b"Please approve" in server.messages("mods")[0], "it has the post")
    server.submit("kate", "crm@example.com", "To customers")
    wait_for_value(lambda: len(server.messages("lists")), 1, "the notice about the database", 20)
    expect(b"crm" in server.messages("lists")[0], "it names the list")
    server.submit("kate", "listserver@example.com", "sing a song")
    wait_for_value(lambda: len(server.messages("alert")), 1, "the alert about a command")
    expect_equal(server.messages("boss"), [], "the administrator hears nothing of it")
