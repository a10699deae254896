"""Return paths: forwarded mail goes out with an SRS address, own mail with a BATV tag, and bounces to both find their
way back, also after a restart; forged ones are refused at RCPT, and explain says why (WIK-016 AUT-007 AUT-008 AUT-009
AUT-010 AUT-011)."""

import smtplib

from harness.waiting import expect, expect_equal, expect_in, wait_until


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred", "kate", "postmaster"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.users[1]["routing"] = {"forward_to": ["far@other.example"]}
    server.config.sections["srs"] = {"enabled": True}
    server.config.sections["batv"] = {"enabled": True, "enforce": True}
    server.start()

    def refusal(to, sender=""):
        with server.smtp("mx") as session:
            session.mail(sender)
            code, text = session.rcpt(to)
        return f"{code} {text.decode()}"

    server.deliver("kate@example.com", "Passed on", sender="ann@remote.example")
    got = sink.wait_for(1)[0]
    expect_equal(got.recipients, ["far@other.example"], "recipient")
    srs = got.sender
    expect(srs.startswith("SRS0=") and srs.endswith("=remote.example=ann@example.com"), srs)

    server.submit("fred", "bob@remote.example", "Our own")
    tagged = sink.wait_for(2)[1].sender
    expect(tagged.startswith("prvs=0") and tagged.endswith("=fred@example.com"), tagged)

    server.restart()
    server.deliver(srs, "Bounce of what was passed on", sender="")
    got = sink.wait_for(3)[2]
    expect_equal((got.sender, got.recipients), ("", ["ann@remote.example"]), "the bounce")
    server.deliver(tagged.upper(), "Bounce of our own", sender="")
    server.expect_subjects("fred", ["Bounce of our own"], timeout=10)

    expect_equal(refusal(srs, "eve@remote.example"), "550 5.7.1 This address takes bounces only", "not a bounce")
    forged = srs.replace("=ann@", "=eve@")
    expect_equal(refusal(forged), "550 5.7.1 This server did not write the return path", "forged SRS")
    for address in ("fred@example.com", tagged.replace("fred", "kate")):
        expect_equal(refusal(address), "550 5.7.1 This bounce is not for a message of ours", address)
    expect_in("250", refusal("postmaster@example.com"), "postmaster")
    expect_in("250", refusal("fred@example.com", "ann@remote.example"), "other mail")

    told = server.run("explain", "route", forged).output
    expect_in("This server did not write the return path", told, "explain")
    told = server.run("explain", "route", "bob@remote.example", "--user", "fred", "--from", "fred@example.com").output
    expect_in("the return path fred@example.com becomes prvs=0", told, "explain")

    sink.replies["RCPT TO:<gone@remote.example>"] = "550 5.1.1 nobody"
    server.submit("fred", "gone@remote.example", "To nobody")
    wait_until(lambda: any(b"multipart/report" in raw for raw in server.messages("fred")), "our own report comes back")
    try:
        server.deliver("kate@example.com", "Tagged by nobody", sender="")
        raise AssertionError("an untagged bounce was taken")
    except smtplib.SMTPRecipientsRefused:
        pass
