"""Collectors and the sender of a connection with use_socks reach their servers through the SOCKS server alone; other
connections do not use it; what the SOCKS server refuses is told, and counts as no connection. The sender's dialogue is
logged when that is wanted (CON-13 MSC-030 SND-47)."""

from harness.messages import message
from harness.odmr_provider import OdmrProvider
from harness.scripted_smtp import ScriptedSmtp
from harness.socks_server import SocksServer
from harness.waiting import expect, expect_equal, expect_in, free_ports


def scenario(stage):
    proxy = stage.keep_until_the_end(SocksServer())
    provider = stage.keep_until_the_end(OdmrProvider({"customer": "odmr-secret"}, tls=stage.tls()))
    isp = stage.keep_until_the_end(ScriptedSmtp({"ETRN": "250 OK"}))
    mailbox, sink = stage.pop3_mailbox(messages=[message("By POP3")]), stage.sink(users={"office": "relay-secret"})
    server = stage.new_server(users=["fred"])
    config = server.config
    config.sections["proxy"] = {"socks_address": "localhost", "socks_port": proxy.port, "socks_user": "our-name"}
    config.connections += [{"name": "through", "use_socks": True, "fallback": "direct"}, {"name": "direct"}]
    config.collectors += [
        {"name": "isp", "kind": "odmr", "connections": ["through"], "host": f"127.0.0.1:{provider.port}",
         "username": "customer", "password": "odmr-secret", "domains": ["example.com"], "encryption": "stls"},
        {"name": "feed", "kind": "smtp_feed", "connections": ["through", "direct"], "use_etrn": True,
         "etrn_server": f"127.0.0.1:{isp.port}", "etrn_parameters": "example.com"},
        {"name": "box", "connections": ["through"], "host": f"127.0.0.1:{mailbox.port}", "username": "box",
         "password": "box-secret", "method": "single_user", "target_user": "fred"}]
    config.senders.append({"connection": "through", "servers": [f"127.0.0.1:{sink.port}"], "log_data": True,
                           "username": "office", "password": "relay-secret", "encryption": "none"})
    config.sections["schedule_options"] = {"send_immediately": False}
    server.start()

    def run(connection):
        return "\n".join(server.command("connection", "run", connection))

    provider.messages = [("fred@example.com", message("Through the proxy"))]
    server.submit("fred", "bob@remote.example", "Out")
    expect_equal(run("through").count(": Connection successful"), 4, "the sender and the collectors")
    sink.wait_for(1)
    targets = sorted(one.port for one in (provider, isp, mailbox, sink))
    expect_equal(sorted(proxy.requests), [("127.0.0.1", port, "our-name") for port in targets], "what it was asked for")
    expect(proxy.bytes_to_targets > 500, f"{proxy.bytes_to_targets} bytes went through it")
    server.expect_subjects("fred", ["By POP3", "Through the proxy"])
    expect(any(b"from provider.example" in raw for raw in server.messages("fred")), "the trace field names the provider")
    log = server.log()
    for part in ("C: AUTH PLAIN *****", "C: RCPT TO:<bob@remote.example>", "bytes"):
        expect_in(part, log, "the dialogue of the sender")
    expect("relay-secret" not in log and "Subject: Out" not in log, "neither password nor content is in the log")

    proxy.requests.clear()
    expect_in("Connection successful", run("direct"), "without the proxy")
    expect_equal(proxy.requests, [], "it is not asked")

    # An IPv6 address goes as a name (version 4a).
    proxy.names["::1"] = "127.0.0.1"
    config.collectors[1]["etrn_server"] = f"[::1]:{isp.port}"
    server.reload()
    expect_in("collector feed: Connection successful", run("through"), "an IPv6 address")
    expect_in(("::1", isp.port, "our-name"), proxy.requests, "what the proxy was asked for")
    config.collectors[1]["etrn_server"] = f"127.0.0.1:{isp.port}"
    server.reload()

    for code, words in ((91, "cannot connect to the target"), (92, "asks for an identd"), (93, "names another user")):
        proxy.refuse = code
        said = run("through")
        expect_in(f"({code})", said, "the refusal")
        expect_in(words, said, "the refusal in words")
        expect_in("no connection succeeded; trying direct", said, "a connection to the proxy alone is none")
    proxy.refuse = None

    # It is not there, or is no such server.
    config.sections["proxy"]["socks_port"], = free_ports(1)
    server.reload()
    expect_in("the SOCKS server: connect", run("through"), "the proxy is away")
    config.sections["proxy"]["socks_port"] = isp.port
    server.reload()
    expect_in("no SOCKS server of version 4", run("through"), "an SMTP server is none")

    # A connection that wants it needs one.
    config.sections["proxy"] = {}
    expect_in("connection.through.use_socks: needs proxy.socks_address",
              server.run("check", config=server.write_config()).output, "check")
