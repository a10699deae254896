"""A real OpenSMTPD with its own configuration, spool and port: an SMTP server and client that is not ours.

As a server it offers no STARTTLS: that of Debian 12 (6.8.0p2 with OpenSSL 3) fails each handshake that needs its key
(OpenSMTPD issues 1171 and 1239). As a client it asks for STARTTLS.
"""

import os

from .mail_peer import DOMAIN, MAILBOXES, MailPeer
from .unpacked import OwnView, unpacked
from .waiting import accepts, free_ports, wait_until


class OpenSmtpd(MailPeer):
    received, refusal, names_envelopes = "with ESMTP id", "524 5.2.4", False

    def __init__(self, stage, relay_port):
        """It passes mail on to `relay_port` of this machine. Its folders are fixed in the program: it sees its own in
        the places of those of the system."""
        package = unpacked("opensmtpd", "/usr/sbin/smtpd")
        self.folder = stage.path("opensmtpd") + "/"
        self.mail_folder = self.folder + "mail"
        self.port, = free_ports(1)
        for name in ("run", "spool", "lib/opensmtpd/empty", "mail"):
            os.makedirs(self.folder + name)
        view = OwnView(stage, {"opensmtpd": "/var/lib/opensmtpd/empty", "opensmtpq": "/var/lib/opensmtpd/empty",
                               "keeper": self.mail_folder},
                       {"/usr/libexec": package + "/usr/libexec", "/run": self.folder + "run",
                        "/var/spool": self.folder + "spool", "/var/lib": self.folder + "lib"})
        os.chown(self.mail_folder, view.ids["keeper"], view.ids["keeper"])
        known = ", ".join(f'"{name}@{DOMAIN}" = "keeper"' for name in MAILBOXES)
        configuration = stage.file("smtpd.conf", f"""
table known {{ {known} }}
listen on 127.0.0.1 port {self.port} hostname "mx.{DOMAIN}"
action "keep" maildir "{self.mail_folder}/%{{rcpt.user}}" user "keeper" virtual <known>
action "onward" relay host "smtp+tls://127.0.0.1:{relay_port}" tls no-verify helo "mx.{DOMAIN}"
match from any for domain "{DOMAIN}" action "keep"
match from any for domain "example.com" action "onward"
""")
        os.chmod(configuration, 0o600)
        self.program = stage.program(*view.command(package + "/usr/sbin/smtpd", "-d", "-f", configuration))
        wait_until(lambda: accepts(self.port), f"OpenSMTPD listens; {self.program.output} says why not", 20)

    def log(self):
        return self.program.text()
