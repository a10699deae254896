"""Who gets collected mail when the header section does not say it: a server of its own, a name beside the address, a
marker in the subject; what becomes of mail without a valid recipient, and who is told
(COL-67 COL-68 COL-69 COL-84 COL-85 COL-86 COL-87 COL-88 COL-89)."""

from harness.messages import message, subject_of
from harness.waiting import expect_equal, expect_in, wait_for_value


def scenario(stage):
    relay, inside = stage.sink(), stage.sink(users={"office": "s3cret"})
    mailbox = stage.pop3_mailbox()
    server = stage.new_server(users=["fred", "kate", "postmaster"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{relay.port}"]})
    server.config.collectors.append({})

    def collect(*messages, **settings):
        """What each user got, and to whom something went out."""
        server.config.collectors[0] = {"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                       "username": "box", "password": "box-secret", **settings}
        server.reload() if server.program else server.start()
        names = ("fred", "kate", "postmaster")
        before = {name: len(server.messages(name)) for name in names}
        out = len(relay.messages)
        mailbox.messages = list(messages)
        result = "\n".join(server.command("connection", "run", "main"))
        expect_in("Connection successful", result, "the visit")
        expect_equal(mailbox.messages, [], "what is left on the server")
        wait_for_value(server.queue, [], "the queue")
        got = {name: sorted(subject_of(raw) for raw in server.messages(name)[before[name]:]) for name in names}
        return {name: subjects for name, subjects in got.items() if subjects}, relay.messages[out:]

    def bounced(sent):
        return [(one.sender, *one.recipients) for one in sent]

    def lost(subject):
        return b"Return-Path: <ann@remote.example>\r\n" + message(subject, to="nobody@example.com")

    collect(message("Passed on"), method="forward_smtp", target_address="all@lan.example",
            target_server=f"office:s3cret@127.0.0.1:{inside.port}")
    one, = inside.wait_for(1)
    expect_equal((one.recipients, one.user, subject_of(one.data)), (["all@lan.example"], "office", "Passed on"), "method 3")

    got, _ = collect(message("Beside", to='"Kate" <office@isp.example>'), message("Unknown", to='"Zoe" <office@isp.example>'),
                     method="single_address_comment", on_no_recipient="ignore")
    expect_equal(got, {"kate": ["Beside"]}, "the name beside the address")
    got, _ = collect(message("[fred] Marked"), message("[zoe] Unknown"), method="subject_marker", on_no_recipient="ignore")
    expect_equal(got, {"fred": ["[fred] Marked"]}, "the marker in the subject")

    parse = {"method": "parse_headers", "accepted_domains": ["example.com"]}
    got, sent = collect(lost("To the admin"), **parse, on_no_recipient="message_to_admin")
    expect_equal((got, bounced(sent)), ({"postmaster": ["To the admin"]}, []), "message_to_admin")
    got, sent = collect(lost("An error"), **parse, on_no_recipient="error_to", on_no_recipient_target="kate")
    expect_equal((list(got), bounced(sent)), (["kate"], []), "error_to")
    expect_in("An error", server.messages("kate")[-1].decode(), "the error has the message")
    got, sent = collect(lost("Returned"), **parse, on_no_recipient="bounce")
    expect_equal((got, bounced(sent)), ({}, [("", "ann@remote.example")]), "bounce")
    got, sent = collect(lost("Both"), **parse, on_no_recipient="message_to", on_no_recipient_target="kate", also_bounce=True,
                        bounce_template="nobody of that name here")
    expect_equal((got, bounced(sent)), ({"kate": ["Both"]}, [("", "ann@remote.example")]), "message_to and also_bounce")
    expect_in("nobody of that name here", sent[0].data.decode(), "the text of the report")
    got, sent = collect(lost("Ignored"), **parse, on_no_recipient="ignore")
    expect_equal((got, bounced(sent)), ({}, []), "ignore")
