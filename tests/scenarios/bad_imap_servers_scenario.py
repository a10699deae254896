"""IMAP servers that drop the line at any command, send garbage, lists and replies without end, wrong sizes and numbers,
or take STARTTLS out: the result of the visit says why, and after a visit without faults each message is there once.
Servers without UIDPLUS, MOVE or IDLE, and folders that are numbered anew (COL-5 COL-17 COL-18)."""

from harness.messages import message
from harness.scripted_pop3 import at, drop, endless, raw, raw_and_wait, slowly
from harness.waiting import expect, expect_equal

MESSAGES = 3
CLOSED = "the peer closed the connection"
STEPS = ("GREETING", "CAPABILITY", "LOGIN", "SELECT", "UID FETCH", "UID STORE", "UID EXPUNGE")

CASES = {  # name: (fault, what the result of the visit has)
    **{f"drop-{step}": (at(step, drop), CLOSED) for step in STEPS},
    **{f"half-{step}": (at(step, raw(b"* OK ha")), CLOSED) for step in STEPS},
    **{f"garbage-{step}": (at(step, "SSH-2.0-OpenSSH_9.2"), "SSH-2.0-OpenSSH_9.2") for step in STEPS},
    **{f"bye-{step}": (at(step, "* BYE [UNAVAILABLE] maintenance"), "maintenance") for step in STEPS},
    "password": (at("LOGIN", "{tag} NO [AUTHENTICATIONFAILED] wrong box-secret"),
                 '"LOGIN box *****" -> NO [AUTHENTICATIONFAILED] wrong *****'),
    "no-folder": (at("SELECT", "{tag} NO [NONEXISTENT] what folder?"), "what folder?"),
    "no-uids": (at("SELECT", "* 3 EXISTS\r\n{tag} OK"), "UIDVALIDITY"),
    "endless-line": (at("CAPABILITY", endless(b"* CAPABILITY ", b"x" * 4000)), "too long"),
    "endless-select": (at("SELECT", endless(b"", b"* OK still here\r\n" * 500)), "too much"),
    "endless-list": (at("UID FETCH", endless(b"", b"* 1 FETCH (UID 1 RFC822.SIZE 1 FLAGS ())\r\n" * 500)),
                     "more than 1000000 messages"),
    "huge-literal": (at("UID FETCH", "* 1 FETCH (UID 1 X-MORE {99999999999}"), "too long"),
    "binary": (at("SELECT", raw(b"\xff\x00\x1b[31m\r\n" * 100)), "SELECT"),
    "another-tag": (at("SELECT", "a4711 OK"), "a4711 OK"),
    "uid-zero": (at("UID FETCH", "* 1 FETCH (UID what RFC822.SIZE"), "UID FETCH"),
}
FETCH = {  # faults of fetching the second message
    "other-uid": ("* 2 FETCH (UID 3 BODY[] {1}\r\nx)\r\n{tag} OK", "instead of 2"),
    "twice": ("* 2 FETCH (UID 2 BODY[] {1}\r\nx)\r\n* 2 FETCH (UID 2 BODY[] {1}\r\nx)\r\n{tag} OK", "twice"),
    "cut": (raw(b"* 2 FETCH (UID 2 BODY[] {5000}\r\nSubject: half\r\n\r\nhalf"), CLOSED),
    "too-large": ("* 2 FETCH (UID 2 BODY[] {2000000000}", "larger than allowed"),
}
CASES |= {f"fetch-{name}": (at("UID FETCH", reply, "2 (UID BODY.PEEK[])"), text)
          for name, (reply, text) in FETCH.items()}
HARMLESS = {  # the visit fetches everything all the same
    "slow": lambda command, _: slowly("* OK slow") if command == "GREETING" else None,
    "drop-LOGOUT": at("LOGOUT", drop),
    "no-capability": at("CAPABILITY", "{tag} BAD what?"),
    "sizes": at("UID FETCH", "* 1 FETCH (UID 1 RFC822.SIZE 0)\r\n* 2 FETCH (UID 2 RFC822.SIZE -5)\r\n"
                "* 3 FETCH (UID 3 FLAGS ())\r\n{tag} OK", "1:* (UID RFC822.SIZE FLAGS)"),
}
STLS = {  # with `encryption = "stls"`: nobody's name goes out in clear text
    "stripped": (None, '"STARTTLS" -> BAD what?'),
    "stls-drop": (at("STARTTLS", drop), CLOSED),
    "stls-garbage": (at("STARTTLS", raw(b"a2 OK go\r\n", b"this is no TLS" * 50)), "TLS"),
    "stls-injected": (at("STARTTLS", raw_and_wait(b"a2 OK go\r\na3 OK more\r\n")), "clear text behind its reply"),
    "preauth": (at("GREETING", "* PREAUTH welcome"), "skips the log-in"),
}


class Visits:
    """A collector each; all are visited by one run."""

    def __init__(self, stage):
        self.stage, self.mailboxes, self.collectors = stage, {}, []

    def add(self, name, fault=None, capabilities="UIDPLUS MOVE", **settings):
        mailbox = self.stage.imap_mailbox(capabilities=capabilities, folders={"INBOX": [
            message(f"{name} {number}", body="line\r\n" * 200) for number in range(MESSAGES)]})
        mailbox.fault = fault or mailbox.fault
        self.mailboxes[name] = mailbox
        self.collectors.append({"name": name, "connections": ["main"], "kind": "imap", "host": "127.0.0.1",
                                "port": mailbox.port, "username": "box", "password": "box-secret",
                                "method": "single_user", "target_user": "fred", **settings})
        return mailbox


def subjects(names):
    return sorted(f"{name} {number}" for name in names for number in range(MESSAGES))


def scenario(stage):
    visits = Visits(stage)
    for name, (fault, _) in CASES.items():
        visits.add(name, fault)
        visits.add(f"keep-{name}", fault, leave_days=5)
    for name, fault in HARMLESS.items():
        visits.add(name, fault)
    for name, (fault, _) in STLS.items():
        visits.add(name, fault, encryption="stls")
    visits.add("no-uidplus", capabilities="")
    no_move = visits.add("no-move", capabilities="UIDPLUS", move_to="Done")
    idle = visits.add("no-idle", idle=True)
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors += visits.collectors
    server.start()

    server.command("connection", "run", "main")
    results = {entry["name"]: entry for entry in server.command("collector", "list")}
    there = server.subjects("fred")
    problems = [f"twice after the first visit: {one}" for one in set(there) if there.count(one) > 1]
    removing = ("STORE", "EXPUNGE")
    wanted = {name: text for name, (_, text) in CASES.items()}
    wanted |= {f"keep-{name}": text for name, text in wanted.items() if not name.endswith(removing)}
    wanted |= {name: text for name, (_, text) in STLS.items()}
    wanted |= dict.fromkeys([*HARMLESS, "no-uidplus", "no-move", "no-idle"], "Connection successful")
    for name, text in wanted.items():
        if text not in results[name]["last_result"]:
            problems.append(f"{name}: {text!r} expected, the result is {results[name]['last_result']}")
    for name in HARMLESS:
        if not set(subjects([name])) <= set(there):
            problems.append(f"{name}: not all were fetched")
    for name in STLS:
        if any("box-secret" in command for command in visits.mailboxes[name].commands):
            problems.append(f"{name}: {visits.mailboxes[name].commands}")
    expect(not problems, f"{len(problems)} of {len(wanted)} cases:\n" + "\n".join(problems))

    kept = [name for name in visits.mailboxes if name.startswith("keep-")]
    for name, mailbox in visits.mailboxes.items():
        mailbox.fault = lambda command, argument: None
        if name in kept:
            mailbox.uid_validity += 1  # its messages are known by what they are
    for collector in server.config.collectors:
        if collector["name"] in STLS:
            collector["encryption"] = "none"
    server.reload()
    server.command("connection", "run", "main")
    there = server.subjects("fred")
    expected = subjects(visits.mailboxes)
    problems += [f"{there.count(one)} times after the second visit: {one}" for one in expected if there.count(one) != 1]
    for entry in server.command("collector", "list"):
        left = visits.mailboxes[entry["name"]].left()
        if not entry["ok"] or left != (MESSAGES if entry["name"] in kept else 0):
            problems.append(f"after the second visit: {entry}, {left} left")
    expect(not problems, "\n".join(problems))
    expect_equal(no_move.left("Done"), MESSAGES, "what was copied instead of moved")
    expect("the server has no IDLE" in server.log(), "the log says that there is no IDLE")
    expect_equal([command for command in idle.commands if command == "IDLE"], [], "IDLE where there is none")
    expect("box-secret" not in server.log(), "the password is in the log")
