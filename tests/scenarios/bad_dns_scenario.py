"""Name servers that fail or lie, and odd MX records: SERVFAIL and its like wait, an unknown domain and a null MX are
returned, 1,000 MX records cost a bounded number of tries (SND-15 SND-16 SND-19 REF-095 REF-096)."""

import contextlib

from harness import scripted_dns as dns
from harness.messages import message
from harness.waiting import Failed, expect, wait_until

WAITS, RETURNED, SENT = "deferred", "failed", "delivered"
MEMORY_MAX_KB = 200_000
TRIES_MAX = 60  # connections for one message to a domain with 1,000 MX records
FORGED = b"x\n2026-01-01T00:00:00.000Z error a line of its own\n"  # the name of an MX host
HOST = {"A": ["127.0.0.1"]}


def zone():
    chain = {f"chain{i}.example": {"CNAME": [f"chain{i + 1}.example"]} for i in range(100)}
    return {
        "servfail.example": "SERVFAIL",
        "refused.example": dns.code(5),
        "notimp.example": dns.code(4),
        "formerr.example": dns.code(1),
        "garbage.example": dns.garbage,
        "cut.example": dns.cut_short,
        "truncated.example": dns.always_truncated,
        "question.example": dns.other_question,
        "pointer.example": dns.mx_data(b"\x00\x0a\xc0\x0c\xc0"),
        "toolong.example": dns.mx_data(b"\x00\x0a" + b"\x3fabc" * 3),
        "nodata.example": dns.mx_data(b""),
        "forged.example": dns.mx_data(b"\x00\x0a" + bytes([len(FORGED)]) + FORGED + b"\x07example\x00"),
        FORGED.decode().lower() + ".example": HOST,
        "loop.example": {"CNAME": ["loop2.example"]},
        "loop2.example": {"CNAME": ["loop.example"]},
        "self.example": {"CNAME": ["self.example"]},
        **chain,
        "lostmx.example": {"MX": [(10, "nowhere.lostmx.example")]},
        "noaddress.example": {"MX": [(10, "text.noaddress.example")]},
        "text.noaddress.example": {"TXT": ["no address"]},
        "failedmx.example": {"MX": [(10, "servfail.example")]},
        "loopmx.example": {"MX": [(10, "loop.example")]},
        "closed.example": {"MX": [(10, "host.closed.example")]},
        "host.closed.example": {"A": ["127.0.0.9"]},
        "null.example": {"MX": [(0, "")], **HOST},
        "noservice.example": {"TXT": ["neither MX nor address"]},
        # Something is wrong with the first ones, and the last one gets it.
        "mixed.example": {"MX": [(1, "nowhere.lostmx.example"), (2, "loop.example"), (3, "servfail.example"),
                                 (4, "host.closed.example"), (5, "good.example")]},
        "nullamong.example": {"MX": [(0, ""), (10, "good.example")]},
        "alias.example": {"CNAME": ["good.example"]},
        "mxalias.example": {"MX": [(10, "alias.example")]},
        "good.example": {"MX": [(10, "good.example")], **HOST},
        "plain.example": HOST,
        "many.example": {"MX": [(i, f"mx{i}.many.example") for i in range(1000)]},
        **{f"mx{i}.many.example": {"A": [f"127.0.{i // 250 + 1}.{i % 250 + 1}"]} for i in range(1000)},
        "equalmany.example": {"MX": [(10, "good.example")] * 1000},
    }


FAILING = ("servfail", "refused", "notimp", "formerr", "garbage", "cut", "truncated", "pointer",
           "toolong", "nodata", "question", "failedmx")
ANSWERING = ("mixed", "nullamong", "alias", "mxalias", "forged", "good", "plain", "equalmany")
CASES = {  # the domain: outcome, what the reply in the trace has, the status of the report
    **{name: (WAITS, "4.4.3", "") for name in FAILING},
    "unknown": (RETURNED, "no such domain", "5.1.2"),
    "sub.unknown": (RETURNED, "no such domain", "5.1.2"),
    "null": (RETURNED, "null MX", "5.1.10"),
    "loop": (WAITS, "4.4.3", ""),
    "self": (WAITS, "4.4.3", ""),
    "chain0": (WAITS, "4.4.3", ""),
    "loopmx": (WAITS, "4.4.3", ""),
    "lostmx": (WAITS, "no such domain: nowhere.lostmx.example", ""),
    "noaddress": (WAITS, "text.noaddress.example: the host has no address", ""),
    "noservice": (WAITS, "the host has no address", ""),
    "closed": (WAITS, "refused", ""),
    "many": (WAITS, "refused", ""),
    **{name: (SENT, "kept", "") for name in ANSWERING},
}


def outcome_of(server, address):
    found = [(entry["event"], entry["detail"]) for entry in server.command("trace", address)
             if entry["detail"].get("to") == address]
    return found[-1] if found else ("nothing", {"reply": "", "status": ""})


def submit(server, names):
    with contextlib.closing(server.smtp("submission", "fred")) as session:
        for name in names:
            address = f"bob@{name}.example"
            session.sendmail("fred@example.com", [address], message(name, "fred@example.com", address))


def judge(server):
    problems = []
    waiting = {entry["to"] for entry in server.queue()}
    for name, (outcome, text, status) in CASES.items():
        address = f"bob@{name}.example"
        event, detail = outcome_of(server, address)
        if (event, address in waiting) != (outcome, outcome == WAITS) or text not in detail["reply"] or \
                (status and detail["status"] != status):
            problems.append(f"{name}: {outcome} with {text!r} expected, the trace has {event}: {detail}")
    expect(not problems, f"{len(problems)} of {len(CASES)} cases:\n" + "\n".join(problems))


def scenario(stage):
    sink = stage.sink()
    name_server = stage.keep_until_the_end(dns.ScriptedDns(zone()))
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{name_server.port}"]
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": sink.port, "mx_threads": 200})
    server.start()

    submit(server, CASES)
    wanted = sum(outcome == WAITS for outcome, _, _ in CASES.values())

    def settled():
        queue = server.queue()
        return len(queue) <= wanted and all(entry["attempts"] > 0 for entry in queue)
    with contextlib.suppress(Failed):  # the table below says which are not as they should be
        wait_until(settled, "an outcome for each message", 20, 0.25)
    judge(server)
    log = server.log()
    tries = sum("connecting to " in line and "|many.example" in line for line in log.splitlines())
    expect(0 < tries <= TRIES_MAX, f"{tries} of 1,000 MX hosts were tried")
    expect("\n2026-01-01T00:00" not in log, "the name of an MX host makes a line in the log")
    if not server.is_sanitised():
        expect(server.memory_peak_kb() < MEMORY_MAX_KB, f"{server.memory_peak_kb()} kB at most")

    for answer, name in ((dns.other_id, "otherid"), (dns.silence, "silence")):
        name_server.zone[f"{name}.example"] = answer
        submit(server, [name])
    for name in ("otherid", "silence"):
        wait_until(lambda: outcome_of(server, f"bob@{name}.example")[0] == WAITS, f"{name} waits", 30, 0.1)
        name_server.zone[f"{name}.example"] = HOST

    def retried():
        server.run("queue", "retry", "--match", "bob@silence.example")
        return outcome_of(server, "bob@silence.example")[0] == SENT
    wait_until(retried, "delivered when the name server answers again", 30, 0.5)
