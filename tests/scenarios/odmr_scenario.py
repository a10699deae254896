"""An ODMR collector logs in, asks for its domains by ATRN and receives mail on the turned connection, plain and
encrypted; nothing but local domains is accepted, what goes wrong is told, and a line that breaks within a message
neither loses nor doubles it (COL-1 COL-99 REF-082 SMT-80)."""

import threading

from harness.messages import message
from harness.odmr_provider import OdmrProvider
from harness.waiting import expect, expect_equal, expect_in, free_ports


def waiting(*subjects, to="fred@example.com"):
    return [(to, message(subject, "ann@remote.example", to)) for subject in subjects]


def scenario(stage):
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({})
    got = []

    def collect(provider, result, *new, **settings):
        """One visit; `result` is in what it says."""
        server.config.collectors[0] = {"name": "isp", "kind": "odmr", "connections": ["main"],
                                       "host": f"127.0.0.1:{provider.port}", "username": "customer",
                                       "password": "odmr-secret", "domains": ["example.com", "example.org"],
                                       "log_data": True, **settings}
        if server.program:
            server.reload()
        else:
            server.start()
        said = "\n".join(server.command("connection", "run", "main"))
        expect_in(result, said, "the result of the visit")
        got.extend(new)
        server.expect_subjects("fred", got)
        return said

    def provider(**named):
        return stage.keep_until_the_end(OdmrProvider({"customer": "odmr-secret"}, **named))

    # Several messages, one of them for nobody here and one to be relayed, which an open door would do.
    plain = provider()
    plain.messages = (waiting("One", "Two") + waiting("Lost", to="x@elsewhere.example") +
                      waiting("Who", to="nobody@example.com") + waiting("Three"))
    said = collect(plain, "Connection successful", "One", "Two", "Three")
    expect_in("fetched 3", said, "the number of messages")
    expect_equal(plain.domains, ["example.com,example.org"], "what ATRN names")
    expect("AUTH CRAM-MD5" in plain.commands, f"the strongest log-in that is offered: {plain.commands}")
    expect_equal([verdict[:3] for verdict in plain.verdicts], ["250", "250", "550", "550", "250"], "the replies")
    expect_in("220 mail.example.com", plain.greetings[0], "we greet")
    expect(not any("AUTH" in line or "STARTTLS" in line for line in plain.extensions), f"{plain.extensions}")
    raw = server.messages("fred")[0]
    expect_in(b"from provider.example", raw, "the trace field names the provider")
    expect("C: AUTH CRAM-MD5" in server.log() and "C: ATRN example.com,example.org" in server.log(), "log_data")
    expect("odmr-secret" not in server.log(), "the password is not in the log")

    # Encrypted: the turned session goes on with the same TLS.
    for settings, named in (("stls", {}), ("ssl", {"implicit_tls": True})):
        encrypted = provider(tls=stage.tls(), **named)
        encrypted.messages = waiting("By " + settings)
        collect(encrypted, "Connection successful", "By " + settings, encryption=settings)
        expect_equal(encrypted.encrypted, [True], "the session is encrypted")
        expect("STARTTLS" not in "".join(encrypted.extensions), f"{encrypted.extensions}")
    expect_in(b"with ESMTPS", server.messages("fred")[-1], "the trace field says so")
    collect(plain, "does not offer STARTTLS", encryption="stls")

    # What a provider may say.
    plain.answer = "453 You have no mail"
    collect(plain, "Connection successful: 453 You have no mail (no mail waits there)")
    for answer, meaning in (("450 refused", "refuses it for these domains"), ("451 later", "cannot do it now"),
                            ("502 no", "knows no ATRN"), ("530 who?", "wants a log-in first")):
        plain.answer = answer
        collect(plain, f'Error from remote server on "ATRN example.com,example.org" -> {answer} (the provider {meaning}')
    plain.answer = None
    collect(plain, '"AUTH CRAM-MD5" -> 535 5.7.8 no', password="wrong")

    # Nobody speaks before our greeting.
    plain.messages, plain.early = waiting("Early"), b"EHLO provider.example\r\n"
    collect(plain, "went on speaking when the roles had been exchanged")
    plain.early = b""
    collect(plain, "Connection successful", "Early")

    # The line breaks in the middle of the second message: the first one is there once, the others come later.
    plain.messages, plain.lose_at = waiting("First", "Second", "Last"), 2
    said = collect(plain, "the connection was lost after 1 messages", "First")
    expect_in("fetched 1", said, "what came")
    plain.lose_at = None
    collect(plain, "Connection successful", "Second", "Last")
    plain.messages, plain.leave_silently = waiting("Without QUIT"), True
    collect(plain, "the connection was lost after 1 messages", "Without QUIT")

    # The server stops in the middle of a message: it was not taken, and comes when the server is back.
    plain.messages, plain.leave_silently, plain.stop_at = waiting("At the end"), False, 1
    visit = threading.Thread(target=server.run, args=("connection", "run", "main"), daemon=True)
    visit.start()
    expect(plain.stopped.wait(20), "the provider is in the middle of a message")
    server.restart()
    visit.join(20)
    plain.stop_at = None
    collect(plain, "Connection successful", "At the end")

    # Nobody answers: a failed run, so another connection takes over.
    closed, = free_ports(1)
    server.config.connections[0]["fallback"] = "spare"
    server.config.connections.append({"name": "spare", "default": False})
    collect(plain, "trying spare", host=f"127.0.0.1:{closed}")
