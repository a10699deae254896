"""A mailing list from subscription to suspension: confirmation by mail, posts with the list's header and signature to
local and remote members, moderation, commands, bounces
(LST-022 LST-025 LST-026 LST-027 LST-032 LST-033 LST-034 LST-042 LST-044 LST-046 LST-049 LST-051 LST-060)."""

import re

from harness.messages import message, parsed
from harness.waiting import expect, expect_equal, expect_in, wait_for_value

LISTS = """
[[list]]
name = "news"
type = "mailing"
allow_incoming = true
allow_subscribe = true
moderator = "boss"
signature = "Sent by the list news"
bounces_max = 2
members = ["fred"]

[[list]]
name = "quiet"
type = "mailing"
allow_incoming = true
moderated = true
moderator = "boss"
members = ["fred"]
"""


def bodies(server, user):
    return [(parsed(raw)["Subject"], raw.decode("utf-8", "replace")) for raw in server.messages(user)]


def command(server, sender, subject, to="listserver@example.com"):
    server.deliver(to, subject, sender=sender)


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred", "kate", "boss"], more=LISTS)
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()

    # Ann subscribes: she is asked, confirms, is welcomed.
    command(server, "ann@remote.example", "subscribe news")
    sink.wait_for(2)
    asked = next(one for one in sink.messages if b"confirm " in one.data)
    token = re.search(rb"Subject: (confirm [0-9a-f]{32})", asked.data).group(1).decode()
    expect_equal(server.command("list", "show", "news")[0]["members"], ["fred"], "members before the confirmation")
    command(server, "ann@remote.example", "Re: " + token)
    wait_for_value(lambda: server.command("list", "show", "news")[0]["members"], ["fred", "ann@remote.example"],
                   "members")
    sink.wait_for(4)
    expect(any(b"Welcome to the list news" in one.data for one in sink.messages), "a welcome")
    command(server, "ann@remote.example", "Re: " + token)
    sink.wait_for(5)
    expect(b"not known" in sink.messages[-1].data, "a token works once")

    # A post reaches both, changed, with the list as return path; the poster's session does not wait for it.
    raw = message("Hello all", "kate@example.com", "news@example.com",
                  extra="Disposition-Notification-To: kate@example.com\r\n")
    server.submit("kate", "news@example.com", raw=raw)
    got = sink.wait_for(6)[-1]
    expect_equal((got.sender, got.recipients), ("news_owner@example.com", ["ann@remote.example"]), "envelope")
    head = parsed(got.data)
    expect_equal(head["Sender"], "boss@example.com", "Sender")
    expect_in("<news@example.com>", head["From"], "From")
    expect_equal((head["Disposition-Notification-To"], head["Precedence"]), (None, "bulk"), "fields")
    expect_equal(head["List-Id"], "<news.example.com>", "List-Id")
    expect_in("unsubscribe%20news", head["List-Unsubscribe"], "List-Unsubscribe")
    expect(b"Sent by the list news" in got.data, "the signature")
    server.expect_subjects("fred", ["Hello all"], timeout=10)
    expect_in("Sent by the list news", bodies(server, "fred")[0][1], "the local copy")


    # Moderation.
    server.submit("kate", "quiet@example.com", "Please")
    wait_for_value(lambda: len(server.messages("boss")), 1, "the question to the moderator")
    question = bodies(server, "boss")[0][1]
    expect_in("Please", question, "the message is attached")
    approve = re.search(r"approve [0-9a-f]{32}", question).group(0)
    command(server, "kate@example.com", approve)
    expect_equal(len(server.messages("fred")), 1, "nobody but a moderator approves")
    server.submit("kate", "quiet@example.com", "Again")
    wait_for_value(lambda: len(server.messages("boss")), 2, "the second question")
    approve = re.search(r"approve [0-9a-f]{32}", bodies(server, "boss")[1][1]).group(0)
    server.submit("boss", "listserver@example.com", approve)
    server.expect_subjects("fred", ["Hello all", "Again"], timeout=10)

    # Two bounces suspend a member.
    report = (b"From: <>\r\nSubject: failure\r\nMIME-Version: 1.0\r\n"
              b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
              b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
              b"Final-Recipient: rfc822; ann@remote.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n")
    server.deliver("news_owner@example.com", raw=report, sender="")
    server.deliver("news_owner@example.com", raw=report, sender="")
    wait_for_value(lambda: server.command("list", "show", "news")[0]["members"], ["fred"], "Ann is suspended")

    # Leaving.
    server.submit("fred", "listserver@example.com", "unsubscribe+news")
    wait_for_value(lambda: [subject for subject, _ in bodies(server, "fred")].count("Your commands"), 1, "an answer")
