"""A provider of on-demand mail relay (RFC 2645): log-in, ATRN, then it is the client on the same connection.

    provider.messages = [("bob@example.com", raw), ...]    # what waits; delivered ones are taken off
    provider.answer = "453 You have no mail"               # to ATRN, instead of the turn
    provider.early = b"EHLO x\\r\\n"                        # sent together with the 250
    provider.lose_at = 2                                   # the line breaks in the middle of that message
    provider.stop_at = 2                                   # it says nothing more in the middle of that message
`verdicts` has what the other side replied to RCPT and to the end of each message; `domains` what ATRN named.
"""

import base64
import hashlib
import hmac
import socketserver
import threading


class OdmrProvider:
    def __init__(self, users, tls=None, implicit_tls=False, mechanisms=("CRAM-MD5", "PLAIN")):
        self.users, self.tls, self.implicit_tls, self.mechanisms = users, tls, implicit_tls, mechanisms
        self.messages, self.answer, self.early, self.lose_at, self.stop_at = [], None, b"", None, None
        self.leave_silently = False
        self.commands, self.domains, self.verdicts, self.greetings, self.extensions = [], [], [], [], []
        self.encrypted = []
        self.stopped = threading.Event()  # stop_at is reached
        self._lock = threading.Lock()
        provider = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    _Session(provider, self.request).run()
                except (OSError, ValueError):
                    pass

        class Listener(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def clean_up(self):
        self._listener.shutdown()
        self._listener.server_close()


class _Session:
    def __init__(self, provider, sock):
        self.provider, self.socket, self.user = provider, sock, ""
        self.socket.settimeout(30)
        self.encrypted = False
        if provider.implicit_tls:
            self._begin_tls()
        self.file = self.socket.makefile("rb")

    def _begin_tls(self):
        self.socket = self.provider.tls.wrap_socket(self.socket, server_side=True)
        self.encrypted = True

    def say(self, text):
        self.socket.sendall((text + "\r\n").encode())

    # ---- before the turn ----

    def run(self):
        self.say("220 provider.example on-demand mail relay")
        while line := self.file.readline():
            text = line.rstrip(b"\r\n").decode()
            with self.provider._lock:
                self.provider.commands.append(text)
            verb, _, argument = text.partition(" ")
            if verb == "EHLO":
                self.say_extensions()
            elif verb == "STARTTLS":
                self.say("220 go")
                self._begin_tls()
                self.file = self.socket.makefile("rb")
            elif verb == "AUTH":
                self.say(self.log_in(argument))
            elif verb == "ATRN":
                if self.atrn(argument):
                    return self.deliver()
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                self.say("502 what?")
        return None

    def say_extensions(self):
        lines = ["provider.example", "AUTH " + " ".join(self.provider.mechanisms), "ATRN"]
        if self.provider.tls and not self.encrypted:
            lines.append("STARTTLS")
        self.say("\r\n".join(f"250-{line}" for line in lines[:-1]) + f"\r\n250 {lines[-1]}")

    def ask(self, challenge):
        self.say("334 " + base64.b64encode(challenge).decode())
        return base64.b64decode(self.file.readline().strip())

    def log_in(self, argument):
        mechanism, _, initial = argument.partition(" ")
        if mechanism == "CRAM-MD5":
            name, _, digest = self.ask(b"<7@provider.example>").decode().partition(" ")
            key = self.provider.users.get(name, "").encode()
            good = hmac.new(key, b"<7@provider.example>", hashlib.md5).hexdigest() == digest
        else:
            _, name, password = base64.b64decode(initial).decode().split("\0")
            good = self.provider.users.get(name) == password
        if not good:
            return "535 5.7.8 no"
        self.user = name
        return "235 welcome"

    def atrn(self, argument):
        self.provider.domains.append(argument)
        if not self.user:
            self.say("530 who?")
        elif self.provider.answer:
            self.say(self.provider.answer)
        else:
            self.socket.sendall(b"250 OK now reversing the connection\r\n" + self.provider.early)
            return True
        return False

    # ---- after the turn: the provider is the client ----

    def reply(self):
        lines = []
        while line := self.file.readline().decode():
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                return lines
        raise OSError("gone")

    def command(self, text):
        self.say(text)
        return self.reply()

    def deliver(self):
        provider = self.provider
        provider.encrypted.append(self.encrypted)
        provider.greetings.append(self.reply()[0])
        provider.extensions = self.command("EHLO provider.example")
        for number, (recipient, raw) in enumerate(list(provider.messages), 1):
            self.command("MAIL FROM:<ann@remote.example>")
            verdict = self.command(f"RCPT TO:<{recipient}>")[0]
            if not verdict.startswith("250"):
                provider.verdicts.append(verdict)
                provider.messages.remove((recipient, raw))
                self.command("RSET")
                continue
            self.command("DATA")
            if provider.lose_at == number:
                self.socket.sendall(raw[:len(raw) // 2])
                self.socket.close()
                self.file.close()
                raise OSError("lost")
            if provider.stop_at == number:
                self.socket.sendall(raw[:len(raw) // 2])
                provider.stopped.set()
                self.reply()
            self.socket.sendall(raw + b".\r\n")
            verdict = self.reply()[0]
            provider.verdicts.append(verdict)
            if verdict.startswith("250"):
                provider.messages.remove((recipient, raw))
        if provider.leave_silently:
            return
        self.command("QUIT")
