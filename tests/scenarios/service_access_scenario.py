"""Access lists of services: who may not connect hears so, and an address that a user may not log in from beats his
permission for the protocol. SMTP services have rules of their own
(USR-140 POP-12 POP-13 SVC-36 ACL-01 ACL-03 ACL-09 WIK-063 REF-074)."""

import socket

from harness.waiting import expect, expect_equal, expect_in


def greeting(server, service, address):
    with socket.create_connection(("127.0.0.1", server.port(service)), 20, (address, 0)) as connection:
        return connection.makefile("rb").readline().decode().strip()


def pop3_login(server, user, address):
    with socket.create_connection(("127.0.0.1", server.port("pop3")), 20, (address, 0)) as connection:
        lines = connection.makefile("rwb")
        for command in ("", f"USER {user}", f"PASS {user}-secret", "QUIT"):
            if command:
                lines.write(command.encode() + b"\r\n")
                lines.flush()
            answer = lines.readline().decode().strip()
            if command.startswith("PASS"):
                result = answer
        return result


def scenario(stage):
    server = stage.new_server(users=["fred", "kate"])
    server.config.add_user("bob", protocols={"pop3": False})
    server.config.services["pop3"]["access"] = [
        {"type": "ipv4", "address": "127.0.0.0", "prefix": 30},
        {"type": "ipv4", "address": "127.0.0.2", "users": ["kate"]},
        {"action": "block", "type": "any"},
    ]
    server.config.services["imap"]["access"] = [{"type": "ipv4", "address": "127.0.0.1"}]
    server.config.services["mx"]["access"] = [{"type": "local_nets"}, {"action": "block", "type": "ipv4",
                                                                       "address": "127.0.0.9"}]
    server.start()

    # Who may not connect.
    expect_in("+OK", greeting(server, "pop3", "127.0.0.1"), "the POP3 greeting")
    expect_equal(greeting(server, "pop3", "127.0.0.4"), "-ERR Stagecoach Server access not allowed!", "outside")
    expect_equal(greeting(server, "imap", "127.0.0.2"), "* BYE Stagecoach IMAP4rev1 Server access not allowed!",
                 "no entry matches")
    expect_in("220 ", greeting(server, "mx", "127.0.0.8"), "a local network")
    expect_equal(greeting(server, "mx", "127.0.0.9"), "554 5.7.1 Server access not allowed!", "one computer of it")
    expect_in("220 ", greeting(server, "submission", "127.0.0.9"), "a service without a list")

    # Who may not log in: permissions count only where the list lets the user in.
    expect_in("+OK", pop3_login(server, "fred", "127.0.0.1"), "a user who may")
    expect_in("+OK", pop3_login(server, "kate", "127.0.0.2"), "the user of the entry")
    refused = pop3_login(server, "fred", "127.0.0.2")
    expect_equal(refused, pop3_login(server, "nobody", "127.0.0.2"), "the answer, as for an unknown user")
    expect_equal(refused, pop3_login(server, "bob", "127.0.0.1"), "as without the permission")
    server.wait_for_log("the user may not log in from this address")

    server.config.services["pop3"]["access"] = []
    server.reload()
    expect_in("+OK", pop3_login(server, "fred", "127.0.0.2"), "after a reload without the list")
    server.config.services["pop3"]["access"] = [{"type": "ipv4", "address": "::1"}]
    server.write_config()
    checked = server.run("check")
    expect(checked.code == 1, "a faulty entry")
    expect_in('service.pop3.access.::1.address: "::1" is no IPv4 address', checked.output, "check")

    # Two SMTP services: one takes mail from all in clear, the other one from users and encrypted.
    server.config.services["pop3"]["access"] = []
    server.config.services["submission"]["require_tls"] = True
    server.reload()
    for service, code in (("mx", 250), ("submission", 530)):
        with server.smtp(service) as smtp:
            expect_equal(smtp.mail("ann@remote.example")[0], code, f"MAIL in clear at {service}")
    with server.smtp("submission", tls="starttls") as smtp:
        expect_equal(smtp.mail("fred@example.com")[0], 530, "MAIL without a log-in")
    with server.smtp("submission", "fred", "starttls") as smtp:
        expect_equal(smtp.mail("fred@example.com")[0], 250, "MAIL of a user")
