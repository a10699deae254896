"""Stagecoach itself: the real binary on an empty database and free ports, in a folder of its own."""

import contextlib
import imaplib
import json
import os
import poplib
import re
import shutil
import signal
import smtplib

from .certificate import client_context
from .configuration import Configuration, password_of
from .messages import message, parsed, subject_of
from .programs import Program, expect_success, run_program
from .waiting import Failed, expect, free_ports, wait_for_value, wait_until

imaplib._MAXLINE = 200_000_000

DEFAULT_SERVICES = ("mx", "submission", "pop3", "imap")


class Server:
    def __init__(self, binary, folder, services=DEFAULT_SERVICES):
        self.binary, self.folder = binary, folder
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o755)
        self.config_file = os.path.join(folder, "stagecoach.toml")
        self.log_file = os.path.join(folder, "stderr.log")
        self.data_folder = os.path.join(folder, "data")
        self.ports = dict(zip(services, free_ports(len(services))))
        self.config = Configuration(self.ports)
        self.program = None

    # ---- life ----

    def write_config(self):
        with open(self.config_file, "w", encoding="utf-8") as file:
            file.write(self.config.text())
        return self.config_file

    def start(self, timeout=60):
        """Starts it and waits until it is ready."""
        self.write_config()
        before = len(self.log())
        self.program = Program([self.binary, "serve", "-c", self.config_file], self.log_file)

        def is_ready():
            if "ready:" in self.log()[before:]:
                return True
            if not self.program.running():
                raise Failed(f"the server ended with {self.program.process.returncode} while starting:\n"
                             f"{self.log()[before:][-4000:]}")
            return False

        wait_until(is_ready, "the server is ready", timeout)
        return self

    def stop(self):
        """SIGTERM; it must end with 0."""
        code = self.program.stop(timeout=40)
        expect(code == 0, f"the server ended with {code} after SIGTERM")
        expect(self.postmaster() == 0, "PostgreSQL still runs after the server has stopped")

    def kill(self):
        """kill -9."""
        self.program.kill()

    def restart(self):
        self.stop()
        return self.start()

    def reload(self):
        """Writes the configuration, sends SIGHUP, and waits until the server says what came of it."""
        self.write_config()
        return self.signal_reload()

    def signal_reload(self):
        before = len(self.log())
        self.program.process.send_signal(signal.SIGHUP)
        wait_until(lambda: re.search("the configuration is in force|nothing has changed", self.log()[before:]),
                   "the server says what came of the reload")
        return self.log()[before:]

    def clean_up(self):
        if self.program and self.program.running():
            with contextlib.suppress(Failed):
                self.program.stop(15)
        if self.program:
            self.program.kill()
        if pid := self.postmaster():
            with contextlib.suppress(Failed):
                wait_until(lambda: self.postmaster() == 0, "PostgreSQL follows its server", 5)
            if self.postmaster() == pid:
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, signal.SIGQUIT)  # immediate shutdown
                with contextlib.suppress(Failed):
                    wait_until(lambda: self.postmaster() == 0, "PostgreSQL stops", 10)

    # ---- looking at it ----

    def log(self):
        if not os.path.exists(self.log_file):
            return ""
        with open(self.log_file, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_for_log(self, text, timeout=10):
        wait_until(lambda: text in self.log(), f"the log says {text!r}", timeout)

    @property
    def pid(self):
        return self.program.pid

    def postmaster(self):
        """The process number of its PostgreSQL; 0: none runs."""
        cluster = os.path.join(self.data_folder, "database", "cluster")
        try:
            with open(os.path.join(cluster, "postmaster.pid"), encoding="ascii") as file:
                pid = int(file.readline())
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                if file.read().rpartition(")")[2].split()[0] in "ZX":
                    return 0
            return pid if os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(cluster) else 0
        except (OSError, ValueError):
            return 0

    def memory_peak_kb(self):
        """VmHWM of the serve process."""
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"VmHWM:\s*(\d+) kB", file.read()).group(1))

    def is_sanitised(self):
        """Whether the binary was built with AddressSanitizer, which takes memory of its own."""
        with open(self.binary, "rb") as file:
            return b"__asan_init" in file.read()

    # ---- commands ----

    def run(self, *arguments, input=None, config=None):
        """A command as an administrator types it; gives what came."""
        place = [] if arguments[0] in ("init", "docs") else ["-c", config or self.config_file]
        return run_program([self.binary, *arguments, *place], input=input)

    def command(self, *arguments, input=None):
        """The answer of a command, as JSON. Failed when it ends with an error; a run of a connection that failed ends with
        1 and has an answer all the same."""
        finished = self.run(*arguments, "--json", input=input)
        if not (arguments[:2] == ("connection", "run") and finished.code == 1 and finished.output):
            expect_success(finished)
        return json.loads(finished.output)

    def queue(self):
        return self.command("queue", "list")

    # ---- clients ----

    def port(self, service):
        return self.ports[service]

    def smtp(self, service="mx", user=None, tls=None, timeout=60):
        """An smtplib session after EHLO. `tls`: "starttls" or "implicit"; `user` logs in."""
        if tls == "implicit":
            session = smtplib.SMTP_SSL("127.0.0.1", self.port(service), "client.example", timeout=timeout,
                                       context=client_context())
        elif service == "lmtp":
            session = smtplib.LMTP("127.0.0.1", self.port(service), "client.example")
        else:
            session = smtplib.SMTP("127.0.0.1", self.port(service), "client.example", timeout=timeout)
        if tls == "starttls":
            session.starttls(context=client_context())
        session.ehlo_or_helo_if_needed()
        if user:
            session.login(user, password_of(user))
        return session

    def deliver(self, to, subject="Hello", sender="ann@remote.example", service="mx", user=None, raw=None,
                mail_options=(), rcpt_options=()):
        """Sends a message; an smtplib exception when it is refused."""
        to = [to] if isinstance(to, str) else to
        with contextlib.closing(self.smtp(service, user)) as session:
            refused = session.sendmail(sender, to, raw or message(subject, sender, to[0]), mail_options, rcpt_options)
            if refused:
                raise smtplib.SMTPRecipientsRefused(refused)

    def submit(self, user, to, subject="Hello", raw=None, **more):
        """Sends as a user of ours."""
        self.deliver(to, subject, f"{user}@example.com", "submission", user, raw, **more)

    @contextlib.contextmanager
    def imap(self, user, service="imap", tls=None, password=None):
        if tls == "implicit":
            session = imaplib.IMAP4_SSL("127.0.0.1", self.port(service), ssl_context=client_context(), timeout=60)
        else:
            session = imaplib.IMAP4("127.0.0.1", self.port(service), timeout=60)
        try:
            if tls == "starttls":
                session.starttls(client_context())
            session.login(user, password or password_of(user))
            yield session
            session.logout()
        finally:
            with contextlib.suppress(OSError):  # logout() has closed it already
                session.shutdown()

    def expect_no_login(self, user, password):
        try:
            with self.imap(user, password=password):
                raise Failed(f"{user} could log in")
        except imaplib.IMAP4.error:
            pass

    @contextlib.contextmanager
    def pop3(self, user, service="pop3", tls=None, password=None):
        if tls == "implicit":
            session = poplib.POP3_SSL("127.0.0.1", self.port(service), context=client_context(), timeout=60)
        else:
            session = poplib.POP3("127.0.0.1", self.port(service), timeout=60)
        try:
            if tls == "starttls":
                session.stls(client_context())
            session.user(user)
            session.pass_(password or password_of(user))
            yield session
            session.quit()
        finally:
            session.close()

    # ---- mailboxes ----

    def messages(self, user, folder="INBOX", password=None):
        """The messages of a folder as they are stored."""
        with self.imap(user, password=password) as imap:
            if imap.select(quoted(folder), readonly=True)[0] != "OK":
                return []
            _, found = imap.uid("FETCH", "1:*", "(UID BODY.PEEK[])")
            return [part[1] for part in found if isinstance(part, tuple)]

    def subjects(self, user, folder="INBOX"):
        """The subjects in a folder, sorted."""
        return sorted(subject_of(raw) for raw in self.messages(user, folder))

    def expect_subjects(self, user, expected, folder="INBOX", timeout=0.0):
        wait_for_value(lambda: self.subjects(user, folder), sorted(expected), f"subjects in {user}'s {folder}",
                       timeout)

    def wait_for_message(self, user, subject_part, folder="INBOX", timeout=10):
        """The first message whose subject has this part."""
        def found():
            for raw in self.messages(user, folder):
                if subject_part.lower() in subject_of(raw).lower():
                    return raw
            return None
        return parsed(wait_until(found, f"a message {subject_part!r} in {user}'s {folder}", timeout, 0.1))


def quoted(folder):
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def remove_folder(folder):
    shutil.rmtree(folder, ignore_errors=True)


__all__ = ["Server", "password_of", "quoted", "remove_folder"]
