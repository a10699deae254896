"""The systems that are compared. Each lives in one folder, listens on free ports of 127.0.0.1, is ended by pid."""
import os
import pwd
import shutil
import socket
import subprocess
import time

import processes

DOMAIN = "bench.example"
PASSWORD = "pw"
MESSAGE_MAX = 60 << 20


def user_name(number):
    return f"u{number:05d}"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def greeting_of(port, deadline, started=()):
    """Waits for the first line that a server sends to a new client, as long as what was started runs."""
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in started):
            raise RuntimeError("the server has ended while starting")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
                if line := peer.recv(512):
                    return line
        except OSError:
            pass
        time.sleep(0.001)
    raise RuntimeError(f"nothing answers on port {port}")


class Stagecoach:
    name = "stagecoach"

    def __init__(self, folder, binary, users, sink=0):
        """`sink`: a port; then the mail of all users goes on to other addresses by that relay."""
        self.folder, self.binary, self.process, self.sink = folder, binary, None, sink
        self.smtp, self.imap, self.pop3 = free_port(), free_port(), free_port()
        os.makedirs(folder, mode=0o755)
        self.config = f"{folder}/stagecoach.toml"
        service = ""
        for protocol, port in (("smtp", self.smtp), ("imap", self.imap), ("pop3", self.pop3)):
            service += (f'[[service]]\nname = "{protocol}"\nprotocol = "{protocol}"\n'
                        f'listen = ["127.0.0.1:{port}"]\nmax_connections_per_address = 10000\n'
                        f'max_logins_per_ip = 10000\nmax_message_size = {MESSAGE_MAX}\n\n')
        people = "".join(f'[[user]]\nname = "{user_name(n)}"\npassword = "{{plain}}{PASSWORD}"\n' +
                         (f'routing.forward_to = ["{user_name(n)}@remote.example"]\n\n' if sink else "\n")
                         for n in range(users))
        if sink:
            people += ('[[connection]]\nname = "main"\n\n[[sender]]\nconnection = "main"\n'
                       f'servers = ["127.0.0.1:{sink}"]\nencryption = "none"\n')
        write(self.config, f'[server]\nhostname = "mail.{DOMAIN}"\ndata_dir = "{folder}/data"\n\n'
              f'[storage]\ndatabase = "managed"\n\n[local]\ndomains = ["{DOMAIN}"]\n\n'
              f'[log]\nlevel = "warning"\n\n{service}{people}')

    def launch(self):
        self.process = subprocess.Popen([self.binary, "serve", "-c", self.config], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=open(f"{self.folder}/log", "a"))

    def start(self):
        self.launch()
        for port in (self.smtp, self.imap, self.pop3):
            greeting_of(port, time.monotonic() + 60, [self.process])

    def stop(self):
        if self.process:
            processes.end_tree(self.process)
        self.process = None

    def roots(self):
        return [self.process.pid]

    def database_pids(self):
        return [pid for pid in processes.tree(self.roots()) if processes.name_of(pid) == "postgres"]

    def main_process(self):
        return self.process.pid

    def version(self):
        tree = os.path.dirname(os.path.abspath(__file__))
        result = subprocess.run(["git", "-C", tree, "describe", "--always", "--dirty"], capture_output=True, text=True)
        return "Stagecoach " + (result.stdout.strip() or "of an unknown commit")

    def settings(self):
        return "managed PostgreSQL with fsync and synchronous_commit on; defaults, log level warning"


MASTER_CF = """\
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/postfix-data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.{domain}
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = hash:{folder}/etc/users
virtual_transport = lmtp:unix:{folder}/run/lmtp
smtpd_relay_restrictions = reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
default_process_limit = 150
message_size_limit = {size}
mailbox_size_limit = 0
virtual_mailbox_limit = 0
{log}"""

DOVECOT_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/dovecot-state
log_path = {folder}/dovecot.log
protocols = imap pop3 lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_username_format = %Ln
mail_location = {format}:{folder}/mail/%n
mail_fsync = {fsync}
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100000
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {folder}/etc/passwd
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/home/%n
}}
namespace inbox {{
  inbox = yes
}}
service auth {{
  client_limit = 30000
}}
service anvil {{
  client_limit = 30000
}}
service imap-login {{
  service_count = 0
  process_min_avail = 2
  client_limit = 10000
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  service_count = 0
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service imap {{
  process_limit = 10000
}}
service lmtp {{
  process_min_avail = 2
  unix_listener lmtp {{
    mode = 0666
  }}
}}
"""


class PostfixDovecot:
    name = "postfix+dovecot"
    MASTER, DOVECOT = "/usr/lib/postfix/sbin/master", "/usr/sbin/dovecot"

    def __init__(self, folder, users, mail_format="maildir", fsync="always", sink=0):
        self.folder, self.format, self.fsync, self.sink = folder, mail_format, fsync, sink
        self.processes = []
        self.smtp, self.imap, self.pop3 = free_port(), free_port(), free_port()
        for part in ("", "/etc", "/run", "/mail", "/home", "/spool", "/postfix-data", "/dovecot-state"):
            os.makedirs(folder + part, mode=0o755)
        mail, postfix = pwd.getpwnam("mail"), pwd.getpwnam("postfix")
        os.chown(f"{folder}/mail", mail.pw_uid, mail.pw_gid)
        os.chown(f"{folder}/home", mail.pw_uid, mail.pw_gid)
        os.chown(f"{folder}/postfix-data", postfix.pw_uid, postfix.pw_gid)
        # Without a system log Postfix' log goes nowhere, which is cheapest for it.
        log = f"maillog_file = {folder}/postfix.log\nmaillog_file_prefixes = {folder}\n" if os.path.exists("/dev/log") else ""
        relay = (f"virtual_alias_maps = hash:{folder}/etc/aliases\nrelayhost = [127.0.0.1]:{sink}\n"
                 "smtp_tls_security_level = none\n" if sink else "")
        write(f"{folder}/etc/main.cf", MAIN_CF.format(folder=folder, domain=DOMAIN, size=MESSAGE_MAX, log=log + relay))
        write(f"{folder}/etc/master.cf", MASTER_CF.format(smtp=self.smtp))
        write(f"{folder}/etc/users", "".join(f"{user_name(n)}@{DOMAIN} x\n" for n in range(users)))
        write(f"{folder}/etc/passwd", "".join(f"{user_name(n)}:{PASSWORD}\n" for n in range(users)))
        write(f"{folder}/etc/dovecot.conf", DOVECOT_CONF.format(
            folder=folder, format=mail_format, fsync=fsync, imap=self.imap, pop3=self.pop3))
        subprocess.run(["postmap", "-c", f"{folder}/etc", f"hash:{folder}/etc/users"], check=True)
        if sink:
            write(f"{folder}/etc/aliases", "".join(f"{user_name(n)}@{DOMAIN} {user_name(n)}@remote.example\n"
                                                   for n in range(users)))
            subprocess.run(["postmap", "-c", f"{folder}/etc", f"hash:{folder}/etc/aliases"], check=True)
        subprocess.run(["postfix", "-c", f"{folder}/etc", "check"], check=True, stdout=subprocess.DEVNULL,
                       stderr=open(f"{folder}/postfix-check.log", "w"))

    @staticmethod
    def obstacle():
        """Why it cannot run here; empty: it can."""
        if os.geteuid() != 0:
            return "Postfix and Dovecot can only be started by root"
        missing = [path for path in (PostfixDovecot.MASTER, PostfixDovecot.DOVECOT, "/usr/lib/dovecot/lmtp",
                                     "/usr/lib/dovecot/imap", "/usr/lib/dovecot/pop3") if not os.path.exists(path)]
        return "missing: " + ", ".join(missing) if missing else ""

    def launch(self):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": open(f"{self.folder}/log", "a")}
        self.processes = [
            subprocess.Popen([self.DOVECOT, "-F", "-c", f"{self.folder}/etc/dovecot.conf"], **quiet),
            subprocess.Popen([self.MASTER, "-c", f"{self.folder}/etc"], **quiet)]

    def start(self):
        self.launch()
        for port in (self.smtp, self.imap, self.pop3):
            greeting_of(port, time.monotonic() + 60, self.processes)

    def stop(self):
        for process in self.processes:
            processes.end_tree(process)
        self.processes = []

    def roots(self):
        return [process.pid for process in self.processes]

    def database_pids(self):
        return []

    def main_process(self):
        """The largest, for want of one."""
        return max(processes.tree(self.roots()), key=processes.peak_kb)

    def version(self):
        postfix = subprocess.run(["postconf", "-d", "-h", "mail_version"], capture_output=True, text=True).stdout.strip()
        dovecot = subprocess.run([self.DOVECOT, "--version"], capture_output=True, text=True).stdout.strip()
        return f"Postfix {postfix}, Dovecot {dovecot}"

    def settings(self):
        return f"LMTP over a Unix socket, {self.format}, mail_fsync={self.fsync}, Postfix with its defaults (fsync)"


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
