"""An IMAP server with one mailbox, as bad as a scenario wants it.

    mailbox.fault = lambda command, argument: "{tag} NO busy" if command == "SELECT" else None
Answers of `fault`: None (do as usual), "drop after" (carry out, close before the reply), a text (send it as the reply),
or a function that gets the session and replies (harness/scripted_pop3.py). Commands are named "LOGIN", "UID FETCH" and
so on; `GREETING` is asked for, too. `folders`: {name: [bytes or None, where a message was]}, a UID is the place + 1.
"""

import base64
import re
import socketserver
import threading


class ImapMailbox:
    def __init__(self, user="box", password="box-secret", folders=None, capabilities="UIDPLUS MOVE", tokens=()):
        self.user, self.password, self.capabilities, self.tokens = user, password, capabilities, list(tokens)
        self.fault = lambda command, argument: None
        self.uid_validity = 1000
        self.commands = []
        self.folders = folders if folders is not None else {"INBOX": []}
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

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def left(self, folder="INBOX"):
        return sum(raw is not None for raw in self.folders[folder])

    def clean_up(self):
        self._listener.shutdown()
        self._listener.server_close()


class _Session:
    def __init__(self, mailbox, sock):
        self.mailbox, self.socket, self.tag = mailbox, sock, "*"
        self.file = self.socket.makefile("rb")
        self.folder, self.deleted = None, set()

    def say(self, text):
        self.socket.sendall((text.replace("{tag}", self.tag) + "\r\n").encode())

    def replied(self, command, argument):
        """Whether the fault was the reply; or that the line is to be closed."""
        fault = self.mailbox.fault(command, argument)
        if callable(fault):
            fault(self)
        elif isinstance(fault, str) and fault != "drop after":
            self.say(fault)
        return fault

    def run(self):
        if not self.replied("GREETING", ""):
            self.say("* OK imap.example ready")
        while line := self.file.readline():
            text = line.rstrip(b"\r\n").decode("utf-8", "replace")
            self.tag, _, rest = text.partition(" ")
            words = rest.split(" ", 2 if rest.upper().startswith("UID ") else 1)
            command = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
            argument = rest[len(command):].strip()
            self.mailbox.commands.append(rest)
            fault = self.replied(command, argument)
            if fault is not None and fault != "drop after":
                continue
            handler = getattr(self, "do_" + command.lower().replace(" ", "_"), None)
            replies = (handler(argument) if handler else None) or ["{tag} BAD what?"]
            if fault == "drop after":
                break
            for reply in replies:
                self.socket.sendall(reply) if isinstance(reply, bytes) else self.say(reply)
            if command == "LOGOUT":
                break
        self.file.close()
        self.socket.close()

    def _uids(self, text):
        for part in text.split(","):
            first, _, last = part.partition(":")
            top = len(self._messages())
            yield from range(int(first), (top if last == "*" else int(last or first)) + 1)

    def _messages(self):
        return self.mailbox.folders[self.folder]

    def do_capability(self, _):
        return [f"* CAPABILITY IMAP4rev1 {self.mailbox.capabilities}", "{tag} OK"]

    def do_login(self, argument):
        right = argument == f'"{self.mailbox.user}" "{self.mailbox.password}"'
        return ["{tag} OK in" if right else "{tag} NO [AUTHENTICATIONFAILED] no"]

    def do_authenticate(self, argument):
        mechanism, _, initial = argument.partition(" ")
        if mechanism != "XOAUTH2":
            return ["{tag} NO no"]
        if not initial:
            self.say("+ ")
            initial = self.file.readline().decode().strip()
        answer = base64.b64decode(initial).decode()
        token = re.search("auth=Bearer ([^\1]*)\1", answer)[1]
        if f"user={self.mailbox.user}\1" in answer and token in self.mailbox.tokens:
            return ["{tag} OK in"]
        self.say("+ " + base64.b64encode(b'{"status":"401"}').decode())
        self.file.readline()
        return ["{tag} NO [AUTHENTICATIONFAILED] no"]

    def do_list(self, argument):
        pattern = re.escape(argument.split(" ", 1)[1].strip('"')).replace(r"\*", ".*")
        names = [name for name in self.mailbox.folders if re.fullmatch(pattern, name)]
        return [f'* LIST () "/" "{name}"' for name in names] + ["{tag} OK"]

    def do_select(self, argument):
        self.folder = argument.strip('"')
        if self.folder not in self.mailbox.folders:
            return ["{tag} NO [NONEXISTENT] no such folder"]
        return [f"* {len(self._messages())} EXISTS", f"* OK [UIDVALIDITY {self.mailbox.uid_validity}] ok",
                f"* OK [UIDNEXT {len(self._messages()) + 1}] ok", "{tag} OK"]

    do_examine = do_select

    def do_uid_fetch(self, argument):
        uids, _, items = argument.partition(" ")
        replies = []
        for uid in self._uids(uids):
            raw = self._messages()[uid - 1] if 0 < uid <= len(self._messages()) else None
            if raw is None:
                continue
            if "BODY" not in items:
                flags = "\\Deleted" if uid in self.deleted else ""
                replies.append(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)} FLAGS ({flags}))")
                continue
            name = "BODY[HEADER]" if "HEADER" in items else "BODY[]"
            part = raw[:raw.index(b"\r\n\r\n") + 4] if "HEADER" in items else raw
            replies.append(f"* {uid} FETCH (UID {uid} {name} {{{len(part)}}}\r\n".encode() + part + b")\r\n")
        return replies + ["{tag} OK"]

    def do_uid_copy(self, argument):
        uids, _, target = argument.partition(" ")
        if target.strip('"') not in self.mailbox.folders:
            return ["{tag} NO [TRYCREATE] no such folder"]
        copies = [self._messages()[uid - 1] for uid in self._uids(uids)]
        self.mailbox.folders[target.strip('"')] += [raw for raw in copies if raw is not None]
        return ["{tag} OK"]

    def do_create(self, argument):
        self.mailbox.folders[argument.strip('"')] = []
        return ["{tag} OK"]

    def do_uid_store(self, argument):
        self.deleted |= set(self._uids(argument.split(" ")[0]))
        return ["{tag} OK"]

    def do_uid_search(self, argument):
        known = set(self._uids(argument.split(" ")[-1]))
        return ["* SEARCH" + "".join(f" {uid}" for uid in self.deleted - known), "{tag} OK"]

    def do_uid_expunge(self, argument):
        return self._expunge(set(self._uids(argument)) & self.deleted)

    def do_expunge(self, _):
        return self._expunge(set(self.deleted))

    def _expunge(self, uids):
        for uid in uids:
            self._messages()[uid - 1] = None
        self.deleted -= uids
        return [f"* {uid} EXPUNGE" for uid in uids] + ["{tag} OK"]

    def do_logout(self, _):
        return ["* BYE bye", "{tag} OK"]
