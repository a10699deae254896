"""SMTP servers that misbehave at one step of the session as a script says, and behave well everywhere else.

    bad = ScriptedSmtp({"RCPT": "451 4.2.1 later"})           # the reply; "\\r\\n" between lines
    bad = ScriptedSmtp({"DATA": DROP})                         # no reply, the connection closes
    bad = ScriptedSmtp({"greeting": SILENCE, ...})

Steps: greeting, EHLO, HELO, STARTTLS, AUTH, MAIL, RCPT, DATA, content (after 354, before the message is read), end (the
reply to the final dot), QUIT. What stands there: a text (with CR LF behind it), bytes (as they are), one of the
values below (WORD waits until the client says something), a list of several of these, or None: as a good server does.
"""

import socket
import socketserver
import threading
import time

DROP, SILENCE, HANDSHAKE, WORD = "<drop>", "<silence>", "<handshake>", "<word>"
PATIENCE_SECONDS = 30  # of SILENCE and of endless replies: longer than any time-out of a scenario
ENDLESS_BYTES_MAX = 20_000_000  # whoever reads more than this has no limit


class Endless:
    """The same bytes again and again, until the client leaves."""

    def __init__(self, piece, pause=0.0):
        self.piece, self.pause = piece, pause


class Slowly:
    """One byte after the other."""

    def __init__(self, text, pause=0.01):
        self.text, self.pause = text, pause


GOOD = {"greeting": "220 scripted.example ESMTP", "HELO": "250 scripted.example", "MAIL": "250 2.1.0 ok",
        "RCPT": "250 2.1.5 ok", "DATA": "354 go", "end": "250 2.0.0 kept", "QUIT": "221 2.0.0 bye", "RSET": "250 ok",
        "STARTTLS": ["220 2.0.0 go", HANDSHAKE]}


class _Gone(Exception):
    """The connection is over, by whomever."""


class Kept:
    """A message with its final dot; the reply may not have got through."""

    def __init__(self, session, data):
        self.session, self.data = session, data  # the number of the session counts from 1


class ScriptedSmtp:
    def __init__(self, script=None, tls=None, implicit_tls=False, extensions=("PIPELINING", "8BITMIME")):
        """`tls`: an SSL context, for HANDSHAKE; then STARTTLS is offered."""
        self.script, self.tls, self.implicit_tls = dict(script or {}), tls, implicit_tls
        self.extensions = list(extensions) + (["STARTTLS"] if tls and not implicit_tls else [])
        self.sessions, self.commands, self.kept = 0, [], []  # kept: a list of Kept
        self.endless_bytes = 0  # of endless replies, as far as somebody took them
        self._lock = threading.Lock()
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    _Dialogue(server, self.request).run()
                except (_Gone, OSError, ValueError):
                    pass

        class Listener(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 64

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.2,), daemon=True).start()

    def clean_up(self):
        self._listener.shutdown()
        self._listener.server_close()


class _Dialogue:
    def __init__(self, server, sock):
        self.server, self.socket = server, sock
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with server._lock:
            server.sessions += 1
            self.number = server.sessions
        if server.implicit_tls:
            self.socket = server.tls.wrap_socket(self.socket, server_side=True)
        self.file = self.socket.makefile("rb")

    def run(self):
        self.do("greeting")
        while line := self.file.readline():
            command = line.rstrip(b"\r\n").decode("utf-8", "replace")
            with self.server._lock:
                self.server.commands.append(command)
            step = command.split(" ")[0].upper()
            self.do(step)
            if step == "DATA" and self.asks_for_content:
                self.take_content()
            if step == "QUIT":
                return

    def do(self, step):
        answer = self.server.script.get(step)
        if answer is None:
            answer = self.extensions() if step == "EHLO" else GOOD.get(step, "500 5.5.1 what?")
        self.asks_for_content = getattr(answer, "text", str(answer)).startswith("354")
        self.say(answer)

    def extensions(self):
        lines = ["scripted.example"] + self.server.extensions
        return "\r\n".join(f"250-{line}" for line in lines[:-1] or lines) + f"\r\n250 {lines[-1]}"

    def say(self, answer):
        if isinstance(answer, list):
            for part in answer:
                self.say(part)
        elif answer == DROP:
            self.socket.close()
            self.file.close()
            raise _Gone
        elif answer == SILENCE:
            while self.file.readline():
                pass
            raise _Gone
        elif answer == WORD:
            self.socket.recv(1, socket.MSG_PEEK)
        elif answer == HANDSHAKE:
            self.socket = self.server.tls.wrap_socket(self.socket, server_side=True)
            self.file = self.socket.makefile("rb")
        elif isinstance(answer, Endless):
            self.repeat(answer)
        elif isinstance(answer, Slowly):
            for byte in (answer.text + "\r\n").encode():
                self.socket.sendall(bytes([byte]))
                time.sleep(answer.pause)
        else:
            self.socket.sendall(answer if isinstance(answer, bytes) else (answer + "\r\n").encode())

    def repeat(self, answer):
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and self.server.endless_bytes < ENDLESS_BYTES_MAX:
            self.socket.sendall(answer.piece)
            self.server.endless_bytes += len(answer.piece)
            time.sleep(answer.pause)
        raise _Gone

    def take_content(self):
        if "content" in self.server.script:
            self.say(self.server.script["content"])
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise _Gone
            lines.append(line[1:] if line.startswith(b".") else line)
        with self.server._lock:
            self.server.kept.append(Kept(self.number, b"".join(lines)))
        self.do("end")
