"""Forwards, assistants, message rules, automatic answers, signatures, monitoring: declared, delivered, explained
(USR-064 USR-069 USR-076 USR-077 USR-101 USR-117 USR-121 USR-159 USR-173 USR-174 USR-176 USR-178 USR-250)."""

import time

from harness.messages import message, parsed
from harness.waiting import expect, expect_equal, expect_in, wait_for_value

AWAY = {"definitions": [{"name": "Holiday", "response_text": "I am away, {Originator}.", "subject_text": "Away: "}],
        "rules": [{"name": "All", "autoresponder": "Holiday"}]}
ALARMS = {"name": "Alarms", "conditions": [{"field": "Subject", "match": "contains", "data": "ALARM"}],
          "actions": [{"action": "move_to_folder", "data": "Alarms"}, {"action": "flag"},
                      {"action": "modify_headers", "data": "X-Seen: yes"}]}


def add_users(config):
    config.add_user("kate", permissions={"monitor": True},
                    routing={"assistants": ["joe"], "copy_sent_to": ["boss"]},
                    signature={"outgoing": {"plain": "Kate, Example Ltd"}}, message_rules=[ALARMS])
    config.add_user("joe", autoresponder=AWAY)
    config.add_user("boss", administrator=True)
    config.add_user("gone", routing={"forward_to": ["fred", "new@remote.example"]})
    config.sections["monitor"] = {"internal": "selected", "target": "boss"}


def subjects(server, user):
    return sorted(parsed(raw)["Subject"] for raw in server.messages(user))


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred"])
    add_users(server.config)
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()

    # A forward takes the mail away, header and return path stay.
    server.deliver("gone@example.com", "For gone", sender="ann@remote.example")
    server.expect_subjects("fred", ["For gone"])
    forwarded = sink.wait_for(1)[0]
    expect_equal((forwarded.sender, forwarded.recipients), ("ann@remote.example", ["new@remote.example"]), "forward")
    expect_equal(parsed(forwarded.data)["Subject"], "For gone", "its header")
    expect_equal(len(server.messages("gone")), 0, "no copy stays")

    # An assistant gets a copy; Joe's automatic answer goes out once.
    server.deliver("kate@example.com", "First", sender="ann@remote.example")
    server.deliver("kate@example.com", "ALARM now", sender="ann@remote.example")
    wait_for_value(lambda: subjects(server, "joe"), ["ALARM now", "First"], "the assistant's copies")
    answer = sink.wait_for(2)[1]
    expect_equal((answer.sender, answer.recipients), ("", ["ann@remote.example"]), "the answer's envelope")
    expect_in("Away: First", parsed(answer.data)["Subject"], "its subject")
    expect_equal(parsed(answer.data)["Auto-Submitted"], "auto-replied", "Auto-Submitted")
    expect(b"I am away, ann@remote.example." in answer.data, "its text")
    time.sleep(1)
    expect_equal(len(sink.messages), 2, "one answer a sender")

    logged = server.command("autoresponder", "log", "joe")
    expect_equal([(one["definition"], one["rule"], one["sender"]) for one in logged],
                 [("Holiday", "All", "ann@remote.example")], "the log")
    expect_in("Holiday: 1 entries", server.run("autoresponder", "log", "joe").output, "the number for a definition")
    server.restart()
    server.deliver("joe@example.com", "After a restart", sender="ann@remote.example")
    time.sleep(1)
    expect_equal(len(sink.messages), 2, "the log survives a restart")
    expect_equal(server.command("autoresponder", "log", "joe", "--clear"), {"cleared": 1}, "clearing it")
    server.deliver("joe@example.com", "Once more", sender="ann@remote.example")
    sink.wait_for(3)

    # Kate's rule moved the alarm.
    expect_equal(subjects(server, "kate"), ["First"], "Kate's INBOX")
    with server.imap("kate") as imap:
        imap.select("Alarms")
        data = imap.fetch("1", "(FLAGS BODY[HEADER])")[1]
        expect_in("Flagged", str(data), "the flag")
        expect_in("X-Seen: yes", str(data), "the changed header")

    # What Kate sends: her signature for others only, a copy to the boss, who also watches her internal mail.
    server.submit("kate", ["x@remote.example", "fred@example.com"],
                  raw=message("Offer", "kate@example.com", "x@remote.example, fred@example.com"))
    offer = sink.wait_for(4)[3]
    expect(b"Kate, Example Ltd" in offer.data, "the signature")
    server.expect_subjects("fred", ["For gone", "Offer"])
    expect("Kate, Example Ltd" not in str(server.messages("fred")), "no signature for colleagues")
    server.submit("kate", "fred@example.com", raw=message("Lunch", "kate@example.com", "fred@example.com"))
    wait_for_value(lambda: subjects(server, "boss"), ["Lunch", "Offer", "{mon-internal} Lunch",
                                                        "{mon-internal} Offer"], "the boss's copies")

    # explain shows all of it before.
    path = stage.file("alarm.eml", message("ALARM again"))
    explained = server.command("explain", "message", path, "--from", "bob@remote.example", "--to", "kate@example.com")
    expect_equal(sorted(explained["users"]), ["joe", "kate"], "users")
    plan = "\n".join(explained["plan"])
    expect_in("folder Alarms", plan, "the rule's folder")
    expect_in("send autoresponse to bob@remote.example", plan, "the answer")
    expect_in("rule Alarms", str(explained["reasons"]), "the rule is named")
    explained = server.command("explain", "message", stage.file("plain.eml", message("Nothing")), "--from",
                               "ann@remote.example", "--to", "kate@example.com")
    expect_in("no:", str([one for one in explained["reasons"] if one["rule"] == "rule Alarms"]), "why it did not match")
    expect_in("had an answer", str(explained["reasons"]), "the answer that is held back")
