"""Messages encrypted or signed by their senders pass unchanged, with signatures for all mail in force: S/MIME,
PGP/MIME, and PGP inside a text (REF-091)."""

from harness.messages import message
from harness.waiting import expect, expect_in

HEAD = (b"From: <fred@example.com>\r\nTo: <kate@example.com>\r\nSubject: %s\r\nMessage-ID: <%s@example.com>\r\n"
        b"MIME-Version: 1.0\r\n")
BODY = b"MIAGCSqGSIb3DQEHA6CAMIACAQAxggEQMIIBDAIBADB1MHAxCzAJBgNVBAYTAlVTMRMwEQYDVQQI\r\n"

MESSAGES = {
    b"smime": b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n'
              b"Content-Transfer-Encoding: base64\r\n\r\n" + BODY,
    b"smime-signed": b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="b"\r\n\r\n'
                     b"--b\r\nContent-Type: text/plain\r\n\r\nSigned \t \r\n.dots\r\n\r\n--b\r\n"
                     b"Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n" + BODY +
                     b"--b--\r\n",
    b"pgp": b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\r\n\r\n'
            b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b\r\n"
            b"Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n" + BODY +
            b"-----END PGP MESSAGE-----\r\n--b--\r\n",
    b"pgp-signed": b'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary="b"\r\n\r\n'
                   b"--b\r\nContent-Type: text/plain\r\n\r\nSigned\r\n--b\r\n"
                   b"Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\n" + BODY +
                   b"-----END PGP SIGNATURE-----\r\n--b--\r\n",
}
PGP_IN_TEXT = (b"Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n" + BODY +
               b"-----END PGP MESSAGE-----\r\n")


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred", "kate"])
    server.config.more = ('[signature.outgoing]\ndefault_plain = "Example Ltd"\nauth_plain = "Example Ltd"\n'
                          '[signature.internal]\ndefault_plain = "Example Ltd"\nauth_plain = "Example Ltd"\n')
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()
    server.submit("fred", "kate@example.com", raw=message("plain", "fred@example.com", "kate@example.com"))
    expect_in(b"Example Ltd", server.messages("kate")[-1], "signatures are in force")
    for count, (name, content) in enumerate(MESSAGES.items(), 1):
        raw = HEAD % (name, name) + content
        server.submit("fred", ["kate@example.com", "bob@remote.example"], raw=raw)
        expect(server.messages("kate")[-1].endswith(raw), f"{name}: kate's copy: {server.messages('kate')[-1]!r}")
        sent = sink.wait_for(count)[-1].data
        expect(sent.endswith(raw), f"{name}: what went out: {sent!r}")
    raw = HEAD % (b"text", b"text") + PGP_IN_TEXT
    server.submit("fred", "kate@example.com", raw=raw)
    expect_in(PGP_IN_TEXT.partition(b"\r\n\r\n")[2], server.messages("kate")[-1], "PGP inside a text")
