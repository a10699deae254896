"""swaks, curl and Python's libraries send and read mail, plain, by STARTTLS and by TLS from the first byte
(POP-01 POP-02 IMA-01 IMA-17 REF-072 SVC-16)."""

from harness.messages import message, subject_of
from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal, expect_in

SERVICES = ("mx", "submission", "submissions", "pop3", "pop3s", "imap", "imaps")


def scenario(stage):
    server = stage.server(users=["fred", "kate"], services=SERVICES)
    sent = []

    # swaks
    swaks = need("swaks")
    has_tls = run_program(["perl", "-MNet::SSLeay", "-e", "1"]).code == 0  # swaks only recommends it
    for subject, service, options in (
            ("swaks plain", "mx", []), ("swaks STARTTLS", "mx", ["--tls"]),
            ("swaks PLAIN", "submission", ["--tls", "--auth", "PLAIN", "--auth-user", "kate", "--auth-password",
                                           "kate-secret"]),
            ("swaks LOGIN", "submission", ["--tls", "--auth", "LOGIN", "--auth-user", "kate", "--auth-password",
                                           "kate-secret"]),
            ("swaks TLS", "submissions", ["--tls-on-connect", "--auth", "PLAIN", "--auth-user", "kate",
                                          "--auth-password", "kate-secret"]),
            ("swaks pipelined", "mx", ["--pipeline"])):
        if any(option.startswith("--tls") for option in options) and not has_tls:
            continue
        expect_success(run_program([swaks, "--server", f"127.0.0.1:{server.port(service)}", "--from",
                                    "kate@example.com", "--to", "fred@example.com", "--header", f"Subject: {subject}",
                                    "--body", "Hello\\n.\\n..", *options]))
        sent.append(subject)
    server.expect_subjects("fred", sent)

    # curl
    curl = [need("curl"), "--silent", "--show-error", "--insecure", "--max-time", "30"]
    for subject, url, options in (("curl STARTTLS", f"smtp://127.0.0.1:{server.port('submission')}", ["--ssl-reqd"]),
                                  ("curl TLS", f"smtps://127.0.0.1:{server.port('submissions')}", [])):
        path = stage.file("curl.eml", message(subject, "kate@example.com"))
        expect_success(run_program([*curl, *options, "--user", "kate:kate-secret", "--mail-from", "kate@example.com",
                                    "--mail-rcpt", "fred@example.com", "--upload-file", path, url]))
        sent.append(subject)
    for scheme, service, options in (("pop3", "pop3", []), ("pop3", "pop3", ["--ssl-reqd"]), ("pop3s", "pop3s", [])):
        url = f"{scheme}://127.0.0.1:{server.port(service)}/"
        listing = expect_success(run_program([*curl, *options, "--user", "fred:fred-secret", url])).output
        expect_equal(len(listing.split("\n")) - 1, len(sent), f"{scheme} LIST")
        first = expect_success(run_program([*curl, *options, "--user", "fred:fred-secret", url + "1"])).output
        expect_in("Subject: swaks plain", first, f"{scheme} RETR")
    for scheme, service, options in (("imap", "imap", []), ("imap", "imap", ["--ssl-reqd"]), ("imaps", "imaps", [])):
        url = f"{scheme}://127.0.0.1:{server.port(service)}/INBOX"
        one = expect_success(run_program([*curl, *options, "--user", "fred:fred-secret", url + ";UID=2"])).output
        expect_in(f"Subject: {sent[1]}", one, f"{scheme} FETCH")
        found = expect_success(run_program([*curl, *options, "--user", "fred:fred-secret", url +
                                            "?SUBJECT%20curl"])).output
        numbers = [str(i + 1) for i, subject in enumerate(sent) if "curl" in subject]
        expect_equal(found.split(), ["*", "SEARCH", *numbers], f"{scheme} SEARCH")
    draft = stage.file("draft.eml", message("A draft by curl"))
    expect_success(run_program([*curl, "--user", "fred:fred-secret", "--upload-file", draft,
                                f"imap://127.0.0.1:{server.port('imap')}/INBOX"]))
    sent.append("A draft by curl")

    # Python
    for tls, service in ((None, "mx"), ("starttls", "submission"), ("implicit", "submissions")):
        with server.smtp(service, None if service == "mx" else "kate", tls) as smtp:
            subject = f"smtplib {tls}"
            smtp.sendmail("kate@example.com", "fred@example.com", message(subject))
            sent.append(subject)
    for tls, service in ((None, "imap"), ("starttls", "imap"), ("implicit", "imaps")):
        with server.imap("fred", service, tls) as imap:
            imap.select("INBOX", readonly=True)
            _, found = imap.fetch("1:*", "(BODY.PEEK[])")
            expect_equal([subject_of(part[1]) for part in found if isinstance(part, tuple)], sent, f"imaplib {tls}")
    for tls, service in ((None, "pop3"), ("starttls", "pop3"), ("implicit", "pop3s")):
        with server.pop3("fred", service, tls) as pop3:
            subjects = [subject_of(b"\r\n".join(pop3.retr(i + 1)[1])) for i in range(pop3.stat()[0])]
            expect_equal(subjects, sent, f"poplib {tls}")
    expect(server.command("status")["counters"]["tls_handshakes"] >= 12, "sessions were encrypted")
