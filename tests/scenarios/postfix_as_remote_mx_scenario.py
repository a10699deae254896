"""Direct delivery to a real Postfix, found by its MX record, with STARTTLS and PIPELINING; its refusal comes back
as a report (SND-15 SND-16)."""

from harness.messages import message
from harness.postfix import Postfix
from harness.waiting import expect, expect_in, wait_until


def scenario(stage):
    postfix = Postfix(stage, "remote.example")
    dns = stage.dns({"remote.example": {"MX": [(10, "mx.remote.example")]},
                     "mx.remote.example": {"A": ["127.0.0.1"]}})
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": postfix.port})
    server.start()
    body = "Hello Bob\r\n.\r\n..\r\nGrüße\r\n" + "x" * 900 + "\r\n"
    raw = message("To Bob", "fred@example.com", "bob@remote.example", body=body,
                  extra="MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: 8bit\r\n")
    server.submit("fred", "bob@remote.example", raw=raw)
    mail = wait_until(lambda: "Subject: To Bob" in postfix.mail() and postfix.mail(), "the message is in the mailbox",
                      20)
    expect_in(body.replace("\r\n", "\n"), mail, "the body")
    expect_in("using TLSv1", mail, "the Received field of Postfix")
    expect_in("Return-Path: <fred@example.com>", mail, "the return path")
    server.submit("fred", "nobody@remote.example", "To nobody")
    report = server.wait_for_message("fred", "", timeout=20).as_string()
    expect_in("Diagnostic-Code: smtp", report, "the report")
    expect("550" in report and "User unknown" in report, report)
