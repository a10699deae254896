"""A real OpenSMTPD takes our mail, found by its MX record and encrypted, and sends us its own (SND-15 SND-16)."""

from harness.opensmtpd import OpenSmtpd
from harness.mail_peer import DOMAIN, expect_it_reports_success, expect_it_sends_to_us, expect_it_takes_our_mail


def scenario(stage):
    server = stage.new_server(users=["fred", "kate"])
    peer = OpenSmtpd(stage, server.port("mx"))
    dns = stage.dns({DOMAIN: {"MX": [(10, f"mx.{DOMAIN}")]}, f"mx.{DOMAIN}": {"A": ["127.0.0.1"]}})
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "direct", "mx_port": peer.port})
    server.start()
    expect_it_takes_our_mail(server, peer)
    expect_it_reports_success(server, peer)
    expect_it_sends_to_us(server, peer)
