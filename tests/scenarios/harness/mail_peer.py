"""Another mail server beside ours: what both must understand of each other, whichever it is."""

import contextlib
import os
import smtplib

from .messages import message, parsed, subject_of
from .waiting import expect, expect_equal, expect_in, wait_for_value, wait_until

DOMAIN = "remote.example"      # of the peer
MAILBOXES = ("ann", "bob", "carol")
LARGE_BYTES = 3_000_000
EIGHT_BIT = "Hello\r\n.\r\n..\r\nGrüße\r\n" + "x" * 900 + "\r\n"
EIGHT_BIT_FIELDS = ("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: 8bit\r\n")


class MailPeer:
    """Takes mail for `MAILBOXES` of `DOMAIN` at `port`, keeps it in Maildirs below `mail_folder`, and passes on that
    for example.com. `received` is in the Received field that it writes for mail of ours, `refusal` in its reply to an
    unknown recipient; `names_envelopes`: its reports say the ENVID."""

    port, mail_folder, received, refusal, names_envelopes = 0, "", "", "", True

    def mail(self, name):
        """The messages in the mailbox of a name."""
        folder = os.path.join(self.mail_folder, name, "new")
        found = []
        for one in sorted(os.listdir(folder) if os.path.isdir(folder) else ()):
            with open(os.path.join(folder, one), "rb") as file:
                found.append(file.read())
        return found

    def wait_for(self, name, subjects, timeout=30):
        """Until the mailbox has these messages and no other; gives them by their subjects."""
        wait_for_value(lambda: sorted(subject_of(raw) for raw in self.mail(name)), sorted(subjects),
                       f"subjects in the mailbox of {name}", timeout, 0.1)
        return {subject_of(raw): raw for raw in self.mail(name)}

    def send(self, to, raw):
        """Gives it a message of ann's for others."""
        with contextlib.closing(smtplib.SMTP("127.0.0.1", self.port, "client.example", timeout=30)) as session:
            session.sendmail(f"ann@{DOMAIN}", to, raw, ["BODY=8BITMIME"])


def large_body():
    lines = [f"line {number:06d} {'x' * 60}\r\n" for number in range(LARGE_BYTES // 74)]
    return "".join(lines)


def body_of(raw):
    """With LF line ends, without empty lines at the end."""
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip(b"\n")


def expect_body(raw, body, what):
    expect(body_of(raw) == body.replace("\r\n", "\n").encode().rstrip(b"\n"), f"{what} has changed: {raw[:2000]!r}")


def expect_it_takes_our_mail(server, peer):
    """fred's mail to the peer: many messages, a large one, several recipients, refused ones, and reports."""
    bob = f"bob@{DOMAIN}"
    server.submit("fred", bob, raw=message("Eight bits", "fred@example.com", bob, EIGHT_BIT, EIGHT_BIT_FIELDS),
                  mail_options=["BODY=8BITMIME"])
    server.submit("fred", bob, raw=message("Large", "fred@example.com", bob, large_body()))
    several = [f"Number {number}" for number in range(5)]
    for subject in several:
        server.submit("fred", bob, subject)
    server.submit("fred", [bob, f"nobody@{DOMAIN}", f"carol@{DOMAIN}"], "To three")
    mail = peer.wait_for("bob", ["Eight bits", "Large", "To three", *several], 60)
    expect_body(mail["Eight bits"], EIGHT_BIT, "the message with eight bits")
    expect_body(mail["Large"], large_body(), "the large message")
    for raw in mail.values():
        expect_in(peer.received, raw.decode().replace("\n\t", " "), "the Received field of the peer")
        expect_in("Return-path: <fred@example.com>".lower(), raw.decode().lower(), "the return path")
    peer.wait_for("carol", ["To three"])
    report = server.wait_for_message("fred", "", timeout=20).as_string()
    expect_in(f"nobody@{DOMAIN}", report, "the report about the refused recipient")
    expect_in(peer.refusal, report, "the report about the refused recipient")
    expect(f"Final-Recipient: rfc822; bob@{DOMAIN}" not in report, f"the report names bob: {report}")
    wait_for_value(server.queue, [], "the queue", 20)


def expect_it_reports_success(server, peer):
    """The peer offers DSN: what was asked of us is asked of it, and its own report comes back."""
    before = len(server.messages("fred"))
    bob = f"bob@{DOMAIN}"
    server.submit("fred", bob, "With report", mail_options=["RET=HDRS", "ENVID=QQ314159"],
                  rcpt_options=["NOTIFY=SUCCESS", f"ORCPT=rfc822;{bob}"])
    wait_until(lambda: "With report" in [subject_of(raw) for raw in peer.mail("bob")], "bob has it", 30, 0.1)
    reports = wait_until(lambda: server.messages("fred")[before:], "the report of success", 30, 0.1)
    expect_equal(len(reports), 1, "reports of success")
    report = parsed(reports[0])
    expect_equal(report["Return-Path"], "<>", "return path of the report")
    text = report.as_string().lower()
    for part in (f"reporting-mta: dns; mx.{DOMAIN}", f"final-recipient: rfc822; {bob}", "action: delivered",
                 *(["original-envelope-id: qq314159"] if peer.names_envelopes else [])):
        expect_in(part.replace("; ", ";"), text.replace("; ", ";"), "the report of success")


def expect_it_sends_to_us(server, peer):
    """The peer passes mail on to us: many messages, a large one, several recipients; it returns what we refuse."""
    fred, kate = "fred@example.com", "kate@example.com"
    already = server.subjects("fred")
    several = [f"Passed on {number}" for number in range(5)]
    for subject in several:
        peer.send([fred, kate], message(subject, f"ann@{DOMAIN}", fred))
    peer.send([fred], message("Eight bits for us", f"ann@{DOMAIN}", fred, EIGHT_BIT, EIGHT_BIT_FIELDS))
    peer.send([fred], message("Large for us", f"ann@{DOMAIN}", fred, large_body()))
    peer.send([fred, "nobody@example.com", kate], message("One is unknown", f"ann@{DOMAIN}", fred))
    common = [*several, "One is unknown"]
    server.expect_subjects("kate", common, timeout=60)
    server.expect_subjects("fred", already + common + ["Eight bits for us", "Large for us"], timeout=60)
    mail = {subject_of(raw): raw for raw in server.messages("fred")}
    expect_body(mail["Eight bits for us"], EIGHT_BIT, "the message with eight bits")
    expect_body(mail["Large for us"], large_body(), "the large message")
    for subject in common:
        expect_in("with ESMTPS", mail[subject].decode(), "our Received field")
        expect_in(f"Return-Path: <ann@{DOMAIN}>", mail[subject].decode(), "the return path")
    bounce = wait_until(lambda: peer.mail("ann"), "the peer returns what we refuse", 30, 0.1)[0].decode()
    expect("nobody@example.com" in bounce and "550" in bounce, f"what the peer returns: {bounce}")
    expect("<kate@example.com>:" not in bounce, f"the peer returns mail for kate: {bounce}")
