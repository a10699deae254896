"""Mailboxes elsewhere whose server drops the line at any command, sends garbage, lists without end, wrong numbers and
sizes, single bytes, or takes STLS out: the result of the visit says why, and after a visit without faults each message
is there once (COL-5 COL-10 COL-17 COL-18)."""

from harness.messages import message
from harness.scripted_pop3 import at, drop, endless, raw, raw_and_wait, slowly
from harness.waiting import expect

MESSAGES = 3
CLOSED = "the peer closed the connection"
DROPS = ("GREETING", "CAPA", "USER", "PASS", "STAT", "LIST", "UIDL", "RETR", "DELE", "QUIT")

CASES = {  # name: (fault, what the result of the visit has)
    **{f"drop-{step}": (at(step, drop), CLOSED) for step in DROPS},
    **{f"half-{step}": (at(step, raw(b"+OK ha")), CLOSED) for step in DROPS if step != "CAPA"},
    **{f"garbage-{step}": (at(step, "SSH-2.0-OpenSSH_9.2"), "SSH-2.0-OpenSSH_9.2") for step in DROPS},
    "refused": (at("GREETING", "-ERR [SYS/TEMP] too busy"), "too busy"),
    "password": (at("PASS", "-ERR [AUTH] wrong"), '"PASS *****" -> -ERR [AUTH] wrong'),
    "endless-greeting": (at("GREETING", endless(b"+OK ", b"x" * 4000)), "too long"),
    "endless-capa": (at("CAPA", endless(b"+OK\r\n", b"MORE\r\n" * 100)), "too long"),
    "endless-list": (at("LIST", endless(b"+OK\r\n", b"1 1\r\n" * 5000)), "too long"),
    "endless-uidl": (at("UIDL", endless(b"+OK\r\n", b"1 a\r\n" * 5000)), "too long"),
    "binary": (at("STAT", raw(b"\xff\x00\x1b[31m\r\n" * 100)), "STAT"),
    "no-number": (at("STAT", "+OK what"), '"STAT"'),
    "huge-number": (at("STAT", "+OK 99999999 1"), "more than"),
    "overflow": (at("STAT", "+OK 99999999999999999999999 1"), '"STAT"'),
    "list-beyond": (at("LIST", "+OK\r\n1 10\r\n4711 10\r\n."), "4711"),
    "list-words": (at("LIST", "+OK\r\none ten\r\n."), "one ten"),
    "list-cut": (at("LIST", raw(b"+OK\r\n1 10\r\n2 ")), CLOSED),
    "uidl-zero": (at("UIDL", "+OK\r\n0 a\r\n."), "0 a"),
    "retr-cut": (at("RETR", ("partial", 500), "2"), CLOSED),
    "quit-refused": (at("QUIT", "-ERR not deleted"), "not deleted"),
}
HARMLESS = {  # the visit fetches everything all the same
    "slow": lambda command, _: slowly("+OK slow") if command in ("GREETING", "USER", "PASS") else None,
    "sizes": at("LIST", "+OK\r\n1 0\r\n2 -5\r\n3 99999\r\n."),
    "no-capa": at("CAPA", "-ERR what?"),
    "empty-sizes": at("LIST", "+OK\r\n1\r\n2 x\r\n."),
    "same-uid": at("UIDL", "+OK\r\n1 same\r\n2 same\r\n3 same\r\n."),
    "odd-uid": at("UIDL", "+OK\r\n1 a b c\r\n2 " + "x" * 3000 + "\r\n3 \x01\r\n."),
    "less-uid": at("UIDL", "+OK\r\n1 a\r\n."),
    "dele-refused": at("DELE", "-ERR no", "2"),
}
STLS = {  # with `encryption = "stls"`: nobody's name goes out in clear text
    "stripped": (False, None, '"STLS" -> -ERR no'),
    "stls-refused": (True, at("STLS", "-ERR not today"), "not today"),
    "stls-drop": (True, at("STLS", drop), CLOSED),
    "stls-garbage": (True, at("STLS", raw(b"+OK go\r\n", b"this is no TLS" * 50)), "TLS"),
    "stls-injected": (True, at("STLS", raw_and_wait(b"+OK go\r\n+OK more\r\n")), "clear text behind its reply"),
}


class Visits:
    """A collector each; all are visited by one run."""

    def __init__(self, stage):
        self.stage, self.mailboxes, self.collectors = stage, {}, []

    def add(self, name, fault, tls=None, **settings):
        mailbox = self.stage.pop3_mailbox(
            messages=[message(f"{name} {number}", body="line\r\n" * 200) for number in range(MESSAGES)], tls=tls)
        mailbox.fault = fault or mailbox.fault
        self.mailboxes[name] = mailbox
        self.collectors.append({"name": name, "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                "username": "box", "password": "box-secret", "method": "single_user",
                                "target_user": "fred", **settings})


def subjects(names):
    return sorted(f"{name} {number}" for name in names for number in range(MESSAGES))


def scenario(stage):
    visits, tls = Visits(stage), stage.tls()
    for name, (fault, _) in CASES.items():
        visits.add(name, fault)
        visits.add(f"keep-{name}", fault, leave_days=5)
    for name, fault in HARMLESS.items():
        visits.add(name, fault)
    for name, (has_tls, fault, _) in STLS.items():
        visits.add(name, fault, tls if has_tls else None, encryption="stls")
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors += visits.collectors
    server.start()

    server.command("connection", "run", "main")
    results = {entry["name"]: entry for entry in server.command("collector", "list")}
    there = server.subjects("fred")
    problems = [f"twice after the first visit: {one}" for one in set(there) if there.count(one) > 1]
    wanted = {name: text for name, (_, text) in CASES.items()}
    wanted |= {f"keep-{name}": text for name, text in wanted.items() if "DELE" not in name}
    wanted |= {name: text for name, (_, _, text) in STLS.items()} | dict.fromkeys(HARMLESS, "Connection successful")
    for name, text in wanted.items():
        if text not in results[name]["last_result"]:
            problems.append(f"{name}: {text!r} expected, the result is {results[name]['last_result']}")
    for name in HARMLESS:
        if not set(subjects([name])) <= set(there):
            problems.append(f"{name}: not all were fetched")
    for name, mailbox in visits.mailboxes.items():
        if name in STLS and any(command.startswith(("USER", "PASS")) for command in mailbox.commands):
            problems.append(f"{name}: {mailbox.commands}")
    expect(not problems, f"{len(problems)} of {len(wanted)} cases:\n" + "\n".join(problems))

    for name, mailbox in visits.mailboxes.items():
        mailbox.fault = lambda command, argument: None
        if name == "stripped":
            mailbox.tls = tls
    server.command("connection", "run", "main")
    there = server.subjects("fred")
    expected = subjects(visits.mailboxes)
    problems += [f"{there.count(one)} times after the second visit: {one}" for one in expected if there.count(one) != 1]
    for entry in server.command("collector", "list"):
        left = len(visits.mailboxes[entry["name"]].messages)
        if not entry["ok"] or left != (MESSAGES if entry["name"].startswith("keep-") else 0):
            problems.append(f"after the second visit: {entry}, {left} left")
    expect(not problems, "\n".join(problems))
    expect("box-secret" not in server.log(), "the password is in the log")
