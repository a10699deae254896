"""A self-signed certificate for the test's own servers."""

import hashlib
import os
import ssl
import subprocess


def make_certificate(folder, name="localhost"):
    """Paths of a certificate and its key for `name`, below `folder`."""
    certificate, key = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
    if not os.path.exists(certificate):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-days", "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
                        "-out", certificate, "-keyout", key], check=True, capture_output=True)
        os.chmod(key, 0o644)
    return certificate, key


def server_context(folder, name="localhost"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*make_certificate(folder, name))
    return context


def client_context():
    """For talking to a server with a self-signed certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Authority:
    """A certificate authority of the test; `file` is its certificate."""

    def __init__(self, folder):
        self.folder = folder
        self.file, self._key = os.path.join(folder, "authority.pem"), os.path.join(folder, "authority.key")
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                 "-subj", "/CN=Authority of the test", "-addext", "basicConstraints=critical,CA:TRUE",
                 "-out", self.file, "-keyout", self._key)

    def context(self, *names):
        """An SSL context of a server whose certificate is valid for `names`."""
        base = os.path.join(self.folder, "of-" + names[0].replace("*", "any"))
        _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                 "-subj", f"/CN={names[0]}", "-out", base + ".csr", "-keyout", base + ".key")
        with open(base + ".ext", "w", encoding="ascii") as file:
            file.write("subjectAltName=" + ",".join(f"DNS:{name}" for name in names) + "\n")
        _openssl("x509", "-req", "-in", base + ".csr", "-CA", self.file, "-CAkey", self._key, "-CAcreateserial",
                 "-days", "30", "-extfile", base + ".ext", "-out", base + ".pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(base + ".pem", base + ".key")
        return context


def key_digest(certificate):
    """SHA-256 of the public key of a certificate file, in hexadecimal: TLSA 3 1 1."""
    key = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True)
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key.stdout, check=True,
                         capture_output=True)
    return hashlib.sha256(der.stdout).hexdigest()
