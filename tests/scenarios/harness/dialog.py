"""The format of `*.scenario`: a dialog with the server, line by line.

    # a comment
    given    user fred, user kate, mapping fred@example.com -> kate
    given    [limits] hops_max = 20          a setting; [service mx] … for one of a service
    via      smtp                            a new session: smtp (the default), submission, lmtp, pop3, imap,
                                             submissions, pop3s, imaps (the name of a service)
    S: 250 ...                               a reply of the server; ... is any text
    S: 250-SIZE ...                          SMTP: this line is somewhere in the reply whose end follows
    S: closed                                the server closes the connection
    C: EHLO client.example                   a command; {messages/hello.eml} is the content of tests/data/…,
                                             {base64 \\0fred\\0secret} is encoded
    C: DATA {messages/hello.eml}             DATA, and after its 354 the message, dot-stuffed, with its final dot
    C: tls                                   the client begins TLS
    B: text\\r\\n.\\n                           bytes as they are, nothing added; \\r \\n \\t \\0 \\\\ \\xNN
    then     kate INBOX has 1 message "Hello", fred INBOX has 0 messages
    then     queue has 1 message to bob@remote.example, log has "reason=wrong password"

Several C: lines without an S: between them are pipelined. IMAP: an S: line is the next line of the server;
`S: ...` alone passes over any number of lines, up to the one that the next S: line matches.
"""

import base64
import re
import socket

from .certificate import client_context
from .configuration import SERVICES
from .messages import data_file, subject_of
from .waiting import Failed

TIMEOUT = 15


class _Line:
    def __init__(self, number, kind, text):
        self.number, self.kind, self.text = number, kind, text


def parse(text, name):
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, _, rest = line.partition(":" if re.match(r"[SCB]:", line) else " ")
        if kind not in ("S", "C", "B", "given", "via", "then"):
            raise Failed(f"{name}:{number}: no line of a scenario: {line!r}")
        lines.append(_Line(number, kind, rest[1:] if kind in "SCB" else rest.strip()))
    return lines


def unescape(text):
    escapes = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}
    def replace(match):
        return chr(int(match[1][1:], 16)) if match[1][0] == "x" else escapes[match[1]]
    return re.sub(r"\\(x[0-9a-fA-F]{2}|[rnt0\\])", replace, text).encode("latin-1")


def fill(text):
    """A C: line as bytes, its {…} filled in."""
    result = b""
    for part in re.split(r"(\{[^}]*\.[a-z]+\}|\{base64 [^}]*\})", text):
        if part.startswith("{base64 "):
            result += base64.b64encode(unescape(part[8:-1]))
        elif part.startswith("{") and "." in part:
            result += data_file(part[1:-1])
        else:
            result += part.encode()
    return result


def matches(pattern, text):
    expression = ".*".join(re.escape(part) for part in pattern.split("..."))
    return re.fullmatch(expression, text) is not None


def dot_stuffed(raw):
    if raw and not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    return (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


class Session:
    """A client of one service that remembers where in the scenario it is."""

    def __init__(self, server, service):
        protocol = server.config.services[service]["protocol"]
        self.replies_have_lines = protocol in ("smtp", "submission", "lmtp")
        self.socket = socket.create_connection(("127.0.0.1", server.port(service)), timeout=TIMEOUT)
        if server.config.services[service].get("tls") == "implicit":
            self.begin_tls()
        self.buffer = b""
        self.transcript = []

    def begin_tls(self):
        self.socket = client_context().wrap_socket(self.socket, server_hostname="mail.example.com")
        self.buffer = b""

    def send(self, data):
        self.transcript.append(f"C: {data[:200]!r}")
        self.socket.sendall(data)

    def read_line(self):
        """Without its end; None: the server has closed."""
        while b"\n" not in self.buffer:
            try:
                more = self.socket.recv(65536)
            except TimeoutError:
                raise Failed(f"no answer within {TIMEOUT} s") from None
            except OSError:
                more = b""
            if not more:
                return None
            self.buffer += more
        line, _, self.buffer = self.buffer.partition(b"\n")
        text = line.rstrip(b"\r").decode("utf-8", "replace")
        self.transcript.append("S: " + text)
        return text

    def read_reply(self):
        """All lines of an SMTP reply; empty: closed."""
        lines = []
        while (line := self.read_line()) is not None:
            lines.append(line)
            if line[3:4] != "-":
                break
        return lines


class _Run:
    def __init__(self, stage, path):
        with open(path, encoding="utf-8") as file:
            self.lines = parse(file.read(), path)
        self.stage, self.path = stage, path
        self.session = None
        self.has_lines = []   # "250-SIZE ..." lines before their "250 ..."
        self.skipping = False
        self.server = None

    def fail(self, line, text):
        dialog = "\n".join("      " + one for one in (self.session.transcript[-30:] if self.session else []))
        raise Failed(f"{self.path}:{line.number}: {text}" + (f"\n    the dialog so far:\n{dialog}" if dialog else ""))

    def run(self):
        wanted = {line.text for line in self.lines if line.kind == "via"}
        services = ["mx", "submission", "pop3", "imap"]
        services += [service for service in wanted if service in SERVICES and service not in services]
        self.server = self.stage.new_server(users=(), services=services)
        for line in self.lines:
            if line.kind == "given":
                for clause in re.split(r", (?=user |mapping |domain |\[)", line.text):
                    self.given(line, clause)
        self.server.start()
        for line in self.lines:
            if line.kind != "given":
                getattr(self, {"S": "expect", "C": "send", "B": "send_bytes"}.get(line.kind, line.kind))(line)

    def given(self, line, clause):
        config = self.server.config
        if match := re.fullmatch(r"user (\S+)((?: \w+=\w+)*)", clause):
            more = dict(one.split("=") for one in match[2].split())
            config.add_user(match[1], **{key: {"true": True, "false": False}.get(value, value)
                                         for key, value in more.items()})
        elif match := re.fullmatch(r"mapping (\S+) -> (\S+)", clause):
            config.add_mapping(match[1], match[2])
        elif match := re.fullmatch(r"domain (\S+)", clause):
            config.sections["local"]["domains"].append(match[1])
        elif match := re.fullmatch(r"\[service (\w+)\] (\w+) = (.*)", clause):
            config.services[match[1]][match[2]] = _plain(match[3])
        elif match := re.fullmatch(r"\[(\w+)\] (\w+) = (.*)", clause):
            config.sections.setdefault(match[1], {})[match[2]] = _plain(match[3])
        else:
            self.fail(line, f"no clause of given: {clause!r}")

    def via(self, line):
        service = {"smtp": "mx"}.get(line.text, line.text)
        if service not in self.server.ports:
            self.fail(line, f"there is no service {service!r}")
        self.session = Session(self.server, service)

    def open_session(self):
        if not self.session:
            self.session = Session(self.server, "mx")
        return self.session

    def send(self, line):
        session = self.open_session()
        if line.text == "tls":
            return session.begin_tls()
        if match := re.fullmatch(r"DATA (\{.*\})", line.text):
            session.send(b"DATA\r\n")
            reply = session.read_reply()
            if not reply or not reply[-1].startswith("354"):
                self.fail(line, f"DATA\n    expected: 354 ...\n    got:      {reply}")
            return session.send(dot_stuffed(fill(match[1])))
        if match := re.fullmatch(r"BDAT (\{.*\})( LAST)?", line.text):
            content = fill(match[1])
            return session.send(f"BDAT {len(content)}{match[2] or ''}\r\n".encode() + content)
        return session.send(fill(line.text) + b"\r\n")

    def send_bytes(self, line):
        self.open_session().send(unescape(line.text))

    def expect(self, line):
        session = self.open_session()
        try:
            if line.text == "closed":
                got = session.read_line()
                while self.skipping and got is not None:
                    got = session.read_line()
                self.skipping = False
                return None if got is None else self.fail(line, f"expected: the server closes\n    got:      {got!r}")
            if session.replies_have_lines:
                return self.expect_reply(line, session)
            return self.expect_line(line, session)
        except Failed as failed:
            if str(failed).startswith(self.path):
                raise
            return self.fail(line, f"expected: {line.text}\n    got:      {failed}")

    def expect_reply(self, line, session):
        if re.match(r"\d\d\d-", line.text):
            return self.has_lines.append(line)
        reply = session.read_reply()
        if not reply:
            self.fail(line, f"expected: {line.text}\n    got:      the server has closed the connection")
        if not matches(line.text, reply[-1]):
            self.fail(line, f"expected: {line.text}\n    got:      {' | '.join(reply)}")
        for wanted in self.has_lines:
            if not any(matches(wanted.text[4:], one[4:]) for one in reply):
                self.fail(wanted, f"expected: {wanted.text}\n    got:      {' | '.join(reply)}")
        self.has_lines = []
        return None

    def expect_line(self, line, session):
        if line.text == "...":
            self.skipping = True
            return
        while True:
            got = session.read_line()
            if got is None:
                self.fail(line, f"expected: {line.text}\n    got:      the server has closed the connection")
            if matches(line.text, got):
                break
            if not self.skipping:
                self.fail(line, f"expected: {line.text}\n    got:      {got}")
        self.skipping = False

    def then(self, line):
        for clause in re.split(r", (?=\S+ (?:\S+ )?has )", line.text):
            if match := re.fullmatch(r'queue has (\d+) messages?(?: to (\S+))?', clause):
                entries = [entry["to"] for entry in self.server.queue()]
                if len(entries) != int(match[1]) or (match[2] and match[2] not in entries):
                    self.fail(line, f"expected: {clause}\n    got:      messages to {entries}")
            elif match := re.fullmatch(r'log has "(.*)"', clause):
                if match[1] not in self.server.log():
                    self.fail(line, f"expected: {clause}\n    got:      another log, see below")
            elif match := re.fullmatch(r'(\S+) (\S+) has (\d+) messages?(?: "(.*)")?', clause):
                subjects = [subject_of(raw) for raw in self.server.messages(match[1], match[2])]
                if len(subjects) != int(match[3]) or (match[4] and match[4] not in subjects):
                    self.fail(line, f"expected: {clause}\n    got:      {len(subjects)} messages {subjects}")
            else:
                self.fail(line, f"no clause of then: {clause!r}")


def _plain(text):
    """A TOML value of one line."""
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("["):
        return [_plain(one) for one in text[1:-1].split(",") if one.strip()]
    return text[1:-1] if text.startswith('"') else int(text)


def run_dialog(stage, path):
    _Run(stage, path).run()
