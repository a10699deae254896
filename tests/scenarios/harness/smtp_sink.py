"""An SMTP server that keeps what it gets and replies as it is told.

    sink.replies["RCPT TO:<bob@remote.example>"] = "450 4.2.1 later"   # for commands that begin so
    sink.replies["."] = "550 5.6.0 no"                                  # for the end of the message
    sink.replies["RCPT"] = ["451 4.3.0 once", None]     # one after the other, the last one stays; None: accept
A reply "DROP" closes the connection instead.
"""

import base64
import hashlib
import hmac
import socketserver
import threading

from .waiting import wait_until


class Received:
    """A message as the sink got it."""

    def __init__(self, session, sender, recipients, data):
        self.sender, self.recipients, self.data = sender, recipients, data
        self.sender_parameters = session.sender_parameters
        self.recipient_parameters = session.recipient_parameters
        self.tls, self.user, self.helo = session.tls, session.user, session.helo


class SmtpSink:
    def __init__(self, tls=None, implicit_tls=False, users=None, extensions=(), mechanisms=("PLAIN", "LOGIN"),
                 port=0, host="127.0.0.1"):
        """`tls`: an SSL context, then STARTTLS is offered. `users`: {name: password}, then AUTH is required. `port` 0:
        any that is free."""
        self.tls, self.implicit_tls, self.users = tls, implicit_tls, users or {}
        self.extensions = list(extensions) or ["PIPELINING", "SIZE 104857600", "8BITMIME", "ENHANCEDSTATUSCODES"]
        self.mechanisms = mechanisms
        self.replies, self.messages, self.commands = {}, [], []
        self.sessions = 0
        self._lock = threading.Lock()
        sink = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    _Session(sink, self.request).run()
                except (OSError, ValueError):
                    pass

        class Listener(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 128

        self._listener = Listener((host, port), Handler)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def scripted(self, command):
        with self._lock:
            for begin in sorted(self.replies, key=len, reverse=True):
                if not command.upper().startswith(begin.upper()):
                    continue
                reply = self.replies[begin]
                if isinstance(reply, list):
                    reply = reply.pop(0) if len(reply) > 1 else reply[0]
                return reply
        return None

    def keep(self, message):
        with self._lock:
            self.messages.append(message)

    def wait_for(self, count, timeout=10):
        """Waits until at least `count` messages have come; gives all."""
        wait_until(lambda: len(self.messages) >= count, f"{count} messages at the SMTP sink", timeout)
        return self.messages

    def clean_up(self):
        self._listener.shutdown()
        self._listener.server_close()


class _Session:
    def __init__(self, sink, sock):
        self.sink, self.socket = sink, sock
        self.tls, self.user, self.helo = False, "", ""
        with sink._lock:
            sink.sessions += 1
        if sink.implicit_tls:
            self._begin_tls()
        self.file = self.socket.makefile("rb")
        self._reset()

    def _begin_tls(self):
        self.socket = self.sink.tls.wrap_socket(self.socket, server_side=True)
        self.tls = True

    def _reset(self):
        self.sender, self.recipients, self.sender_parameters, self.recipient_parameters = None, [], "", {}

    def say(self, text):
        self.socket.sendall((text + "\r\n").encode())

    def run(self):
        greeting = self.sink.scripted("GREETING") or "220 sink.example ESMTP"
        self.say(greeting)
        while line := self.file.readline():
            text = line.rstrip(b"\r\n").decode("utf-8", "replace")
            with self.sink._lock:
                self.sink.commands.append(text)
            reply = self.sink.scripted(text)
            if reply == "DROP":
                return self.socket.close()
            if reply is None:
                handler = getattr(self, "do_" + text.split(" ")[0].lower(), None)
                reply = handler(text[len(text.split(" ")[0]) + 1:]) if handler else "500 5.5.1 what?"
            if reply == "DROP":
                return self.socket.close()
            if reply:
                self.say(reply)
            if text.upper() == "QUIT":
                return None

    def do_ehlo(self, name):
        self.helo = name
        lines = ["sink.example"] + self.sink.extensions
        if self.sink.tls and not self.tls:
            lines.append("STARTTLS")
        if self.sink.users:
            lines.append("AUTH " + " ".join(self.sink.mechanisms))
        return "\r\n".join(f"250-{line}" for line in lines[:-1]) + f"\r\n250 {lines[-1]}"

    def do_helo(self, name):
        self.helo = name
        return "250 sink.example"

    def do_starttls(self, _):
        self.say("220 2.0.0 go")
        self._begin_tls()
        self.file = self.socket.makefile("rb")
        self._reset()

    def _ask(self, challenge):
        self.say("334 " + base64.b64encode(challenge).decode())
        return base64.b64decode(self.file.readline().strip())

    def do_auth(self, argument):
        mechanism, _, initial = argument.partition(" ")
        if mechanism.upper() == "PLAIN":
            answer = base64.b64decode(initial) if initial else self._ask(b"")
            _, name, password = answer.split(b"\0")
            good = self.sink.users.get(name.decode()) == password.decode()
        elif mechanism.upper() == "LOGIN":
            name = base64.b64decode(initial) if initial else self._ask(b"Username:")
            good = self.sink.users.get(name.decode()) == self._ask(b"Password:").decode()
        elif mechanism.upper() == "CRAM-MD5":
            challenge = b"<1.2@sink.example>"
            name, _, digest = self._ask(challenge).partition(b" ")
            key = self.sink.users.get(name.decode(), "").encode()
            good = hmac.new(key, challenge, hashlib.md5).hexdigest().encode() == digest
        else:
            return "504 5.5.4 no"
        if not good:
            return "535 5.7.8 no"
        self.user = name.decode()
        return "235 2.7.0 welcome"

    @staticmethod
    def _path(argument):
        begin, end = argument.index("<"), argument.index(">")
        return argument[begin + 1:end], argument[end + 1:].strip()

    def do_mail(self, argument):
        if self.sink.users and not self.user:
            return "530 5.7.0 log in first"
        self._reset()
        self.sender, self.sender_parameters = self._path(argument)
        return "250 2.1.0 ok"

    def do_rcpt(self, argument):
        address, parameters = self._path(argument)
        self.recipients.append(address)
        self.recipient_parameters[address] = parameters
        return "250 2.1.5 ok"

    def do_data(self, _):
        if not self.recipients:
            return "554 5.5.1 no recipients"
        self.say("354 go")
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise OSError("gone")
            lines.append(line[1:] if line.startswith(b".") else line)
        reply = self.sink.scripted(".") or "250 2.0.0 kept"
        if reply.startswith("2"):
            self.sink.keep(Received(self, self.sender, self.recipients, b"".join(lines)))
        if reply == "DROP AFTER KEEPING":
            self.sink.keep(Received(self, self.sender, self.recipients, b"".join(lines)))
            reply = "DROP"
        self._reset()
        return reply

    def do_rset(self, _):
        self._reset()
        return "250 2.0.0 ok"

    def do_noop(self, _):
        return "250 2.0.0 ok"

    def do_quit(self, _):
        return "221 2.0.0 bye"
