"""Other servers that misbehave at each step of a session: 4yz, 5yz, 421, dropped connections, garbage, replies without
end, silence, single bytes, STARTTLS that is refused, taken out, followed by injected replies, or ends in garbage;
certificates that are not valid. Each message waits, goes to the next server, or is returned, and the trace has the
reply or the reason (SND-1 SND-2 SND-5 SND-6 SND-7 SND-15 SND-16 SND-40 REF-095 REF-096)."""

import contextlib
import socket

from harness.certificate import server_context
from harness.messages import message, parsed
from harness.scripted_smtp import DROP, HANDSHAKE, SILENCE, WORD, Endless, ScriptedSmtp, Slowly
from harness.waiting import Failed, expect, expect_equal, free_ports, wait_until

WAITS, RETURNED, SENT = "deferred", "failed", "delivered"
STEPS = ("MAIL", "RCPT", "DATA", "end")  # a message is under way
TIMEOUT = "2s"
ENDLESS_TAKEN_MAX = 15_000_000  # most of it lies in the buffers of the two sockets


def at_each_step():
    """(name, script, outcome, what the trace has)."""
    for step in ("greeting", "EHLO", *STEPS):
        early = step in ("greeting", "EHLO")
        both = {"EHLO": None, "HELO": None} if step == "EHLO" else {step: None}

        def script(answer):
            return dict.fromkeys(both, answer)

        yield f"4yz-{step}", script(f"451 4.7.1 Not now at {step}"), WAITS, f"Not now at {step}"
        yield f"421-{step}", script([f"421 4.3.2 Closing at {step}", DROP]), WAITS, f"Closing at {step}"
        if not early:
            yield f"5yz-{step}", script(f"554 5.7.1 Never at {step}"), RETURNED, f"Never at {step}"
            yield f"5yz-drop-{step}", script([f"550 5.7.1 Out at {step}", DROP]), RETURNED, f"Out at {step}"
        yield f"drop-{step}", script(DROP), WAITS, "closed the connection"
        yield f"half-{step}", script([b"250-ha", DROP]), WAITS, "closed the connection"
        yield f"garbage-{step}", script("\x01\x7fHello from a printer"), WAITS, "no SMTP reply"
        yield f"silence-{step}", script(SILENCE), WAITS, "did not answer within"
        yield f"endless-lines-{step}", script(Endless(b"250-more\r\n" * 50)), WAITS, "the reply has no end"
        yield f"endless-line-{step}", script(Endless(b"250-" + b"x" * 996)), WAITS, "a line of the reply is too long"
        yield f"slow-{step}", script(None), SENT, "kept"


SPECIAL = [
    ("slow-everywhere", {"greeting": Slowly("220-slow\r\n220 slow"), "EHLO": Slowly("250-slow\r\n250 PIPELINING"),
                         "MAIL": Slowly("250 2.1.0 well"), "RCPT": Slowly("250 2.1.5 well"), "DATA": Slowly("354 go"),
                         "end": Slowly("250 2.0.0 slowly kept")}, SENT, "slowly kept"),
    ("5yz-greeting", {"greeting": ["554 5.7.1 No service here", DROP]}, RETURNED, "No service here"),
    ("no-ehlo", {"EHLO": "502 5.5.1 what?"}, SENT, "kept"),
    ("success-to-data", {"DATA": "250 2.0.0 What for"}, WAITS, "What for"),
    ("drop-in-content", {"content": DROP}, WAITS, ""),
    ("refused-in-content", {"content": ["552 5.3.4 Far too much", DROP]}, RETURNED, "Far too much"),
    ("too-many-recipients", {"RCPT": "552 5.5.3 Too many"}, WAITS, "Too many"),
    ("binary-reply", {"RCPT": b"550 5.1.1 \xff\xfe\x80 \x1b[31m gone\r\n"}, RETURNED, "?[31m gone"),
    ("codes-differ", {"RCPT": "250-2.1.5 fine\r\n550 5.1.1 not fine"}, RETURNED, "not fine"),
    ("bare-code", {"RCPT": "550"}, RETURNED, "550"),
]
EVIL_TLS = {"STARTTLS": ["220 go", WORD, b"\x15\x03\x01\x00 this is no handshake" * 20, SILENCE]}
INJECTED = {"STARTTLS": [b"220 go\r\n250-injected\r\n250 AUTH PLAIN\r\n", HANDSHAKE]}
TLS = [
    ("tls-good", {}, SENT, "kept"),
    ("tls-refused", {"STARTTLS": "454 4.7.0 No TLS today"}, SENT, "kept"),
    ("tls-drop", {"STARTTLS": DROP}, WAITS, "closed the connection"),
    ("tls-garbage", EVIL_TLS, SENT, "kept"),
    ("tls-silence", {"STARTTLS": ["220 go", SILENCE]}, WAITS, "did not answer within"),
    ("tls-injection", INJECTED, WAITS, "clear text behind its reply to STARTTLS"),
]
# Of the more preferred of two servers: the less preferred one gets the message.
NEXT = [("greeting", "421 4.3.2 Busy"), ("greeting", "Hello"), ("greeting", SILENCE),
        ("greeting", Endless(b"220-more\r\n" * 50)), ("EHLO", "451 4.3.0 Busy"), ("STARTTLS", INJECTED["STARTTLS"]),
        ("greeting", DROP), ("EHLO", DROP)]
# Of the more preferred of two servers: it has answered, so the other one is not asked.
STAYS = [("MAIL", "554 5.7.1 Never"), ("RCPT", "550 5.1.1 Unknown"), ("end", "554 5.6.0 No")]


class Table:
    """Each case has a domain, which an override leads to its own server."""

    def __init__(self, stage):
        self.stage, self.cases, self.overrides = stage, {}, []

    def server(self, script, tls=None):
        return self.stage.keep_until_the_end(ScriptedSmtp(script, tls))

    def add(self, name, outcome, text, *servers):
        domain = name.lower() + ".example"
        for priority, server in enumerate(servers):
            self.overrides.append(f"{domain} 127.0.0.1:{server.port} $priority:{priority}")
        self.cases[f"bob@{domain}"] = (outcome, text, servers)


def fill(table, tls):
    for name, script, outcome, text in [*at_each_step(), *SPECIAL]:
        if name.startswith("slow-") and name != "slow-everywhere":
            step = name.removeprefix("slow-")
            good = {"greeting": "220 slow", "EHLO": "250 slow", "DATA": "354 go"}.get(step, "250 kept")
            script = {step: Slowly(good, 0.1)}
        table.add(name, outcome, text, table.server(script))
    for name, script, outcome, text in TLS:
        table.add(name, outcome, text, table.server(script, tls))
    for number, (step, answer) in enumerate(NEXT):
        bad = table.server({step: answer}, tls if step == "STARTTLS" else None)
        table.add(f"next-{number}", SENT, "kept", bad, table.server({}))
    for number, (step, answer) in enumerate(STAYS):
        table.add(f"stays-{number}", RETURNED, answer, table.server({step: answer}), table.server({}))


def submit_all(server, addresses):
    with contextlib.closing(server.smtp("submission", "fred")) as session:
        for address in addresses:
            body = "line\r\n" * (200_000 if "in-content" in address else 10)
            session.sendmail("fred@example.com", [address], message(address, "fred@example.com", address, body))


def outcome_of(server, address):
    """The last entry of the trace about this recipient: (event, detail)."""
    found = [(entry["event"], entry["detail"]) for entry in server.command("trace", address)
             if entry["detail"].get("to") == address]
    return found[-1] if found else None


def judge(server, table, reports):
    problems = []
    waiting = {entry["to"]: entry for entry in server.queue()}
    for address, (outcome, text, servers) in table.cases.items():
        event, detail = outcome_of(server, address) or ("nothing", {"reply": ""})
        if event != outcome or text not in detail["reply"]:
            problems.append(f"{address}: {outcome} with {text!r} expected, the trace has {event}: {detail}")
        if (address in waiting) != (outcome == WAITS):
            problems.append(f"{address}: in the queue: {waiting.get(address)}")
        if outcome == WAITS and address in waiting and text not in waiting[address]["last_reply"]:
            problems.append(f"{address}: the queue has {waiting[address]['last_reply']}")
        if (address in reports) != (outcome == RETURNED):
            problems.append(f"{address}: reported: {address in reports}")
        said_dot = address.split("@")[1].split("-")[-1] == "end.example" and outcome == WAITS
        replied = address.split("@")[1][:4] in ("4yz-", "421-")
        if said_dot and detail.get("outcome_unknown") != (not replied):
            problems.append(f"{address}: after the final dot outcome_unknown is {detail.get('outcome_unknown')}")
        if any(one.endless_bytes > ENDLESS_TAKEN_MAX for one in servers):
            problems.append(f"{address}: {servers[0].endless_bytes} bytes of an endless reply were taken")
    expect(not problems, f"{len(problems)} of {len(table.cases)} cases:\n" + "\n".join(problems))


def reported(server):
    """Who is named in a delivery report, with its status."""
    result = {}
    for raw in server.messages("fred"):
        if b"multipart/report" not in raw:
            continue
        _, status, _ = parsed(raw).iter_parts()
        text = status.as_string()
        address = text.split("Final-Recipient: rfc822;")[1].split()[0].strip()
        expect(address not in result, f"{address} is reported twice")
        result[address] = text
    return result


RELAYS = {  # name: (settings, script, STARTTLS is offered, certificate, outcome, text)
    "stripped": ({"encryption": "starttls"}, {}, False, "localhost", WAITS, "does not offer STARTTLS"),
    "refused": ({"encryption": "starttls"}, {"STARTTLS": "502 5.5.1 No"}, True, "localhost", WAITS, "502 5.5.1 No"),
    "injected": ({"encryption": "starttls"}, INJECTED, True, "localhost", WAITS, "clear text behind"),
    "untrusted": ({"encryption": "starttls", "tls_verify": True}, {}, True, "localhost", WAITS, "certificate"),
    "plain": ({"encryption": "ssl"}, {}, False, "localhost", WAITS, "TLS"),
    "unchecked": ({"encryption": "starttls"}, {}, True, "wrong.example", SENT, "kept"),
    "login": ({"encryption": "none", "username": "u", "password": "p4ssw0rd"}, {"AUTH": "535 5.7.8 Wrong"}, False,
              "localhost", WAITS, "535 5.7.8 Wrong"),
    "challenge": ({"encryption": "none", "username": "u", "password": "p4ssw0rd"}, {"AUTH": "334 *** no base64"}, False,
                  "localhost", WAITS, "challenge is not base64"),
}


def relays(stage, server):
    """A sender each, which takes its own domain alone. What is never to go in clear text does not."""
    servers = {}
    for name, (settings, script, offers, certificate, _, _) in RELAYS.items():
        extensions = ("PIPELINING", "AUTH PLAIN LOGIN") if "username" in settings else ("PIPELINING",)
        tls = server_context(stage.folder, certificate) if offers else None
        servers[name] = stage.keep_until_the_end(ScriptedSmtp(script, tls, extensions=extensions))
        server.config.connections.append({"name": name})
        server.config.senders.append({
            "connection": name, "kind": "relay", "servers": [f"127.0.0.1:{servers[name].port}"],
            "domain_filtering": f'attempt: to matches "*@{name}.relay"', **settings})
    return servers


def scenario(stage):
    table = Table(stage)
    fill(table, stage.tls())
    closed, = free_ports(1)
    table.overrides.append(f"closed.example 127.0.0.1:{closed}")
    table.cases["bob@closed.example"] = (WAITS, "refused", ())
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({
        "connection": "main", "kind": "direct", "mx_threads": 200, "dns_overrides": table.overrides,
        "domain_filtering": 'skip: to matches "*.relay"'})
    by_relay = relays(stage, server)
    server.config.more += "[sender_timeouts]\n" + "".join(
        f'{name} = "{TIMEOUT}"\n' for name in ("connect", "banner", "helo", "starttls", "auth", "mail_from", "rcpt_to",
                                               "data", "data_block", "end_data", "quit"))
    server.start()

    submit_all(server, table.cases)
    wanted = sum(outcome == WAITS for outcome, _, _ in table.cases.values())

    def settled():
        queue = server.queue()
        return len(queue) <= wanted and all(entry["attempts"] > 0 for entry in queue)
    with contextlib.suppress(Failed):  # the table below says which are not as they should be
        wait_until(settled, "an outcome for each message", 25, 0.25)
    reports = reported(server)
    judge(server, table, reports)
    for address, text in reports.items():
        expect("Action: failed" in text and "Status: 5." in text, f"the report about {address}:\n{text}")
    for number in range(len(STAYS)):
        _, _, (first, second) = table.cases[f"bob@stays-{number}.example"]
        expect_equal((first.sessions, second.sessions), (1, 0), "nobody else is asked after a 5yz")

    submit_all(server, [f"bob@{name}.relay" for name in RELAYS])
    problems = []
    for name, (settings, _, _, _, outcome, text) in RELAYS.items():
        server.command("connection", "run", name)
        event, detail = outcome_of(server, f"bob@{name}.relay") or ("nothing", {"reply": ""})
        if event != outcome or text not in detail["reply"]:
            problems.append(f"{name}: {outcome} with {text!r} expected, the trace has {event}: {detail}")
        verbs = [command.split(" ")[0] for command in by_relay[name].commands]
        if outcome == WAITS and "MAIL" in verbs:
            problems.append(f"{name}: mail went out: {verbs}")
    expect(not problems, "\n".join(problems))
    expect("p4ssw0rd" not in server.log(), "the password is in the log")

    good = stage.keep_until_the_end(ScriptedSmtp())  # it still works
    server.config.senders[0]["dns_overrides"] = [f"* 127.0.0.1:{good.port}"]
    server.reload()
    submit_all(server, ["bob@afterwards.example"])
    wait_until(lambda: len(good.kept) == 1, "mail for a good server afterwards")
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port("mx")), timeout=5)) as client:
        expect(client.recv(100).startswith(b"220"), "the greeting afterwards")
