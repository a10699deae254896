"""The collector logs in by STLS, by TLS from the first byte, by APOP and by CRAM-MD5; STLS that is not there is refused
(COL-8 COL-9 COL-10 COL-11 COL-12)."""

from harness.messages import message
from harness.waiting import expect


def scenario(stage):
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({})
    expected = []

    def collect(subject, good, mailbox, **settings):
        mailbox.messages = [message(subject)]
        server.config.collectors[0] = {"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                       "username": "box", "password": "box-secret", "method": "single_user",
                                       "target_user": "fred", **settings}
        if server.program:
            server.reload()
        else:
            server.start()
        result = "\n".join(server.command("connection", "run", "main"))
        expect(("Connection successful" in result) == good, f"{subject}: {result}")
        if good:
            expected.append(subject)
        server.expect_subjects("fred", expected)

    with_tls, without = stage.pop3_mailbox(tls=stage.tls()), stage.pop3_mailbox(apop=True)
    collect("STLS", True, with_tls, encryption="stls")
    expect("STLS" in with_tls.commands and "USER box" in with_tls.commands, f"{with_tls.commands}")
    collect("STLS if available", True, with_tls)
    with_tls.commands.clear()
    collect("No TLS although it is there", True, with_tls, encryption="none")
    expect("USER box" in with_tls.commands and "STLS" not in with_tls.commands, f"{with_tls.commands}")
    collect("No STLS", False, without, encryption="stls")
    expect(not any(command.startswith(("USER", "PASS")) for command in without.commands), f"{without.commands}")
    collect("In plain text", True, without)
    collect("APOP", True, without, auth="apop")
    expect(any(command.startswith("APOP box ") for command in without.commands),
           f"{without.commands}")
    collect("CRAM-MD5", True, without, auth="cram-md5")
    expect("AUTH CRAM-MD5" in without.commands, f"{without.commands}")
    implicit = stage.pop3_mailbox(tls=stage.tls(), implicit_tls=True)
    collect("TLS from the first byte", True, implicit, encryption="ssl")
    expect("STLS" not in implicit.commands, f"{implicit.commands}")
