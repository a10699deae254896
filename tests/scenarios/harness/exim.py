"""A real Exim with its own configuration, spool and port: an SMTP server and client that is not ours."""

import os
import shutil

from .certificate import make_certificate
from .mail_peer import DOMAIN, MAILBOXES, MailPeer
from .unpacked import OwnView, unpacked
from .waiting import accepts, free_ports, wait_until

USER = "Debian-exim"  # compiled into the program


class Exim(MailPeer):
    received, refusal = "with esmtps", "550 User unknown"

    def __init__(self, stage, relay_port):
        """It passes mail on to `relay_port` of this machine, in runs of its queue, each second one."""
        program = unpacked("exim4-daemon-light", "/usr/sbin/exim4") + "/usr/sbin/exim4"
        self.folder = stage.path("exim") + "/"
        self.mail_folder = self.folder + "mail"
        self.port, = free_ports(1)
        view = OwnView(stage, {USER: self.folder}, {})
        for name in ("", "spool", "log", "mail"):
            os.makedirs(self.folder + name, exist_ok=True)
            os.chown(self.folder + name, view.ids[USER], view.ids[USER])
        certificate, key = make_certificate(stage.folder)
        shutil.copy(key, self.folder + "key")
        os.chown(self.folder + "key", view.ids[USER], view.ids[USER])
        configuration = stage.file("exim.conf", f"""
exim_path = {program}
primary_hostname = mx.{DOMAIN}
qualify_domain = {DOMAIN}
spool_directory = {self.folder}spool
log_file_path = {self.folder}log/%s
log_selector = +pipelining +received_recipients +smtp_confirmation
local_interfaces = 127.0.0.1
deliver_drop_privilege = true
queue_only = true
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
dns_ipv4_lookup = *
message_size_limit = 50M
dsn_advertise_hosts = *
tls_advertise_hosts = *
tls_certificate = {certificate}
tls_privatekey = {self.folder}key
acl_smtp_rcpt = recipients
acl_smtp_data = accept

begin acl
recipients:
  accept domains = example.com
  deny   message = User unknown
        !verify = recipient
  accept domains = {DOMAIN}
  deny   message = relay not permitted

begin routers
onward:
  driver = manualroute
  domains = example.com
  transport = onward
  route_list = * 127.0.0.1
  self = send
mailboxes:
  driver = accept
  domains = {DOMAIN}
  local_parts = {" : ".join(MAILBOXES)}
  transport = mailbox

begin transports
onward:
  driver = smtp
  port = {relay_port}
  allow_localhost = true
  hosts_require_tls = *
mailbox:
  driver = appendfile
  directory = {self.folder}mail/$local_part_data
  create_directory = true
  maildir_format = true
  user = {USER}
  return_path_add = true
  envelope_to_add = true

begin retry
* * F,1h,1m
""")
        os.chmod(configuration, 0o644)
        self.program = stage.program(*view.command(program, "-C", configuration, "-bdf", "-q1s", "-oX", str(self.port),
                                                   "-oP", self.folder + "pid"))
        wait_until(lambda: accepts(self.port), f"Exim listens; {self.program.output} says why not", 20)

    def log(self):
        with open(self.folder + "log/main", encoding="utf-8", errors="replace") as file:
            return file.read()
