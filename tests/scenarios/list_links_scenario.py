"""Every remote member of a mailing list gets a link of his own to leave it (RFC 8058), although the post is stored
once; the link works; the bytes below the header stay as they were (LST-059)."""

import http.client
import re

from harness.messages import message, parsed
from harness.waiting import expect, expect_equal, wait_for_value

MEMBERS = ["ann@remote.example", "bob@remote.example", "fred"]


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred", "kate"], services=("mx", "submission", "imap", "web"))
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.more = '[lists]\nunsubscribe_url = "http://lists.example.com"\n'
    server.start()
    server.command("list", "add", "news", "type=mailing", "allow_subscribe=true",
                   *[word for member in MEMBERS for word in ("--member", member)])
    body = "".join(f"line {n} é\r\n" for n in range(30000))
    server.submit("kate", "news@example.com", raw=message("Hello", "kate@example.com", "news@example.com", body))
    sink.wait_for(2)
    links = {}
    for got in sink.messages:
        head = parsed(got.data)
        expect_equal(len(got.recipients), 1, "recipients of one copy")
        expect_equal(head.get_all("List-Unsubscribe-Post"), ["List-Unsubscribe=One-Click"], "List-Unsubscribe-Post")
        fields = head.get_all("List-Unsubscribe")
        expect_equal(len(fields), 1, "List-Unsubscribe fields")
        link, mail = re.fullmatch(r"<http://lists\.example\.com(/unsubscribe/[A-Za-z0-9_-]+)>,\s+<(mailto:[^>]+)>",
                                  fields[0]).groups()
        expect("unsubscribe%20news" in mail, mail)
        links[got.recipients[0]] = link
        expect(got.data.endswith(body.encode()), "the text is unchanged")
    expect_equal(sorted(links), MEMBERS[:2], "who got a copy")
    expect(len(set(links.values())) == 2, "the links differ")
    server.expect_subjects("fred", ["Hello"], timeout=10)
    expect("List-Unsubscribe-Post" not in parsed(server.messages("fred")[0]), "one-click is for remote members")

    session = http.client.HTTPConnection("127.0.0.1", server.port("web"), timeout=10)
    session.request("POST", links["bob@remote.example"], "List-Unsubscribe=One-Click",
                    {"Content-Type": "application/x-www-form-urlencoded"})
    expect_equal(session.getresponse().status, 200, "POST")
    wait_for_value(lambda: server.command("list", "show", "news")[0]["members"], ["ann@remote.example", "fred"],
                   "members")
