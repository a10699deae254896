"""One run of one scenario: makes what the scenario asks for, and ends all of it in any case."""

import importlib.util
import os
import re
import shutil
import sys
import tempfile
import traceback

from . import certificate
from .dialog import run_dialog
from .dns_server import DnsServer
from .imap_mailbox import ImapMailbox
from .pop3_mailbox import Pop3Mailbox
from .programs import Program, need
from .server import DEFAULT_SERVICES, Server
from .smtp_sink import SmtpSink
from .waiting import Failed, Skipped

LOG_TAIL_LINES = 60


class Stage:
    """What a scenario gets: factories whose products are cleaned up with it."""

    def __init__(self, binary, folder, name):
        self.binary, self.folder, self.name = binary, folder, name
        self.servers = []
        self._things = []

    def _keep(self, thing):
        self._things.append(thing)
        return thing

    def new_server(self, users=("fred",), mappings=(), services=DEFAULT_SERVICES, domains=("example.com",), more=""):
        """A server that is not started yet: change its `config` first. `mappings`: pairs (address, target)."""
        folder = os.path.join(self.folder, f"server{len(self.servers) + 1}" if self.servers else "server")
        server = self._keep(Server(self.binary, folder, services))
        self.servers.append(server)
        server.config.sections["local"]["domains"] = list(domains)
        server.config.more = more
        for user in users:
            server.config.add_user(user)
        for address, target in mappings:
            server.config.add_mapping(address, target)
        return server

    def server(self, *arguments, **named):
        """A server that runs."""
        return self.new_server(*arguments, **named).start()

    def dns(self, zone):
        return self._keep(DnsServer(zone))

    def sink(self, *arguments, **named):
        return self._keep(SmtpSink(*arguments, **named))

    def pop3_mailbox(self, *arguments, **named):
        return self._keep(Pop3Mailbox(*arguments, **named))

    def imap_mailbox(self, *arguments, **named):
        return self._keep(ImapMailbox(*arguments, **named))

    def keep_until_the_end(self, thing):
        """`thing.clean_up()` is called at the end."""
        return self._keep(thing)

    def program(self, name, *arguments, **named):
        """Starts an installed program in the background."""
        output = os.path.join(self.folder, f"{os.path.basename(name)}.{len(self._things)}.log")
        return self._keep(Program([need(name), *arguments], output, **named))

    def path(self, *parts):
        """A path in the folder of this run; the folders above it are made."""
        path = os.path.join(self.folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def file(self, name, content):
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def tls(self, name="localhost"):
        """An SSL context for a server of the test."""
        return certificate.server_context(self.folder, name)

    def skip(self, reason):
        raise Skipped(reason)

    def clean_up(self):
        for thing in reversed(self._things):
            try:
                thing.clean_up()
            except Exception as error:  # the others must still be ended
                print(f"clean-up of {type(thing).__name__}: {error}", file=sys.stderr)

    def print_logs(self):
        for server in self.servers:
            lines = server.log().splitlines()
            print(f"--- log of {os.path.basename(server.folder)}, the last {LOG_TAIL_LINES} lines", file=sys.stderr)
            print("\n".join(lines[-LOG_TAIL_LINES:]), file=sys.stderr)


def load_program(path):
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.scenario


def check_logs(stage):
    """No server may have crashed, lost an actor, or said a secret."""
    for server in stage.servers:
        log = server.log()
        for sign in ("AddressSanitizer", "runtime error:", "terminate called", " has ended ("):
            if sign in log:
                line = next(line for line in log.splitlines() if sign in line)
                raise Failed(f"the log of the server has: {line}")
        for user in server.config.users:
            if user["password"].removeprefix("{plain}") in log:
                raise Failed(f"the password of {user['name']} is in the log")


def run_scenario(binary, path, keep=False):
    name = re.sub(r"(_scenario\.py|\.scenario)$", "", os.path.basename(path))
    folder = tempfile.mkdtemp(prefix="sc-", dir="/tmp")  # short: sockets live below it
    os.chmod(folder, 0o755)  # the user postgres passes through
    stage = Stage(binary, folder, name)
    result = 0
    try:
        if path.endswith(".py"):
            load_program(path)(stage)
        else:
            run_dialog(stage, path)
        for server in stage.servers:
            if server.program and server.program.running():
                server.stop()
        check_logs(stage)
        print(f"{name}: passed")
    except Skipped as skipped:
        print(f"{name}: skipped: {skipped}")
        result = 77
    except BaseException as error:
        result = 1
        place = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in place if os.path.realpath(frame.filename) == os.path.realpath(path)]
        where = f"{own[-1].filename}:{own[-1].lineno}: " if own else ""
        if isinstance(error, Failed):
            print(f"{where}{error}", file=sys.stderr)
        else:
            traceback.print_exc()
        stage.print_logs()
        if isinstance(error, KeyboardInterrupt):
            result = 130
    finally:
        stage.clean_up()
        if keep or result not in (0, 77):
            print(f"{name}: what it left is in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return result
