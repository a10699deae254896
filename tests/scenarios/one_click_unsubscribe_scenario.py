"""One-click unsubscription (RFC 8058): the page changes nothing, the POST takes the member off the list at once, and
what is no link is told nothing. The service with protocol http refuses what it cannot understand and ends who is
silent."""

import http.client
import re
import socket
import time

from harness.certificate import client_context
from harness.waiting import expect, expect_equal, expect_in, wait_for_value

LISTS = """
[lists]
unsubscribe_url = "https://lists.example.com"

[[list]]
name = "fixed"
type = "mailing"
allow_subscribe = true
members = ["fred"]

[[list]]
name = "silent"
type = "mailing"
members = ["fred"]
"""

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ONE_CLICK = "List-Unsubscribe=One-Click"


def ask(server, method, path, body=None, headers=None):
    session = http.client.HTTPConnection("127.0.0.1", server.port("web"), timeout=10)
    session.request(method, path, body, headers or {})
    answer = session.getresponse()
    answer.text = answer.read().decode()
    session.close()
    return answer


def raw(server, request, timeout=10):
    """What comes until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port("web")), timeout=timeout) as client:
        client.sendall(request)
        answer = b""
        while part := client.recv(65536):
            answer += part
    return answer.decode()


def members(server, name):
    return server.command("list", "show", name)[0]["members"]


def link(server, name, address):
    url = server.command("list", "unsubscribe-link", name, address)["url"]
    expect(url.startswith("https://lists.example.com/unsubscribe/"), url)
    return url.removeprefix("https://lists.example.com")


def scenario(stage):
    server = stage.new_server(users=["fred", "kate", "boss"], more=LISTS,
                              services=("mx", "submission", "pop3", "imap", "web"))
    server.start()
    server.command("list", "add", "news", "type=mailing", "allow_subscribe=true", "moderator=boss",
                   "inform_moderators_unsubscribe=true", "--member", "fred", "--member", "kate")
    fred, kate = link(server, "news", "fred@example.com"), link(server, "news", "kate")

    # To look changes nothing.
    page = ask(server, "GET", fred)
    expect_equal(page.status, 200, "GET")
    expect_in("<strong>fred</strong> is a member of the list <strong>news</strong>", page.text, "the page")
    expect_in('<form method="post">', page.text, "the button")
    expect_equal((page.headers["Cache-Control"], page.headers["Referrer-Policy"], page.headers["Set-Cookie"]),
                 ("no-store", "no-referrer", None), "fields")
    expect_in("default-src 'none'", page.headers["Content-Security-Policy"], "the policy")
    head = ask(server, "HEAD", fred)
    expect_equal((head.status, head.text, head.headers["Content-Length"]),
                 (200, "", page.headers["Content-Length"]), "HEAD")
    expect_equal(ask(server, "POST", fred, "a=b", FORM).status, 400, "a POST of something else")
    expect_equal(members(server, "news"), ["fred", "kate"], "members")

    # Forged, cut, of another list: nothing is told.
    other = link(server, "fixed", "fred")
    for wrong in (fred[:-1], fred + "A", "/unsubscribe/x", "/unsubscribe/" + "A" * 3000, fred[:33] + other[33:]):
        for answer in (ask(server, "GET", wrong), ask(server, "POST", wrong, ONE_CLICK, FORM)):
            expect_equal(answer.status, 404, wrong)
            expect("fred" not in answer.text and "news" not in answer.text, answer.text)
    expect_equal(ask(server, "GET", "/").status, 404, "no such page")
    refused = ask(server, "PUT", fred, "a")
    expect_equal((refused.status, refused.headers["Allow"]), (405, "GET, HEAD, POST, OPTIONS"), "PUT")

    # The POST of a mail program; repeated it is as good.
    done = ask(server, "POST", fred, ONE_CLICK, FORM)
    expect_equal(done.status, 200, "POST")
    expect_in("no longer a member", done.text, "the answer")
    expect_equal(members(server, "news"), ["kate"], "members")
    again = ask(server, "POST", fred, ONE_CLICK, FORM)
    expect_equal(again.status, 200, "the second POST")
    expect_in("is not a member", again.text, "the second answer")
    expect_in("is not a member", ask(server, "GET", fred).text, "the page")
    goodbye = server.wait_for_message("fred", "You have left the list news")
    expect_in("no longer a member of the list news", goodbye.get_payload(), "the text")
    server.wait_for_message("boss", "List news")
    server.expect_subjects("fred", ["You have left the list news"])
    expect(re.search(r"fred has left the list news by one-click: peer=127\.0\.0\.1", server.log()), "the log")

    # As a form in parts, two requests on one connection.
    parts = ("--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n")
    session = http.client.HTTPConnection("127.0.0.1", server.port("web"), timeout=10)
    for word in ("no longer a member", "is not a member"):
        session.request("POST", kate, parts, {"Content-Type": "multipart/form-data; boundary=x"})
        expect_in(word, session.getresponse().read().decode(), "the answer")
    session.close()
    expect_equal(members(server, "news"), [], "members")

    # Who is declared stays; a list that is gone is not known.
    answer = ask(server, "POST", other, ONE_CLICK, FORM)
    expect_equal(answer.status, 409, "a declared member")
    expect_in("is declared in stagecoach.toml:", answer.text, "why")
    expect_equal(members(server, "fixed"), ["fred"], "members")
    server.command("list", "delete", "news")
    expect_equal(ask(server, "POST", fred, ONE_CLICK, FORM).status, 404, "the list is gone")
    for words, why in ((("silent", "fred"), "allow_subscribe = false"), (("fixed", "kate"), "no member"),
                       (("nothing", "fred"), "no list")):
        failed = server.run("list", "unsubscribe-link", *words)
        expect(failed.code != 0, "a link for " + " ".join(words))
        expect_in(why, failed.output + failed.errors, "why")

    # Strangers.
    expect(raw(server, b"\x16\x03\x01\x02\x00\r\n\r\n").startswith("HTTP/1.1 400 "), "garbage")
    expect(raw(server, b"GET / HTTP/1.1\r\nX: " + b"x" * 16400).startswith("HTTP/1.1 431 "), "a large header")
    expect(raw(server, b"POST " + kate.encode() + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
           .startswith("HTTP/1.1 413 "), "a large body")
    many = raw(server, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2000 + b"GET / HTTP/1.0\r\n\r\n")
    expect_equal(many.count("HTTP/1.1 404 "), 2001, "answers to requests sent ahead")

    server.config.services["web"]["idle_timeout"] = "1s"
    server.reload()
    begun = time.monotonic()
    expect(raw(server, b"GET / HTTP/1.1\r\n").startswith("HTTP/1.1 408 "), "a slow client")
    expect_equal(raw(server, b""), "", "a silent client")
    expect(time.monotonic() - begun < 8, "both end soon")
    wait_for_value(lambda: server.command("status")["counters"]["http_sessions"], 0, "sessions")

    # The key is kept: a link of yesterday works tomorrow. Over TLS, too.
    server.config.services["web"]["tls"] = "implicit"
    server.restart()
    expect_equal(link(server, "fixed", "fred"), other, "the link after a restart")
    session = http.client.HTTPSConnection("127.0.0.1", server.port("web"), timeout=10, context=client_context())
    session.request("GET", other)
    expect_equal(session.getresponse().status, 200, "over TLS")
    session.close()
