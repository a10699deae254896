"""DANE (RFC 7672) with a real signed zone: a server whose certificate fits its TLSA records gets mail, one whose
certificate does not gets none, one that hides STARTTLS gets none; without records it is as before. REQUIRETLS (RFC 8689)
goes on only to servers that proved who they are and offer it. The counts for TLS reports (RFC 8460)."""

import smtplib

from harness.certificate import client_context, key_digest, make_certificate
from harness.messages import message
from harness.signed_dns import SignedDns
from harness.smtp_sink import SmtpSink
from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until


def submit_requiring_tls(server, recipient, subject):
    """What the server says to MAIL FROM."""
    with smtplib.SMTP("127.0.0.1", server.port("submission"), timeout=30) as client:
        client.ehlo()
        expect("requiretls" not in client.esmtp_features, "REQUIRETLS is offered without TLS")
        client.starttls(context=client_context())
        client.ehlo()
        expect("requiretls" in client.esmtp_features, "REQUIRETLS is not offered")
        client.login("fred", "fred-secret")
        code, _ = client.mail("fred@example.com", ["REQUIRETLS"])
        expect_equal(code, 250, "MAIL FROM with REQUIRETLS")
        client.rcpt(recipient)
        client.data(message("fred@example.com", [recipient], subject))


def scenario(stage):
    certificate, _ = make_certificate(stage.folder)
    right, wrong = key_digest(certificate), "ab" * 32
    extensions = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "DSN"]
    sink = stage.sink(tls=stage.tls(), extensions=extensions + ["REQUIRETLS"])
    clear = stage.keep_until_the_end(SmtpSink(port=sink.port, host="127.0.0.2"))
    modest = stage.keep_until_the_end(SmtpSink(tls=stage.tls(), extensions=extensions, port=sink.port, host="127.0.0.3"))
    records = [
        "good IN MX 10 mx.good", "mx.good IN A 127.0.0.1", f"_{sink.port}._tcp.mx.good IN TLSA 3 1 1 {right}",
        "bad IN MX 10 mx.bad", "mx.bad IN A 127.0.0.1", f"_{sink.port}._tcp.mx.bad IN TLSA 3 1 1 {wrong}",
        "clear IN MX 10 mx.clear", "mx.clear IN A 127.0.0.2", f"_{sink.port}._tcp.mx.clear IN TLSA 3 1 1 {right}",
        "none IN MX 10 mx.none", "mx.none IN A 127.0.0.2",
        "odd IN MX 10 mx.odd", "mx.odd IN A 127.0.0.1", f"_{sink.port}._tcp.mx.odd IN TLSA 0 0 1 {wrong}",
        "modest IN MX 10 mx.modest", "mx.modest IN A 127.0.0.3",
        f"_{sink.port}._tcp.mx.modest IN TLSA 3 1 1 {right}",
        "second IN MX 10 mx.bad", "second IN MX 20 mx.good",
        "spoilt IN MX 10 mx.spoilt", "mx.spoilt IN A 127.0.0.1",
    ]
    plain = ["@ IN MX 10 mx", "mx IN A 127.0.0.1", f"_{sink.port}._tcp.mx IN TLSA 3 1 1 {wrong}"]
    dns = SignedDns(stage, "secure.example", records, {"plain.example": plain})
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"] = {"servers": [f"127.0.0.1:{dns.port}"], "trust_anchor": dns.trust_anchor,
                                     "timeout": "5s"}
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": sink.port})
    server.start()

    def waits(address):
        return any(entry["to"] == address and entry["attempts"] > 0 for entry in server.queue())

    # Proved by DANE, though no authority has signed the certificate.
    server.submit("fred", "bob@good.secure.example", "DANE")
    expect(sink.wait_for(1)[0].tls, "encrypted")
    trace = wait_until(lambda: [line for line in server.run("trace", "bob@good.secure.example").output.splitlines()
                                if "250 2.0.0 kept" in line], "the trace has the delivery")
    expect_in("DANE", trace[0], "the trace")

    # A certificate that does not fit, and no STARTTLS where records ask for it: nothing is sent.
    for name, reason in (("bad", "certificate"), ("clear", "STARTTLS")):
        address = f"bob@{name}.secure.example"
        server.submit("fred", address, name)
        wait_until(lambda address=address: waits(address), f"{address} is deferred", 20)
        expect_in(reason, [entry for entry in server.queue() if entry["to"] == address][0]["last_reply"], "the reason")
    expect_equal((len(sink.messages), len(clear.messages)), (1, 0), "nothing was sent in spite of DANE")

    # The next server is tried.
    server.submit("fred", "bob@second.secure.example", "second")
    sink.wait_for(2)

    # No records; records that mean nothing here; records of a zone that nobody signed: as without DANE.
    server.submit("fred", "bob@none.secure.example", "none")
    expect(not clear.wait_for(1)[0].tls, "in clear")
    server.submit("fred", "bob@odd.secure.example", "odd")
    expect(sink.wait_for(3)[2].tls, "encrypted")
    server.submit("fred", "bob@plain.example", "plain")
    sink.wait_for(4)

    # REQUIRETLS goes on, or the message comes back with its header section only.
    submit_requiring_tls(server, "eve@good.secure.example", "Required")
    expect_in("REQUIRETLS", sink.wait_for(5)[4].sender_parameters, "MAIL FROM")
    for name in ("modest", "none"):
        submit_requiring_tls(server, f"eve@{name}.secure.example", f"Required by {name}")
        report = wait_until(lambda name=name: [raw.decode() for raw in server.messages("fred")
                                               if f"eve@{name}.secure.example" in raw.decode() and "5.7.30" in raw.decode()],
                            f"a report about {name}", 20)[0]
        expect_in("text/rfc822-headers", report, "what the report returns")
    expect_equal((len(modest.messages), len(clear.messages)), (0, 1), "nothing was sent without REQUIRETLS")

    # What a TLS report would say.
    report = server.command("tls-report")
    expect_equal(report["organization-name"], "mail.example.com", "whose report it is")
    policies = {entry["policy"]["policy-domain"]: entry for entry in report["policies"]}
    good, bad = policies["good.secure.example"], policies["bad.secure.example"]
    expect_equal(good["policy"]["policy-type"], "tlsa", "good: policy")
    expect_equal(good["policy"]["policy-string"], [f"3 1 1 {right}"], "good: records")
    expect_equal(good["summary"]["total-failure-session-count"], 0, "good: failures")
    expect(good["summary"]["total-successful-session-count"] >= 1, "good: successes")
    expect_equal([(one["result-type"], one["receiving-mx-hostname"]) for one in bad["failure-details"]],
                 [("validation-failure", "mx.bad.secure.example")], "bad: failures")
    expect_equal(policies["clear.secure.example"]["failure-details"][0]["result-type"], "starttls-not-supported", "clear")
    expect_equal(policies["plain.example"]["policy"]["policy-type"], "no-policy-found", "plain")

    # The administrator may switch it off.
    server.config.senders[0]["dane"] = False
    server.reload()
    server.command("queue", "retry", "--match", "example")
    wait_for_value(server.queue, [], "the queue without DANE", 20)
