"""A real Postfix with its own configuration, queue and port: an SMTP server that is not ours."""

import os
import pwd
import signal

from .programs import need, run_program
from .waiting import Skipped, accepts, expect, free_ports, wait_until


class Postfix:
    def __init__(self, stage, domain):
        """It takes mail for `domain` and writes all of it to `mailbox`, in the mbox format."""
        if os.getuid() != 0:
            raise Skipped("Postfix only starts as root")
        self.folder = stage.path("postfix") + "/"
        self.mailbox = self.folder + "mail/box"
        self.port, = free_ports(1)
        for name in ("etc", "queue", "data", "mail"):
            os.makedirs(self.folder + name)
        postfix, nobody = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
        os.chown(self.folder + "data", postfix.pw_uid, postfix.pw_gid)
        os.chown(self.folder + "mail", nobody.pw_uid, nobody.pw_gid)
        with open(self.folder + "etc/main.cf", "w", encoding="ascii") as file:
            file.write(f"""
compatibility_level = 3.6
queue_directory = {self.folder}queue
data_directory = {self.folder}data
maillog_file = {self.folder}log
maillog_file_prefixes = {self.folder}
myhostname = mx.{domain}
inet_interfaces = 127.0.0.1
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
smtpd_relay_restrictions = reject_unauth_destination
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {self.folder}mail
virtual_mailbox_maps = inline:{{ {{ bob@{domain} = box }} }}
virtual_uid_maps = static:{nobody.pw_uid}
virtual_gid_maps = static:{nobody.pw_gid}
smtpd_tls_cert_file = {stage.path("localhost.pem")}
smtpd_tls_key_file = {stage.path("localhost.key")}
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
""")
        stage.tls()  # makes the certificate
        with open(self.folder + "etc/master.cf", "w", encoding="ascii") as file:
            file.write(f"127.0.0.1:{self.port} inet n - n - - smtpd\n")
            for name, kind, access, wake, limit, program in (
                    ("pickup", "unix", "n", "60", "1", "pickup"), ("cleanup", "unix", "n", "-", "0", "cleanup"),
                    ("qmgr", "unix", "n", "300", "1", "qmgr"), ("tlsmgr", "unix", "-", "1000?", "1", "tlsmgr"),
                    ("rewrite", "unix", "-", "-", "-", "trivial-rewrite"), ("bounce", "unix", "-", "-", "0", "bounce"),
                    ("defer", "unix", "-", "-", "0", "bounce"), ("trace", "unix", "-", "-", "0", "bounce"),
                    ("verify", "unix", "-", "-", "1", "verify"), ("flush", "unix", "n", "1000?", "0", "flush"),
                    ("proxymap", "unix", "-", "-", "-", "proxymap"), ("smtp", "unix", "-", "-", "-", "smtp"),
                    ("error", "unix", "-", "-", "-", "error"), ("virtual", "unix", "-", "-", "-", "virtual"),
                    ("anvil", "unix", "-", "-", "1", "anvil"), ("scache", "unix", "-", "-", "1", "scache"),
                    ("postlog", "unix-dgram", "n", "-", "1", "postlogd")):
                file.write(f"{name} {kind} {access} {'n' if name == 'virtual' else '-'} n {wake} {limit} {program}\n")
        checked = run_program([need("postfix"), "-c", self.folder + "etc", "check"])
        expect(checked.code == 0, f"postfix check: {checked.text()}")
        self.program = stage.program("postfix", "-c", self.folder + "etc", "start-fg")
        stage.keep_until_the_end(self)
        wait_until(lambda: accepts(self.port), f"Postfix listens; {self.folder}log says why not", 20)

    def clean_up(self):
        """Ends the master itself: the command that started it would leave it alone."""
        try:
            with open(self.folder + "queue/pid/master.pid", encoding="ascii") as file:
                pid = int(file.read())
            if os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(self.folder + "queue"):
                os.kill(pid, signal.SIGTERM)
        except (OSError, ValueError):
            return
        wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "Postfix has ended", 10)

    def mail(self):
        if not os.path.exists(self.mailbox):
            return ""
        with open(self.mailbox, encoding="utf-8", errors="replace") as file:
            return file.read()
