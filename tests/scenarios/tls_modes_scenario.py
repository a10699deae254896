"""TLS of the services: from the first byte, by command, required; the oldest version is a setting; a PEM chain with its
key is loaded, and what is wrong with it is said (REF-086 REF-087 REF-089 REF-090)."""

import imaplib
import os
import poplib
import smtplib
import socket
import ssl
import subprocess

from harness.certificate import client_context, make_certificate
from harness.configuration import password_of
from harness.waiting import Failed, expect, expect_equal, expect_in

SERVICES = ("mx", "submission", "submissions", "pop3", "pop3s", "imap", "imaps")
REQUIRED = ("mx", "submission", "pop3", "imap")


def version(server, service, newest):
    """The TLS version of a session with a client that knows none newer; none: it is refused."""
    context = client_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest
    with socket.create_connection(("127.0.0.1", server.port(service)), timeout=10) as plain:
        try:
            with context.wrap_socket(plain) as encrypted:
                return encrypted.version()
        except OSError:
            return None


def plain_log_ins(server):
    """By which services a user can log in without TLS."""
    result = []
    for service in ("submission", "pop3", "imap"):
        try:
            if service == "submission":
                server.smtp(service, "fred").quit()
            else:
                with server.pop3("fred") if service == "pop3" else server.imap("fred"):
                    pass
            result.append(service)
        except (smtplib.SMTPException, poplib.error_proto, imaplib.IMAP4.error):
            pass
    return result


def encrypted_log_ins(server):
    for service in ("submission", "pop3", "imap"):
        tls = "starttls"
        for name in (service, service + "s"):
            if service == "submission":
                server.smtp(name, "fred", tls).quit()
            else:
                with (server.pop3 if service == "pop3" else server.imap)("fred", name, tls):
                    pass
            tls = "implicit"


def chain(stage):
    """A certificate signed by a CA between, the chain in one file; paths of chain, key, root."""
    def made(name, issuer=None, ca=True):
        paths = [stage.path("ca", name + end) for end in (".pem", ".key", ".csr")]
        extension = stage.file("ca/" + name + ".ext", "basicConstraints=CA:" + ("TRUE" if ca else "FALSE") +
                               "\nsubjectAltName=DNS:mail.example.com\n")
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            f"/CN={name}", "-keyout", paths[1], "-out", paths[2])
        signer = ["-CA", issuer[0], "-CAkey", issuer[1], "-CAcreateserial"] if issuer else ["-signkey", paths[1]]
        run("openssl", "x509", "-req", "-in", paths[2], "-days", "30", "-extfile", extension, "-out", paths[0], *signer)
        return paths
    root = made("root")
    between = made("between", root)
    own = made("own", between, ca=False)
    with open(own[0], encoding="ascii") as first, open(between[0], encoding="ascii") as second:
        both = first.read() + second.read()
    return stage.file("chain.pem", both), own[1], root[0]


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


def scenario(stage):
    server = stage.new_server(users=["fred"], services=SERVICES)
    server.start()
    expect_equal(plain_log_ins(server), ["submission", "pop3", "imap"], "optional: log-ins without TLS")
    encrypted_log_ins(server)
    expect_equal(version(server, "imaps", ssl.TLSVersion.TLSv1_1), None, "TLS 1.1")
    expect_equal(version(server, "imaps", ssl.TLSVersion.TLSv1_2), "TLSv1.2", "TLS 1.2")

    # Required: neither log-in nor mail in plain text.
    for service in REQUIRED:
        server.config.services[service]["require_tls"] = True
    server.config.sections["tls"] = {"min_version": "1.3"}
    server.reload()
    expect_equal(plain_log_ins(server), [], "required: log-ins without TLS")
    with server.smtp("mx") as smtp:
        expect_equal(smtp.docmd("MAIL FROM:<ann@remote.example>")[0], 530, "mail without TLS")
    encrypted_log_ins(server)
    expect_equal(version(server, "imaps", ssl.TLSVersion.TLSv1_2), None, "TLS 1.2 when 1.3 is the oldest")
    expect_equal(version(server, "imaps", ssl.TLSVersion.TLSv1_3), "TLSv1.3", "TLS 1.3")

    # A chain: who knows the root alone can check the certificate.
    pem, key, root = chain(stage)
    server.config.sections["tls"] = {"certificate": pem, "key": key}
    server.reload()
    strict = ssl.create_default_context(cafile=root)
    for port in (server.port("imaps"), server.port("pop3s")):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            try:
                strict.wrap_socket(plain, server_hostname="mail.example.com").close()
            except ssl.SSLError as error:
                raise Failed(f"the chain is not complete: {error}") from None

    # What cannot be loaded is said, and the old certificate stays.
    other = make_certificate(stage.folder, "other.example")
    broken = stage.file("broken.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    for certificate, its_key, words in ((os.path.join(stage.folder, "missing.pem"), key, "missing.pem"),
                                        (broken, key, "broken.pem"), (pem, other[1], "key")):
        server.config.sections["tls"] = {"certificate": certificate, "key": its_key}
        server.write_config()
        for command in ("check", "reload"):
            done = server.run(command)
            expect_equal(done.code, 1, f"{command} with {words}: {done.text()}")
            expect_in(words, done.text(), f"{command}")
    with socket.create_connection(("127.0.0.1", server.port("imaps")), timeout=10) as plain:
        strict.wrap_socket(plain, server_hostname="mail.example.com").close()
    expect(password_of("fred") not in server.log(), "a password in the log")
