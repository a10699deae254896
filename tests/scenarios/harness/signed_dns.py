"""A real name server (NSD) with a zone that DNSSEC protects, and others that it does not.

    dns = SignedDns(stage, "secure.example", ["mx 300 IN A 127.0.0.1", …], {"plain.example": [ … ]})
    dns.port, dns.trust_anchor
"""

import os
import re
import shutil
import subprocess

from .programs import need
from .waiting import Failed, free_ports, wait_until

HEAD = """$ORIGIN {zone}.
$TTL 300
@ IN SOA ns.{zone}. admin.{zone}. 1 3600 600 86400 300
@ IN NS ns.{zone}.
ns IN A 127.0.0.1
"""


def _run(folder, *arguments):
    done = subprocess.run([need(arguments[0]), *arguments[1:]], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


class SignedDns:
    def __init__(self, stage, signed_zone, records, unsigned=None):
        self.folder = stage.path("nsd", "x")[:-2]
        os.makedirs(self.folder, exist_ok=True)
        self.port, = free_ports(1)
        files = {}
        for zone, lines in {signed_zone: records, **(unsigned or {})}.items():
            files[zone] = os.path.join(self.folder, zone)
            with open(files[zone], "w", encoding="ascii") as file:
                file.write(HEAD.format(zone=zone) + "\n".join(lines) + "\n")
        key = _run(self.folder, "ldns-keygen", "-a", "ECDSAP256SHA256", "-k", signed_zone)
        _run(self.folder, "ldns-signzone", signed_zone, key)
        files[signed_zone] += ".signed"
        self.trust_anchor = os.path.join(self.folder, "anchor")
        shutil.copy(os.path.join(self.folder, key + ".key"), self.trust_anchor)
        zones = "".join(f'zone:\n  name: "{zone}"\n  zonefile: "{path}"\n' for zone, path in files.items())
        self._signed = files[signed_zone]
        config = stage.file("nsd/nsd.conf", f"""
server:
  ip-address: 127.0.0.1@{self.port}
  username: ""
  chroot: ""
  database: ""
  zonesdir: "{self.folder}"
  pidfile: "{self.folder}/pid"
  xfrdfile: "{self.folder}/xfrd"
  zonelistfile: "{self.folder}/zones"
  cookie-secret-file: ""
remote-control:
  control-enable: no
{zones}""")
        self.program = stage.program("nsd", "-d", "-c", config)
        wait_until(lambda: self.program.running() and "nsd started" in self.program.text(),
                   "NSD has started; its output says why not", 20)

    @staticmethod
    def spoil(path):
        """Breaks the signatures of all TLSA records of a signed zone file."""
        with open(path, encoding="ascii") as file:
            text = file.read()
        with open(path, "w", encoding="ascii") as file:
            file.write(re.sub(r"(RRSIG\tTLSA .* )(\S{10})(\S+)$", r"\1AAAAAAAAAA\3", text, flags=re.M))
