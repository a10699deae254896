"""MTA-STS (RFC 8461): a policy that is enforced keeps mail from servers that it does not name and from certificates that
nobody vouches for; one in testing only counts; a policy that was in force outlives its web server."""

from harness.certificate import Authority
from harness.smtp_sink import SmtpSink
from harness.waiting import expect, expect_equal, expect_in, wait_until
from harness.web_files import WebFiles

PATH = "/.well-known/mta-sts.txt"


def policy(mode, mx, max_age=86400):
    return f"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: {max_age}\r\n"


def scenario(stage):
    authority = Authority(stage.folder)
    good = stage.sink(tls=authority.context("mx.good.example", "mx.other.example", "mx.away.example"))
    self_signed = stage.keep_until_the_end(SmtpSink(tls=stage.tls(), port=good.port, host="127.0.0.2"))
    web = stage.keep_until_the_end(WebFiles(authority.context("mta-sts.good.example", "mta-sts.bad.example", "mta-sts.test.example",
                                             "mta-sts.other.example", "mta-sts.broken.example")))
    zone = {}
    for name, ip, mode, mx in (("good.example", "127.0.0.1", "enforce", "*.good.example"),
                               ("bad.example", "127.0.0.2", "enforce", "mx.bad.example"),
                               ("test.example", "127.0.0.2", "testing", "mx.test.example"),
                               ("other.example", "127.0.0.1", "enforce", "mail.other.example"),
                               ("broken.example", "127.0.0.2", "enforced", "mx.broken.example"),
                               ("away.example", "127.0.0.2", "enforce", "mx.away.example")):
        zone[name] = {"MX": [(10, "mx." + name)]}
        zone["mx." + name] = {"A": [ip]}
        zone["mta-sts." + name] = {"A": ["127.0.0.1"]}
        zone["_mta-sts." + name] = {"TXT": ["v=STSv1; id=20261121;"]}
        web.texts[("mta-sts." + name, PATH)] = policy(mode, mx)
    dns = stage.dns(zone)
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    server.config.sections["tls"] = {"ca_file": authority.file}
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": good.port, "mta_sts_port": web.port})
    server.start()

    def deferred(address):
        return [entry["last_reply"] for entry in server.queue() if entry["to"] == address and entry["attempts"] > 0]

    server.submit("fred", "bob@good.example", "good")
    expect(good.wait_for(1)[0].tls, "encrypted")
    wait_until(lambda: "MTA-STS" in server.run("trace", "bob@good.example").output, "the trace says so")

    # Self-signed, and a server that the policy does not name: not sent.
    for domain, reason in (("bad.example", "self-signed certificate"), ("other.example", "does not name this server")):
        server.submit("fred", "bob@" + domain, domain)
        expect_in(reason, wait_until(lambda domain=domain: deferred("bob@" + domain), f"{domain} is deferred", 20)[0],
                  "the reason")
    expect_equal((len(good.messages), len(self_signed.messages)), (1, 0), "nothing was sent against a policy")

    # Testing, a policy that is none, and one whose web server shows a wrong certificate: sent as without.
    for count, domain in enumerate(("test.example", "broken.example", "away.example"), 1):
        server.submit("fred", "bob@" + domain, domain)
        expect(self_signed.wait_for(count)[count - 1].tls, "encrypted")

    report = server.command("tls-report")
    details = {(entry["policy"]["policy-domain"], one["result-type"])
               for entry in report["policies"] for one in entry.get("failure-details", [])}
    expect_equal(details, {("bad.example", "certificate-not-trusted"), ("test.example", "certificate-not-trusted"),
                           ("other.example", "validation-failure"), ("broken.example", "sts-policy-invalid"),
                           ("away.example", "sts-webpki-invalid")}, "what went wrong")
    text = server.run("tls-report").output
    expect_in("bad.example", text, "the table")

    # A policy in force stays so when its web server has gone; it is asked for once.
    expect_equal(sum(host == "mta-sts.good.example" for host, _ in web.requests), 1, "fetches of the policy")
    web.texts.clear()
    server.command("queue", "retry", "--match", "bad.example")
    wait_until(lambda: [entry for entry in server.queue() if entry["to"] == "bob@bad.example" and entry["attempts"] > 1],
               "another attempt at bad.example", 20)
    expect_equal(len(self_signed.messages), 3, "messages that the self-signed server has")

    # So it does after a restart.
    server.restart()
    server.command("queue", "retry", "--match", "bad.example")
    wait_until(lambda: [entry for entry in server.queue() if entry["to"] == "bob@bad.example" and entry["attempts"] > 2],
               "an attempt at bad.example after a restart", 20)
    expect_equal(len(self_signed.messages), 3, "messages that the self-signed server has")
