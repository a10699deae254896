"""NOTIFY=SUCCESS gives the sender a delivery report (RFC 3461, RFC 3464), NOTIFY=NEVER none."""

from harness.waiting import expect_equal, expect_in


def scenario(stage):
    server = stage.server(users=["fred", "kate"])
    server.submit("kate", "fred@example.com", "With report", mail_options=["RET=HDRS", "ENVID=QQ314159"],
                  rcpt_options=["NOTIFY=SUCCESS", "ORCPT=rfc822;fred@example.com"])
    report = server.wait_for_message("kate", "")
    expect_equal(report.get_content_type(), "multipart/report", "type of the report")
    expect_equal(report["Return-Path"], "<>", "return path of the report")
    parts = list(report.iter_parts())
    status = parts[1].as_string()
    for field in ("Original-Envelope-Id: QQ314159", "Final-Recipient: rfc822;fred@example.com", "Action: delivered",
                  "Status: 2."):
        expect_in(field.replace("; ", ";").lower(), status.replace("; ", ";").lower(), "the report")
    expect_equal(parts[2].get_content_type(), "text/rfc822-headers", "the third part")
    expect_in("With report", parts[2].as_string(), "the returned header section")
    server.submit("kate", "fred@example.com", "Without report", rcpt_options=["NOTIFY=NEVER"])
    server.expect_subjects("fred", ["With report", "Without report"])
    expect_equal(len(server.messages("kate")), 1, "reports")
