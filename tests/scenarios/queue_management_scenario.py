"""The queue as administrators manage it: columns, criteria, holds that end by themselves, copies into an INBOX,
the last try, what was sent, and mail for a server of its own (USR-213 USR-215 USR-218 USR-219 USR-220 USR-222
USR-223 USR-225 USR-227 USR-252)."""

from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until


def by_name(server, *more):
    return {entry["to"].split("@")[0]: entry for entry in server.command("queue", "list", *more)}


def scenario(stage):
    sink, lan = stage.sink(), stage.sink()
    server = stage.new_server(users=["fred", "kate"])
    server.config.add_user("away", routing={"forward_to": [f"SMTP:bob@lan.example@127.0.0.1:{lan.port}"],
                                            "use_forwarding": True})
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.sections["schedule_options"] = {"send_immediately": False}
    server.config.sections["misc"] = {"hold_outgoing": "2h", "delete_outgoing": "3h"}
    server.start()

    # Columns, and the hold of the configuration.
    server.submit("fred", "offer@remote.example", "An Offer")
    server.submit("fred", "bill@remote.example", "Invoice 7")
    entries = by_name(server)
    bill = entries["bill"]
    expect_equal((bill["state"], bill["subject"], bill["auth_user"], bill["source_ip"], bill["final"], bill["priority"]),
                 ("timed", "Invoice 7", "fred", "127.0.0.1", False, 5), "columns")
    expect(bill["held_until"] and bill["delete_at"] > bill["held_until"], f"times: {bill}")
    server.command("connection", "run", "main")
    expect_equal(len(sink.messages), 0, "nothing is sent while it is held")

    # Criteria: counted first, then changed.
    expect_equal(sorted(by_name(server, "--subject", "inv*e")), ["bill"], "by subject")
    expect_equal(sorted(by_name(server, "--subject", "/invoice/")), [], "a regular expression minds the case")
    expect_equal(sorted(by_name(server, "--where", "subject=offer")), ["offer"], "by column")
    expect_equal(server.command("queue", "release", "--recipient", "bill", "--count"),
                 {"messages": 1, "recipients": 1}, "counted")
    expect_equal(by_name(server)["bill"]["state"], "timed", "nothing has changed")
    expect(server.run("queue", "release", "--subject", "/(/").code != 0, "a wrong expression is refused")
    expect(server.run("queue", "delete").code == 2, "no criteria, no command")
    server.command("queue", "release", "--recipient", "bill")
    expect_equal({name: entry["state"] for name, entry in by_name(server).items()},
                 {"bill": "waiting", "offer": "timed"}, "released")

    # A retry counts recipients; the last try ends in a report.
    sink.replies["RCPT TO:<bill"] = "450 4.2.1 later"
    server.command("connection", "run", "main")
    wait_for_value(lambda: by_name(server)["bill"]["attempts"], 1, "tried once")
    server.command("queue", "final", bill["id"])
    expect_equal(by_name(server)["bill"]["final"], True, "final")
    shown = server.run("queue", "show", bill["id"]).output
    expect_in("450 4.2.1 later", shown, "last result")
    expect_in("Subject: Invoice 7", shown, "the beginning of the message")
    expect_equal(server.command("queue", "retry", bill["id"]), {"messages": 1, "recipients": 1}, "retry")
    report = server.wait_for_message("fred", "")
    expect_in("bill@remote.example", report.as_string(), "the report of the last try")

    # Copies into an INBOX.
    offer = entries["offer"]["id"]
    server.command("queue", "copy", offer, "--user", "kate")
    wait_until(lambda: len(server.messages("kate")) == 1, "a copy for kate")
    expect_equal(sorted(by_name(server)), ["offer"], "still queued")
    expect(server.run("queue", "move", offer, "--user", "nobody").code == 1, "no such user")
    server.command("queue", "move", offer, "--user", "kate")
    expect_equal(len(server.messages("kate")), 2, "moved")
    expect_equal(server.queue(), [], "and gone")

    # A server of its own needs no connection, and is held by nobody.
    server.deliver("away@example.com", "To the LAN")
    expect_equal([message.recipients for message in lan.wait_for(1)], [["bob@lan.example"]], "sent at once")

    # What was sent, what failed.
    wait_for_value(server.queue, [], "the queue is empty")
    ends = {entry["to"]: entry for entry in server.command("queue", "list", "--sent")}
    expect_equal({to: entry["state"] for to, entry in ends.items()},
                 {"bob@lan.example": "sent", "bill@remote.example": "failed", "offer@remote.example": "moved"}, "ends")
    expect_equal(ends["bill@remote.example"]["subject"], "Invoice 7", "with its subject")
    expect_in("Invoice 7", server.run("queue", "list", "--sent").output, "as text")
