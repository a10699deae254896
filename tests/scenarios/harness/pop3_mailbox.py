"""A POP3 server with one mailbox, which can drop the line anywhere and renumber its messages.

    mailbox.fault = lambda command, argument: "drop" if command == "RETR" and argument == "2" else None
Answers of `fault`: None (do as usual), "drop" (close before the reply), "drop after" (carry out, close before the
reply), ("partial", n) (of RETR: send n bytes of the message, then close), a text (send it as the reply), or a function
that gets the session and replies (harness/scripted_pop3.py). `GREETING` is asked for, too.
"""

import base64
import hashlib
import hmac
import socketserver
import threading


class Pop3Mailbox:
    def __init__(self, user="box", password="box-secret", messages=(), uidl=True, tls=None, implicit_tls=False,
                 apop=False, port=0):
        """`port` 0: any that is free."""
        self.user, self.password, self.uidl, self.tls, self.apop = user, password, uidl, tls, apop
        self.implicit_tls = implicit_tls
        self.fault = lambda command, argument: None
        self.uid_of = lambda index, raw: hashlib.md5(raw).hexdigest()[:16]
        self.commands = []
        self._lock = threading.Lock()
        self.messages = list(messages)
        mailbox = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    _Session(mailbox, self.request).run()
                except (OSError, ValueError):
                    pass

        class Listener(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._listener = Listener(("127.0.0.1", port), Handler)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def clean_up(self):
        self._listener.shutdown()
        self._listener.server_close()


class _Session:
    def __init__(self, mailbox, sock):
        self.mailbox, self.socket, self.name = mailbox, sock, ""
        if mailbox.implicit_tls:
            self.socket = mailbox.tls.wrap_socket(sock, server_side=True)
        self.file = self.socket.makefile("rb")
        self.messages = [(mailbox.uid_of(i, raw), raw) for i, raw in enumerate(mailbox.messages)]
        self.deleted = set()
        self.logged_in = False

    def say(self, text):
        self.socket.sendall((text + "\r\n").encode())

    def replied(self, fault):
        """Whether a text or a function was the reply."""
        if callable(fault):
            fault(self)
        elif isinstance(fault, str):
            self.say(fault)
        return fault is not None

    def run(self):
        stamp = " <1896.697170952@pop.example>" if self.mailbox.apop else ""
        if not self.replied(self.mailbox.fault("GREETING", "")):
            self.say("+OK pop.example ready" + stamp)
        while line := self.file.readline():
            text = line.rstrip(b"\r\n").decode("utf-8", "replace")
            command, _, argument = text.partition(" ")
            command = command.upper()
            with self.mailbox._lock:
                self.mailbox.commands.append(text)
            fault = self.mailbox.fault(command, argument)
            if fault == "drop":
                return self.socket.close()
            if isinstance(fault, tuple):
                raw = self.messages[int(argument) - 1][1]
                self.socket.sendall((f"+OK {len(raw)} octets\r\n".encode() + raw)[:fault[1]])
                return self.socket.close()
            if fault != "drop after" and self.replied(fault):
                continue
            handler = getattr(self, "do_" + command.lower(), None)
            reply = handler(argument) if handler else "-ERR what?"
            if fault == "drop after":
                return self.socket.close()
            if reply is not None:
                self.socket.sendall(reply if isinstance(reply, bytes) else (reply + "\r\n").encode())
            if command == "QUIT":
                return self.socket.close()

    def _listing(self, head, lines):
        return "\r\n".join([head, *lines, "."])

    def do_capa(self, _):
        capabilities = ["USER"] + (["UIDL"] if self.mailbox.uidl else []) + (["STLS"] if self.mailbox.tls else [])
        capabilities.append("SASL CRAM-MD5")
        return self._listing("+OK", capabilities)

    def do_stls(self, _):
        if not self.mailbox.tls:
            return "-ERR no"
        self.say("+OK go")
        self.socket = self.mailbox.tls.wrap_socket(self.socket, server_side=True)
        self.file = self.socket.makefile("rb")
        return None

    def do_user(self, name):
        self.name = name
        return "+OK"

    def do_pass(self, password):
        self.logged_in = (self.name, password) == (self.mailbox.user, self.mailbox.password)
        return "+OK" if self.logged_in else "-ERR no"

    def do_apop(self, argument):
        name, _, digest = argument.partition(" ")
        right = hashlib.md5(b"<1896.697170952@pop.example>" + self.mailbox.password.encode()).hexdigest()
        self.logged_in = self.mailbox.apop and name == self.mailbox.user and digest == right
        return "+OK" if self.logged_in else "-ERR no"

    def do_auth(self, argument):
        if argument.upper() != "CRAM-MD5":
            return "-ERR no"
        challenge = b"<1.2@pop.example>"
        self.say("+ " + base64.b64encode(challenge).decode())
        name, _, digest = base64.b64decode(self.file.readline().strip()).partition(b" ")
        right = hmac.new(self.mailbox.password.encode(), challenge, hashlib.md5).hexdigest().encode()
        self.logged_in = (name, digest) == (self.mailbox.user.encode(), right)
        return "+OK" if self.logged_in else "-ERR no"

    def _present(self):
        return [(i + 1, uid, raw) for i, (uid, raw) in enumerate(self.messages) if i + 1 not in self.deleted]

    def do_stat(self, _):
        present = self._present()
        return f"+OK {len(present)} {sum(len(raw) for _, _, raw in present)}"

    def do_list(self, argument):
        if argument:
            return f"+OK {argument} {len(self.messages[int(argument) - 1][1])}"
        return self._listing("+OK", [f"{number} {len(raw)}" for number, _, raw in self._present()])

    def do_uidl(self, argument):
        if not self.mailbox.uidl:
            return "-ERR no"
        if argument:
            return f"+OK {argument} {self.messages[int(argument) - 1][0]}"
        return self._listing("+OK", [f"{number} {uid}" for number, uid, _ in self._present()])

    def _stuffed(self, raw):
        if not raw.endswith(b"\r\n"):
            raw += b"\r\n"
        return (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"

    def do_retr(self, argument):
        raw = self.messages[int(argument) - 1][1]
        return f"+OK {len(raw)} octets\r\n".encode() + self._stuffed(raw)

    def do_top(self, argument):
        number, _, lines = argument.partition(" ")
        head, _, body = self.messages[int(number) - 1][1].partition(b"\r\n\r\n")
        kept = b"\r\n".join(body.split(b"\r\n")[:int(lines or 0)])
        return b"+OK\r\n" + self._stuffed(head + b"\r\n\r\n" + kept)

    def do_dele(self, argument):
        self.deleted.add(int(argument))
        return "+OK"

    def do_noop(self, _):
        return "+OK"

    def do_rset(self, _):
        self.deleted.clear()
        return "+OK"

    def do_quit(self, _):
        if self.logged_in:
            gone = [self.messages[number - 1][1] for number in self.deleted]
            with self.mailbox._lock:
                for raw in gone:
                    if raw in self.mailbox.messages:
                        self.mailbox.messages.remove(raw)
        return "+OK bye"
