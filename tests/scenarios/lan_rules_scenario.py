"""Rules of LAN forwarding: the first one that matches sends to its server, with log-in and another recipient; strangers
reach what rules name and nothing else; mappings and ~ have their place; LMTP; matches, explanations and the export of
rules for another server
(LAN-1 LAN-3 LAN-4 LAN-5 LAN-6 LAN-7 LAN-8 LAN-9 LAN-10 LAN-11 LOC-6 REF-065)."""

from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until

PASSWORD = "geheim@4711"

RULES = """
[lan_forwarding]
allow_bare_user = true

[[lan_forward]]
addresses = ["bob@lan.example", "carol@lan.example"]
server = "127.0.0.1"
port = {first}
username = "carl@lan"
password = "{password}"

[[lan_forward]]
addresses = ["*@lan.example"]
server = "127.0.0.1:{second}"
rewrite = "*@inside.example"

[[lan_forward]]
addresses = ["*@other.example"]
server = "127.0.0.1:{second}"
condition = "pop3"

[[lan_forward]]
addresses = ["sales", "mapped@example.com"]
server = "127.0.0.1:{second}"

[[lan_forward]]
addresses = ["~@example.com"]
server = "127.0.0.1:{second}"

[[lan_forward]]
addresses = ["*@lmtp.example"]
server = "lmtp:127.0.0.1:{lmtp}"
rewrite = "*@example.net"
"""


def refusal(server, address, user=None):
    with server.smtp("submission" if user else "mx", user=user) as smtp:
        smtp.mail("ann@remote.example" if not user else user + "@example.com")
        code, text = smtp.rcpt(address)
        return f"{code} {text.decode()}" if code >= 400 else ""


def scenario(stage):
    first = stage.sink(users={"carl@lan": PASSWORD}, tls=stage.tls())
    second = stage.sink()
    onward = stage.server(users=["gina"], domains=["example.net"],
                          services=("mx", "submission", "lmtp", "imap"))
    server = stage.new_server(users=["fred", "kate"], mappings=[("mapped@example.com", "kate")])
    server.config.more = RULES.format(first=first.port, second=second.port, lmtp=onward.port("lmtp"),
                                      password=PASSWORD)
    server.start()

    server.deliver(["bob@lan.example", "carol@lan.example"], "To the first")
    got = first.wait_for(1)
    expect_equal([(one.sender, sorted(one.recipients), one.user, one.tls) for one in got],
                 [("ann@remote.example", ["bob@lan.example", "carol@lan.example"], "carl@lan", True)],
                 "with STARTTLS, log-in and the recipients as they were")
    server.deliver(["Dave@lan.example", "sales@example.com", "nobody@example.com"], "To the second")
    wait_for_value(lambda: sorted(name for one in second.messages for name in one.recipients),
                   ["Dave@inside.example", "nobody@example.com", "sales@example.com"], "what the second server got")
    server.submit("fred", "erin@lan.example", "Of a user")
    expect_equal(second.wait_for(2)[-1].recipients, ["erin@inside.example"], "of a user")

    # Users, mappings and postmaster come before ~, mappings before all rules.
    server.deliver(["fred@example.com", "mapped@example.com"], "Local")
    server.wait_for_message("fred", "Local")
    server.wait_for_message("kate", "Local")

    # Rules for other mail, and addresses that no rule names, are not for strangers.
    for address in ("ann@other.example", "ann@elsewhere.example", "x@inside.example"):
        expect_in("550", refusal(server, address), f"a stranger writes to {address}")
    expect_equal(refusal(server, "new@lan.example"), "", "a stranger writes to an address of a rule")

    server.deliver("gina@lmtp.example", "By LMTP")
    onward.wait_for_message("gina", "By LMTP")
    server.deliver("nobody@lmtp.example", "By LMTP to nobody", sender="fred@example.com")
    wait_until(lambda: any(b"nobody@example.net" in one for one in server.messages("fred")),
               "the report of what the LMTP server refused")

    explained = server.run("explain", "route", "bob@lan.example").text()
    expect_in("LAN rule bob@lan.example", explained, "the explanation")
    expect_in("stagecoach.toml:", explained, "the explanation")
    listed = server.command("lan", "list")["rules"]
    expect_equal([(rule["address"], rule["matches"]) for rule in listed][:4],
                 [("bob@lan.example", 1), ("carol@lan.example", 1), ("*@lan.example", 2), ("*@other.example", 0)],
                 "the matches")
    shown = server.run("lan", "list").text()
    expect_in("*@lan.example [all] -> 127.0.0.1", shown, "lan list")
    seen = explained + shown + server.log() + server.run("check").text()
    expect(PASSWORD not in seen and PASSWORD not in str(listed), "somebody shows the password")

    exported = server.run("lan", "export", "--server", "mail.example.com").text()
    for part in ('server = "mail.example.com"', '"fred@example.com"', '"kate@example.com"', '"mapped@example.com"'):
        expect_in(part, exported, "the export")
    onward.config.more = exported
    onward.reload()
    wait_until(lambda: len(onward.command("lan", "list")["rules"]) >= 3, "the other server has the rules")
