"""Header modifiers change what goes out, urgent messages make a connection run, receipts tell who asked for them
(HDR-1 HDR-3 HDR-5 HDR-8 HDR-9 HDR-11 HDR-12 HDR-13 HDR-14)."""

from harness.messages import message, parsed
from harness.waiting import expect, expect_equal, expect_in, wait_for_value

RECEIPT = "Return-Receipt-To: <fred@example.com>\r\n"


def receipts(server, user):
    return [subject for subject in server.subjects(user) if subject.startswith(("Sent:", "Delivered:"))]


def header_modifiers(server, sink):
    raw = message("Modified", "fred@example.com", "bob@remote.example", extra="X-Secret: 1\r\nX-Org: old\r\n")
    server.submit("fred", ["bob@remote.example", "kate@example.com"], raw=raw)
    out = parsed(sink.wait_for(1)[0].data)
    expect_equal(out.get_all("X-Org"), ["Example, by fred@example.com 100%"], "the field that goes out")
    expect_equal(out["X-Secret"], None, "the field that is removed")
    inside = server.wait_for_message("kate", "Modified")
    expect_equal((inside["X-Org"], inside["X-Secret"]), ("old", "1"), "internal mail stays as it is")


def transmission_receipts(server, sink):
    raw = message("With receipt", "fred@example.com", "bob@remote.example", extra="X-Tell: <fred@example.com>\r\n")
    server.submit("fred", "bob@remote.example", raw=raw)
    sink.wait_for(2)
    receipt = server.wait_for_message("fred", "Sent: With receipt")
    expect_equal(receipt["Return-Path"], "<>", "return path of the receipt")
    expect_equal(receipt["Auto-Submitted"], "auto-replied", "the receipt is automatic")
    expect_in("bob@remote.example", receipt.as_string(), "the receipt")
    strange = message("Strange", "fred@example.com", "bob@remote.example", extra="X-Tell: <eve@other.example>\r\n")
    server.submit("fred", "bob@remote.example", raw=strange)
    sink.wait_for(3)
    wait_for_value(server.queue, [], "no receipt waits to go outside")
    expect_equal(len(sink.messages), 3, "messages that went out")


def delivery_receipts(server):
    server.submit("fred", "kate@example.com", raw=message("By IMAP", "fred@example.com", "kate@example.com", extra=RECEIPT))
    with server.imap("kate") as imap:
        imap.select("INBOX")
        number = imap.search(None, "SUBJECT", "IMAP")[1][0]
        imap.fetch(number, "(BODY.PEEK[HEADER])")
        expect_equal(receipts(server, "fred"), ["Sent: With receipt"], "receipts before it is fetched")
        imap.fetch(number, "(BODY[])")
        server.wait_for_message("fred", "Delivered: By IMAP")
        imap.store(number, "-FLAGS", "\\Seen")
        imap.fetch(number, "(BODY[])")
    server.submit("fred", "kate@example.com", raw=message("By POP3", "fred@example.com", "kate@example.com", extra=RECEIPT))
    for _ in range(2):
        with server.pop3("kate") as pop3:
            count = pop3.stat()[0]
            pop3.top(count, 0)
            pop3.retr(count)
        server.wait_for_message("fred", "Delivered: By POP3")
    expect_equal(sorted(receipts(server, "fred")),
                 ["Delivered: By IMAP", "Delivered: By POP3", "Sent: With receipt"], "each receipt once")


def urgent_messages(server, sink):
    server.config.sections["schedule_options"] = {"send_immediately": False}
    server.reload()
    server.submit("fred", "bob@remote.example", "Waits")
    wait_for_value(lambda: [entry["attempts"] for entry in server.queue()], [0], "it waits for the schedule")
    server.submit("fred", "bob@remote.example",
                  raw=message("Now", "fred@example.com", "bob@remote.example", extra="X-Priority: 1 (important)\r\n"))
    subjects = sorted(str(parsed(one.data)["Subject"]) for one in sink.wait_for(5)[3:])
    expect_equal(subjects, ["Now", "Waits"], "an urgent message takes the others along")
    expect("urgent message" in server.log(), "the log says why the connection ran")


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred", "kate"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.sections["header_modifiers"] = {"lines": ["X-Org: Example, by %O 100%%", "X-Secret:"]}
    server.config.sections["receipts"] = {"transmission_fields": ["X-Tell"]}
    server.config.sections["urgent"] = {"connect_immediately": True}
    server.start()
    header_modifiers(server, sink)
    transmission_receipts(server, sink)
    delivery_receipts(server)
    urgent_messages(server, sink)
