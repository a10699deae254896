"""Message rules and scripts see the text of messages that are too large for memory, also behind an attachment."""

import base64
import os

from harness.messages import parsed
from harness.waiting import expect, expect_equal


INVOICES = {"name": "invoices", "conditions": [{"field": "Body", "match": "contains", "data": "Rechnung über"}],
            "actions": [{"action": "move_to_folder", "data": "Invoices"},
                        {"action": "modify_headers", "data": "X-Seen: yes"}]}


def large(subject, text):
    attachment = base64.encodebytes(os.urandom(1_500_000)).replace(b"\n", b"\r\n")
    return (f"From: <ann@remote.example>\r\nTo: <fred@example.com>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: application/octet-stream\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n").encode() + attachment + (
            '--b\r\nContent-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
            + base64.b64encode(text.encode()).decode() + "\r\n--b--\r\n").encode()


def scenario(stage):
    server = stage.new_server(users=[])
    server.config.add_user("fred", message_rules=[INVOICES])
    server.start()
    one = large("One", "Die Rechnung über 10 €")
    server.deliver("fred@example.com", raw=one)
    server.deliver("fred@example.com", raw=large("Two", "Nothing of this kind"))
    expect_equal((server.subjects("fred", "Invoices"), server.subjects("fred")), (["One"], ["Two"]),
                 "Invoices and INBOX")
    copy, = server.messages("fred", "Invoices")
    expect_equal(parsed(copy)["X-Seen"], "yes", "the changed copy")
    expect(copy.endswith(one[one.index(b"--b"):]), "its text is unchanged")
