"""Monitoring by the running server: users are selected by their permission and listed, the prefix is changed and
emptied, blind copies are found, and neither sender nor recipient can notice (MON-002 MON-006 MON-009 MON-010
WIK-068)."""

from harness.messages import message, parsed
from harness.waiting import expect, expect_equal, wait_for_value


def monitor(server, **settings):
    server.config.sections["monitor"] = settings
    server.reload()


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred", "kate", "spy", "gone"])
    server.config.users[0]["permissions.monitor"] = True
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.sections["monitor"] = {"incoming": "selected", "internal": "selected", "outgoing": "selected",
                                         "target": "spy"}
    server.start()

    # Only what selected users send or get.
    listed = server.command("user", "list", "--where", "marks=monitored")
    expect_equal([user["name"] for user in listed], ["fred"], "the users who are monitored")
    server.deliver("fred@example.com", "In to fred")
    server.deliver("kate@example.com", "In to kate")
    server.submit("fred", "kate@example.com", "Fred to kate")
    server.submit("kate", "fred@example.com", "Kate to fred")
    server.submit("kate", "spy@example.com", "Kate to spy")
    server.submit("fred", "bob@remote.example", "Fred out")
    server.submit("kate", "bob@remote.example", "Kate out")
    expected = ["{mon-incoming} In to fred", "{mon-internal} Fred to kate", "{mon-internal} Kate to fred",
                "{mon-outgoing} Fred out"]
    server.expect_subjects("spy", expected + ["Kate to spy"], timeout=10)

    # Nobody notices: the mail is as without monitoring, and no report comes when the copy cannot be delivered.
    sink.wait_for(2)
    seen = server.messages("fred") + server.messages("kate") + [one.data for one in sink.messages]
    signs = (b"monitor", b"mon-", b"spy")
    expect(not any(sign in raw.lower() for raw in seen for sign in signs), "traces of monitoring")
    server.config.more = '[[list]]\nname = "away"\nmembers = ["lost@remote.example"]\n'
    sink.replies["RCPT TO:<lost@"] = "550 5.1.1 Nobody"
    monitor(server, internal="all", target="away")
    before = [len(server.messages(user)) for user in ("fred", "kate")]
    server.submit("fred", "kate@example.com", "Again")
    wait_for_value(lambda: "RCPT TO:<lost@remote.example>" in " ".join(sink.commands), True, "the copy is tried")
    wait_for_value(server.queue, [], "the queue")
    expect_equal([len(server.messages(user)) for user in ("fred", "kate")], [before[0], before[1] + 1], "reports")

    # Another prefix, and none.
    monitor(server, internal="all", target="spy", subject_prefix_internal="[seen] ")
    server.submit("kate", "fred@example.com", "With a prefix")
    server.expect_subjects("spy", expected + ["Kate to spy", "[seen] With a prefix"], timeout=10)
    monitor(server, internal="all", target="spy", subject_prefix_internal="")
    server.submit("kate", "fred@example.com", "Without one")
    server.expect_subjects("spy", expected + ["Kate to spy", "[seen] With a prefix", "Without one"], timeout=10)

    # Blind copies: in the envelope, neither in To nor in Cc.
    monitor(server, bcc_target="gone")
    head = "Cc: <bob@remote.example>\r\n"
    for subject, recipients in (("Open", ["fred@example.com", "bob@remote.example"]),
                                ("Blind", ["fred@example.com", "bob@remote.example", "eve@remote.example"])):
        server.submit("kate", recipients, raw=message(subject, "kate@example.com", "fred@example.com", extra=head))
    server.deliver(["fred@example.com", "spy@example.com"], "Of a stranger")
    wait_for_value(lambda: len(server.messages("gone")), 1, "copies of messages with blind copies")
    copy = parsed(server.messages("gone")[0])
    expect("Blind" in copy["Subject"] and "eve@remote.example" in copy["X-Stagecoach-Monitor-To"], f"the copy: {copy}")
