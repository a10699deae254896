"""The given certificate is shown and taken anew when its file changes; without one there is a self-signed one that
stays; old TLS versions are refused (SVC-21)."""

import hashlib
import os
import shutil
import socket
import ssl

from harness.certificate import client_context, make_certificate
from harness.waiting import Failed, expect_equal, wait_until


def fingerprint(server):
    with socket.create_connection(("127.0.0.1", server.port("imaps")), timeout=10) as plain:
        with client_context().wrap_socket(plain) as encrypted:
            return hashlib.sha256(encrypted.getpeercert(binary_form=True)).hexdigest()


def fingerprint_of(path):
    with open(path, encoding="ascii") as file:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()


def scenario(stage):
    server = stage.server(users=["fred"], services=("imaps",))
    own = fingerprint(server)
    server.restart()
    expect_equal(fingerprint(server), own, "the self-signed certificate after a restart")

    certificate, key = os.path.join(server.folder, "mail.pem"), os.path.join(server.folder, "mail.key")
    for name in ("one.example", "two.example"):
        made = make_certificate(stage.folder, name)
        shutil.copy(made[1], key + ".new")
        shutil.copy(made[0], certificate + ".new")
        os.rename(key + ".new", key)
        os.rename(certificate + ".new", certificate)
        if name == "one.example":
            server.config.sections["tls"] = {"certificate": "mail.pem", "key": "mail.key"}
            server.reload()
        wait_until(lambda: fingerprint(server) == fingerprint_of(certificate), f"{name}'s certificate is shown", 15)

    old = client_context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", server.port("imaps")), timeout=10) as plain:
        try:
            old.wrap_socket(plain)
            raise Failed("TLS 1.1 was accepted")
        except OSError:
            pass
