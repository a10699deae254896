"""`explain route` says before what a delivery does after, with the line of the configuration that decides; `trace`
tells why (MAP-029 REF-052)."""

import smtplib

from harness.waiting import expect, expect_equal, expect_in

MAPPINGS = [("sales@example.com", "kate"), ("sales@example.com", "fred"), ("*@third.example", "bob"),
            ("~@example.com", "bob"), ("noise@example.com", "No-one")]


def line_of(server, text):
    with open(server.config_file, encoding="utf-8") as file:
        return next(number for number, line in enumerate(file, 1) if text in line)


def scenario(stage):
    server = stage.server(users=["fred", "kate", "bob"], mappings=MAPPINGS,
                          domains=["example.com", "second.example", "third.example"])
    users = ["fred", "kate", "bob"]
    before = dict.fromkeys(users, 0)
    for address in ("fred@example.com", "sales@example.com", "who@example.com", "who@second.example",
                    "kate@third.example", "noise@example.com", "x@remote.example", "KATE@second.example"):
        explained = server.command("explain", "route", address, "--from", "ann@remote.example", "--via", "mx")
        expect(explained["reasons"], f"{address}: no reasons")
        try:
            server.deliver(address, "To " + address)
            refused = None
        except smtplib.SMTPRecipientsRefused as error:
            refused = next(iter(error.recipients.values()))[0]
        after = {user: len(server.messages(user)) for user in users}
        got = sorted(user for user in users if after[user] > before[user])
        before = after
        expect_equal(got, sorted(explained["users"]), f"who got the mail for {address}")
        expect_equal(refused, (explained["refused"] or {}).get("code"), f"the reply for {address}")
        expect_equal(explained["remote"], [], f"remote recipients of {address}")

    explained = server.command("explain", "route", "x@remote.example", "--user", "fred", "--from", "fred@example.com")
    expect_equal((explained["remote"], explained["refused"]), (["x@remote.example"], None), "mail of our own user")

    place = f"stagecoach.toml:{line_of(server, 'address = ' + chr(34) + 'sales@example.com')- 1}"
    explained = server.command("explain", "route", "sales@example.com")
    expect(place in [reason["where"] for reason in explained["reasons"]], f"{place} is not in {explained['reasons']}")
    expect(place in server.run("explain", "route", "sales@example.com").output, "the text of explain")

    path = stage.file("hello.eml", b"From: <ann@remote.example>\r\nSubject: Hello\r\n\r\nHello\r\n")
    explained = server.command("explain", "message", path, "--from", "ann@remote.example", "--to", "fred@example.com",
                               "--to", "sales@example.com")
    expect_equal(sorted(explained["users"]), ["fred", "kate"], "explain message")
    expect_equal({user: len(server.messages(user)) for user in users}, before, "explain delivers nothing")

    entries = server.command("trace", "sales@example.com")
    expect_equal([entry["event"] for entry in entries], ["accepted"], "trace of an address")
    expect_in(place, str(entries[0]["detail"]["reasons"]), "the trace has the line of the configuration")
    by_id = server.command("trace", entries[0]["id"])
    by_message_id = server.command("trace", entries[0]["message_id"])
    expect_equal((by_id, by_message_id), (entries, entries), "trace by number and by Message-ID")
    expect_in(place, server.run("trace", "sales@example.com").output, "trace as text")
    expect_equal(server.command("trace", "never@seen.example"), [], "trace of what is not known")
