"""A real Dovecot with its own configuration on a free port: a POP3 and IMAP server that is not ours."""

import grp
import os
import pwd

from .certificate import make_certificate
from .waiting import accepts, free_ports, wait_until


class Dovecot:
    def __init__(self, stage, users, tls=False):
        """`users`: {name: password}. Mail is in `mail_folder(user)`, a Maildir. `tls`: STARTTLS, and `imaps_port`."""
        self.folder = stage.path("dovecot") + "/"
        os.makedirs(self.folder + "mail")
        self.pop3_port, self.imap_port, self.imaps_port = free_ports(3)
        certificate, key = make_certificate(stage.folder) if tls else ("", "")
        me, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        root = os.getuid() == 0
        owner = pwd.getpwnam("mail") if root else pwd.getpwuid(os.getuid())
        login, internal = ("dovenull", "dovecot") if root else (me, me)
        with open(self.folder + "users", "w", encoding="ascii") as file:
            for name, password in users.items():
                file.write(f"{name}:{{PLAIN}}{password}:{owner.pw_uid}:{owner.pw_gid}::{self.folder}mail/{name}::\n")
        os.chmod(self.folder + "users", 0o644)
        os.chown(self.folder + "mail", owner.pw_uid, owner.pw_gid)
        with open(self.folder + "dovecot.conf", "w", encoding="ascii") as file:
            file.write(f"""
protocols = pop3 imap
base_dir = {self.folder}run
state_dir = {self.folder}state
log_path = {self.folder}log
ssl = {"yes" if tls else "no"}
{f"ssl_cert = <{certificate}" if tls else ""}
{f"ssl_key = <{key}" if tls else ""}
disable_plaintext_auth = no
default_login_user = {login}
default_internal_user = {internal}
{"" if root else f"default_internal_group = {group}"}
first_valid_uid = 1
mail_location = maildir:~/Maildir
pop3_uidl_format = %08Xu%08Xv
passdb {{
  driver = passwd-file
  args = {self.folder}users
}}
userdb {{
  driver = passwd-file
  args = {self.folder}users
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    address = 127.0.0.1
    port = {self.pop3_port}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {self.imap_port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {self.imaps_port if tls else 0}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
""")
        self.program = stage.program("dovecot", "-F", "-c", self.folder + "dovecot.conf")
        wait_until(lambda: accepts(self.pop3_port) and accepts(self.imap_port),
                   f"Dovecot listens; {self.folder}log says why not", 20)

    def mail_folder(self, user):
        return f"{self.folder}mail/{user}/Maildir"
