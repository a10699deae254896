"""Download rules and questions with a real Dovecot; explain download says beforehand what they would do; mail that is
forwarded to a server of its own; two collectors that run at the same time
(COL-21 COL-26 COL-30 COL-57 COL-67 COL-1)."""

import imaplib
import os
import time

from harness.configuration import toml_table
from harness.dovecot import Dovecot
from harness.messages import message, subject_of
from harness.waiting import expect, expect_equal, expect_in, wait_until


def scenario(stage):
    dovecot = Dovecot(stage, {"fred": "remote-fred", "all": "remote-all"})
    sink = stage.sink()

    def put(user, raw):
        imap = imaplib.IMAP4("127.0.0.1", dovecot.imap_port)
        imap.login(user, "remote-" + user)
        expect_equal(imap.append("INBOX", None, None, raw)[0], "OK", "APPEND to Dovecot")
        imap.logout()

    def remote_subjects(user):
        imap = imaplib.IMAP4("127.0.0.1", dovecot.imap_port)
        imap.login(user, "remote-" + user)
        _, (count,) = imap.select("INBOX", readonly=True)
        found = imap.fetch("1:*", "(BODY.PEEK[])")[1] if int(count) else []
        imap.logout()
        return sorted(subject_of(part[1]) for part in found if isinstance(part, tuple))

    server = stage.new_server(users=["fred", "kate", "postmaster"])
    server.config.connections.append({"name": "main"})
    common = {"connections": ["main"], "host": "127.0.0.1", "port": dovecot.pop3_port}
    server.config.collectors.append({"name": "own", **common, "username": "fred", "password": "remote-fred",
                                     "method": "single_user", "target_user": "fred", "use_download_rules": True})
    server.config.collectors.append({"name": "onward", **common, "username": "all", "password": "remote-all",
                                     "method": "forward_smtp", "target_address": "office@lan.example",
                                     "target_server": f"127.0.0.1:{sink.port}"})
    server.config.more = "".join(toml_table("[[download_rule]]", one) for one in (
        {"name": "large", "action": "query", "conditions": [{"type": "Size", "op": "greater_than", "data": "20k"}]},
        {"name": "offers", "action": "redirect", "targets": ["kate Offers"], "conditions": [
            {"type": "Collector", "data": "own"}, {"type": "Subject", "op": "regex", "data": "/^offer/i"}]}))
    server.start()

    offer = message("Offer of the day")
    file = os.path.join(server.folder, "offer.eml")
    with open(file, "wb") as out:
        out.write(offer)
    explained = server.command("explain", "download", file, "--collector", "own")
    expect_equal((explained["action"], explained["targets"], explained["original_recipients"]),
                 ("redirect", ["kate Offers"], ["fred", "fred@example.com"]), "explain download")
    expect_equal([(rule["name"], rule["matched"]) for rule in explained["rules"]], [("large", False), ("offers", True)],
                 "each rule that was tried")
    expect_in("Size greater than \"20k\": no", explained["rules"][0]["why"], "why a rule did not match")
    shown = server.run("explain", "download", file, "--collector", "own").output
    expect_in("* 2 offers [redirect, ", shown, "the same for people")
    expect(server.run("explain", "download", file, "--collector", "nobody").code != 0, "an unknown collector")

    put("fred", offer)
    put("fred", message("Plain"))
    put("fred", message("Large", body="A long line of text.\r\n" * 2000))
    put("all", message("For the LAN"))
    lines = server.command("connection", "run", "main")
    expect("collector own: Connection successful; fetched 2, deleted 2, left 1" in lines, f"results: {lines}")
    server.expect_subjects("kate", ["Offer of the day"], folder="Offers")
    expect_equal(remote_subjects("fred"), ["Large"], "what is left with leave_days = 0")
    expect("Plain" in server.subjects("fred") and "Large" not in server.subjects("fred"), "fred has one")
    question = server.wait_for_message("fred", "Download?: Large")
    server.submit("fred", question["Reply-To"], "Re: Download?")
    server.command("connection", "run", "main")
    expect_in("Large", server.subjects("fred"), "the reply has downloaded it")
    expect_equal(remote_subjects("fred"), [], "and it is deleted")
    wait_until(lambda: any(b"For the LAN" in one.data for one in sink.messages), "the LAN server has its message", 20)

    # Two visits of the same priority at once: each server waits a second.
    slow = [stage.pop3_mailbox(), stage.pop3_mailbox()]
    begun = []
    for number, mailbox in enumerate(slow):
        mailbox.fault = lambda command, argument: begun.append(time.monotonic()) or time.sleep(1) \
            if command == "CAPA" else None
        server.config.collectors.append({"name": f"slow {number}", "connections": ["main"], "username": "box",
                                         "password": "box-secret", "host": f"127.0.0.1:{mailbox.port}",
                                         "method": "single_user", "target_user": "fred", "priority": 5})
    server.reload()
    server.command("connection", "run", "main")
    expect(abs(begun[1] - begun[0]) < 0.8, f"both began together: {begun}")
