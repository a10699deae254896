"""A collector fetches by IMAP from a real Dovecot: several folders by wildcard, leaving mail there without fetching it
twice whatever becomes of the folders, deleting and moving after the commit, download rules, STARTTLS and TLS from the
first byte, and IDLE, which brings new mail without any schedule (COL-17 COL-18)."""

import glob
import imaplib
import os
import time

from harness.configuration import toml_table
from harness.dovecot import Dovecot
from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in, wait_until

USERS = ("box", "keep", "mover", "quick", "rules")


class Remote:
    """The mailboxes at the Dovecot."""

    def __init__(self, dovecot):
        self.dovecot = dovecot

    def login(self, user):
        imap = imaplib.IMAP4("127.0.0.1", self.dovecot.imap_port)
        imap.login(user, "remote-" + user)
        return imap

    def put(self, user, *subjects, folder="INBOX", flags=None, body="Hello!\r\n"):
        imap = self.login(user)
        for subject in subjects:
            if imap.append(folder, flags, None, message(subject, body=body))[0] != "OK":
                imap.create(folder)
                expect_equal(imap.append(folder, flags, None, message(subject, body=body))[0], "OK", "APPEND")
        imap.logout()

    def count(self, user, folder="INBOX"):
        imap = self.login(user)
        answer, lines = imap.select(folder, readonly=True)
        imap.logout()
        return int(lines[0]) if answer == "OK" else None

    def move(self, user, source, target):
        imap = self.login(user)
        imap.create(target)
        imap.select(source)
        expect_equal(imap.uid("MOVE", "1:*", target)[0], "OK", "MOVE")
        imap.logout()


def scenario(stage):
    dovecot = Dovecot(stage, {user: "remote-" + user for user in USERS}, tls=True)
    remote = Remote(dovecot)
    server = stage.new_server(users=USERS)
    server.config.connections += [{"name": "main"}, {"name": "never"}]

    def collect(user, **settings):
        server.config.collectors.append({"name": user, "connections": ["main"], "kind": "imap", "host": "127.0.0.1",
                                         "port": dovecot.imap_port, "username": user, "password": "remote-" + user,
                                         "method": "single_user", "target_user": user, **settings})

    collect("box", folders=["INBOX", "Lists*", "Missing"], encryption="none")
    collect("keep", folders=["*"], leave_days=3, encryption="stls")
    collect("mover", folders=["*"], move_to="Fetched.Erledigte Grüße", encryption="ssl", port=dovecot.imaps_port)
    collect("quick", idle=True, connections=["never"], auth="plain", log_data=True)
    collect("rules", use_download_rules=True, leave_days=2)
    server.config.more += toml_table("[[download_rule]]", {
        "name": "no offers", "action": "delete_silently",
        "conditions": [{"type": "Subject", "op": "regex", "data": "/offer/i"}]})
    server.start()

    def run():
        return "\n".join(server.command("connection", "run", "main"))

    first_visits(server, remote, run)
    nothing_comes_twice(server, remote, dovecot, run)
    moving(server, remote, run)
    commands(server, remote, run)
    new_mail_at_once(server, remote)
    for user in USERS:
        expect("remote-" + user not in server.log(), f"the password of {user} is in the log")


def first_visits(server, remote, run):
    remote.put("box", "One", "Two")
    remote.put("box", "A", folder="Lists")
    remote.put("box", "B", folder="Lists.deep")
    remote.put("box", "Somebody deletes it", flags="\\Deleted")
    remote.put("box", "Nobody looks", folder="Other")
    remote.put("box", "Large", body="line\r\n" * 200_000)
    remote.put("keep", "K1", "K2")
    remote.put("rules", "An offer", "No news")
    lines = run()
    expect_in("collector box: Connection successful; folder \"Missing\": Error from remote server on \"EXAMINE "
              "Missing\" -> NO", lines, "a folder that is not there")
    expect_in("fetched 5, deleted 5, left 0", lines, "the folders of box")
    server.expect_subjects("box", ["One", "Two", "Large", "A", "B"])
    expect_equal((remote.count("box"), remote.count("box", "Lists"), remote.count("box", "Other")), (1, 0, 1),
                 "what is left: marked as deleted by another, and a folder that nobody looks at")
    expect_in("collector keep: Connection successful; fetched 2, deleted 0, left 2", lines, "leave_days")
    expect_in("collector rules: Connection successful; fetched 1, deleted 1, left 1", lines, "a rule deletes unseen")
    server.expect_subjects("rules", ["No news"])
    raw, = [one for one in server.messages("box") if b"Subject: Large" in one]
    expect(raw.count(b"line\r\n") == 200_000, "the large message is complete")


def nothing_comes_twice(server, remote, dovecot, run):
    remote.put("keep", "K3")
    expect_in("collector keep: Connection successful; fetched 1, deleted 0, left 3", run(), "only what is new")
    remote.move("keep", "INBOX", "Archive")
    expect_in("fetched 0, deleted 0, left 3, duplicates 3", run(), "messages that have moved to another folder")
    time.sleep(1.5)  # Dovecot's UIDVALIDITY is a time in seconds
    folder = dovecot.mail_folder("keep")
    for index in glob.glob(folder + "/dovecot*") + glob.glob(folder + "/.Archive/dovecot*"):
        os.remove(index)
    lines = run()
    expect_in("collector keep: Connection successful; fetched 0, deleted 0, left 3, duplicates 3", lines,
              "another UIDVALIDITY")
    server.restart()
    expect_in("collector keep: Connection successful; fetched 0, deleted 0, left 3", run(), "after a restart")
    server.expect_subjects("keep", ["K1", "K2", "K3"])


def moving(server, remote, run):
    remote.put("mover", "M1", "M2")
    remote.put("mover", "M3", folder="Projects")
    expect_in("collector mover: Connection successful; fetched 3, deleted 3, left 0", run(), "moved after the commit")
    server.expect_subjects("mover", ["M1", "M2", "M3"])
    expect_equal(remote.count("mover"), 0, "INBOX after moving")
    imap = remote.login("mover")
    names = [line.decode() for line in imap.list()[1]]
    imap.logout()
    made, = [name.split(' "." ')[1] for name in names if "Erledigte" in name]
    expect_equal(remote.count("mover", made), 3, f"what {made} has")
    expect_in("collector mover: Connection successful; fetched 0, deleted 0, left 0", run(),
              "the folder of fetched messages is not looked at")


def commands(server, remote, run):
    entry, = [one for one in server.command("collector", "list") if one["name"] == "keep"]
    expect_equal((entry["kind"], entry["server"].split(":")[0], entry["left"]), ("imap", "127.0.0.1", 3),
                 "collector list")
    rows = server.command("collector", "messages", "keep")
    uids = {row["subject"]: row["uid"] for row in rows}
    expect(uids["K1"].startswith("Archive:") and "." in uids["K1"], f"names of messages: {uids}")
    server.command("collector", "delete", "keep", uids["K1"])
    server.command("collector", "get", "keep", uids["K2"])
    expect_in("collector keep: Connection successful; fetched 1, deleted 1, left 2", run(), "wishes")
    server.expect_subjects("keep", ["K1", "K2", "K2", "K3"])
    expect_equal(remote.count("keep", "Archive"), 2, "what the wish has left")


def new_mail_at_once(server, remote):
    server.wait_for_log("quick: waits for new mail")
    for subject in ("Q1", "Q2"):
        remote.put("quick", subject)
        server.wait_for_message("quick", subject, timeout=5)
    wait_until(lambda: remote.count("quick") == 0, "the fetched messages are deleted")
    server.command("schedule", "pause")
    remote.put("quick", "Q3")
    wait_until(lambda: remote.count("quick") == 1, "the message is there")
    expect("Q3" not in server.subjects("quick"), "nothing comes while the schedule is paused")
    server.command("schedule", "resume")
    server.wait_for_message("quick", "Q3", timeout=15)

    quick = next(one for one in server.config.collectors if one["name"] == "quick")
    quick["idle"] = False
    server.reload()
    remote.put("quick", "Q4")
    time.sleep(2)
    expect("Q4" not in server.subjects("quick"), "nothing is fetched without idle")
    quick["idle"] = True
    server.reload()
    server.wait_for_message("quick", "Q4", timeout=15)
