"""A self-signed certificate for the test's own servers."""

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
