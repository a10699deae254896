"""A 5xx brings the sender a delivery report (RFC 3464) with the reply of the remote server; an empty return path
never brings one (SND-16 SMT-23 REF-078)."""

from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in, wait_for_value


def scenario(stage):
    sink = stage.sink()
    sink.replies["RCPT TO:<bob@"] = "550 5.1.1 Bob has left"
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()
    server.submit("fred", ["bob@remote.example", "eve@remote.example"], "To Bob")
    report = server.wait_for_message("fred", "")
    expect_equal(report["Return-Path"], "<>", "return path of the report")
    expect_equal(report["To"].addresses[0].addr_spec, "fred@example.com", "To of the report")
    expect(report["Auto-Submitted"] is not None, "Auto-Submitted (RFC 3834)")
    expect_equal((report.get_content_type(), report.get_param("report-type")), ("multipart/report", "delivery-status"),
                 "type of the report")
    words, status, original = report.iter_parts()
    expect_in("Bob has left", words.get_content(), "the words for people")
    fields = status.as_string().replace("; ", ";")
    for field in ("Reporting-MTA: dns;mail.example.com", "Final-Recipient: rfc822;bob@remote.example",
                  "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp;550 5.1.1 Bob has left"):
        expect_in(field.replace("; ", ";"), fields, "the fields for programs")
    expect("eve@" not in fields, "only who failed is reported")
    expect_in("Subject: To Bob", original.as_string(), "the original")
    sink.wait_for(1)
    expect_equal(sink.messages[0].recipients, ["eve@remote.example"], "delivered")

    sink.replies["."] = "554 5.6.0 No such content"
    raw = message("Automatic", "fred@example.com", "eve@remote.example")
    server.deliver("eve@remote.example", sender="", service="submission", user="fred", raw=raw)
    server.submit("fred", "eve@remote.example", "To Eve")
    wait_for_value(server.queue, [], "the queue is empty")
    wait_for_value(lambda: len(server.messages("fred")), 2, "reports: none for the empty return path")
