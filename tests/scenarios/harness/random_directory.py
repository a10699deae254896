"""A directory and messages at random: the same seed gives the same ones.

Everything passes mail on in one direction only (users to later users, to lists, to plain users), because circles are
refused; wildcard mappings may still close some, which are cut when a message meets them. Plain users have no settings
and no mappings: what the server itself sends to them is there as it is in the plan.
"""

from .configuration import toml_table
from .messages import message

PLAIN = [f"plain{number}" for number in range(6)]
USERS = [f"u{number:02}" for number in range(54)]
LATE = USERS[40:]  # members of lists; they pass nothing to lists
LISTS = [f"list{number}" for number in range(14)]
WORDS = ["alarm", "invoice", "offer", "lunch"]
DOMAINS = ["example.com", "second.example", "third.example"]
STRANGERS = [f"{name}@{domain}" for name in ("ann", "eve", "joe", "sue", "tom")
             for domain in ("remote.example", "evil.example", "good.example")]


class RandomDirectory:
    def __init__(self, random, lan_port):
        self.random, self.lan = random, f"127.0.0.1:{lan_port}"
        self.users = {name: {} for name in PLAIN}
        self.users.update({name: self._user(place, name) for place, name in enumerate(USERS)})
        self._name_aliases()
        self.mappings = self._mappings()

    def write(self, config):
        """Into the configuration of a server."""
        config.sections["local"]["domains"] = DOMAINS
        config.sections["local"]["unrecognised_local_to_outgoing"] = False
        config.sections["monitor"] = {"incoming": "selected", "internal": "selected", "outgoing": "selected",
                                      "target": PLAIN[5]}
        config.sections["permissions"] = {"sender_blacklist": ["eve@evil.example"],
                                          "target_blacklist": ["*@never.example"]}
        for name, settings in self.users.items():
            config.add_user(name, **settings)
        for address, target in self.mappings:
            config.add_mapping(address, target)
        config.more += self._lists() + self._groups()

    def can_log_in(self, name):
        user = self.users[name]
        return user.get("enabled", True) and "expires_on" not in user and user.get("primary_group") != "closed"

    def open_all(self, config):
        """Afterwards: everybody can log in and see what he got."""
        for user in config.users:
            user.pop("expires_on", None)
            user["enabled"] = True
            if user.get("primary_group") == "closed":
                del user["primary_group"]

    # ---- the directory ----

    def _often(self, percent):
        return self.random.randrange(100) < percent

    def _remote(self):
        return f"{self.random.choice(('bob', 'pia', 'max'))}{self.random.randrange(40)}@remote.example"

    def _target(self, place):
        """Someone for the user at this place to pass mail on to."""
        later = USERS[place + 1:] or PLAIN
        choices = [self.random.choice(PLAIN), self.random.choice(later), self.random.choice(later) + "@example.com",
                   self._remote(), f"SMTP:{self._remote()}@{self.lan}"]
        if place < 40:
            choices += [self.random.choice(LISTS), "staff"]
        return self.random.choice(choices)

    def _targets(self, place):
        return sorted({self._target(place) for _ in range(self.random.choice((1, 1, 2)))})

    def _user(self, place, name):
        user = {}
        routing = self._routing(place)
        if routing:
            user["routing"] = routing
        if self._often(40):
            user["message_rules"] = [self._rule(place, number) for number in range(self.random.randrange(1, 4))]
        if self._often(20):
            user["autoresponder"] = self._autoresponder(place)
        for percent, settings in [
                (6, {"enabled": False}), (5, {"expires_on": "2020-01-01"}), (15, {"primary_group": "staff"}),
                (6, {"primary_group": "closed"}), (8, {"receive_internet": False}), (8, {"send_internet": False}),
                (8, {"permissions.sender_blacklist": ["*@evil.example"]}),
                (6, {"permissions.sender_whitelist": ["*@good.example", "joe@*"]}),
                (6, {"permissions.target_blacklist": ["bob?@remote.example"]}),
                (8, {"permissions.allow_bcc": False}), (8, {"permissions.max_outgoing_kb": 8}),
                (8, {"permissions.monitor": True}), (8, {"advanced.reply_address": f"{name}.office@example.com"}),
                (8, {"advanced.outgoing_hold": "2h"}), (10, {"signature.outgoing.plain": f"Regards, {name}"}),
                (10, {"signature.internal.plain": f"Yours, {name}"}),
                (6, {"advanced.store_forward.address": self.random.choice((name, "archive")) + "@main.example",
                     "advanced.store_forward.server": self.lan})]:
            if self._often(percent):
                user.update(settings)
        return user

    def _routing(self, place):
        routing = {}
        if self._often(30):
            routing["forward_to"] = self._targets(place)
            routing["use_forwarding"] = self._often(80)
            if self._often(30):
                routing["forward_window"] = {"from": "20200101", "to": self.random.choice(("20200202", "20991231"))}
        if self._often(20):
            routing["assistants"] = self._targets(place)
            if "forward_to" not in routing:
                routing["redirect_to_assistant"] = self._often(40)
        for key in ("size_ge", "size_le"):
            if self._often(10):
                routing[key] = {"kb": self.random.choice((1, 4, 8)), "action": self.random.choice(("copy", "redirect")),
                                "targets": self._targets(place)}
        if self._often(8):
            routing["copy_sent_to"] = [self.random.choice(PLAIN)]
        return routing

    def _rule(self, place, number):
        conditions = [{"field": "Subject", "match": "contains", "data": self.random.choice(WORDS)},
                      {"field": "Size", "match": "greater", "data": "4k"},
                      {"field": "Size", "match": "less", "data": "4k"},
                      {"field": "From", "match": "wildcard", "data": "*@evil.example*"},
                      {"field": "To or Cc", "match": "contains", "data": "u1", "not": self._often(30)},
                      {"field": "X-Flag", "match": "is_true", "data": ""},
                      {"field": "Return-Path", "match": "contains", "data": "joe@"},
                      {"field": "Body", "match": "regex", "data": "/needle[0-9]+/i"},
                      {"field": "Previous Rule Match", "match": "equals", "data": "rule0"}]
        actions = [{"action": "stop"}, {"action": "flag"}, {"action": "mark_read"}, {"action": "delete"},
                   {"action": "quarantine"}, {"action": "add_keyword", "data": "Important"},
                   {"action": "copy_to_folder", "data": self.random.choice(("Copies", "Work/Copies"))},
                   {"action": "move_to_folder", "data": self.random.choice(("Moved", "Work"))},
                   {"action": "forward_to", "data": self._target(place)},
                   {"action": "set_forward_sender", "data": "rules@example.com"},
                   {"action": "modify_headers", "data": "X-Seen: by a rule"}]
        return {"name": f"rule{number}", "all_conditions": self._often(60),
                "conditions": self.random.sample(conditions, self.random.choice((0, 1, 1, 2))),
                "actions": self.random.sample(actions, self.random.choice((1, 2, 3)))}

    def _autoresponder(self, place):
        definition = {"name": "away", "keep_original": self._often(80), "response_text": "Away, {Subject}",
                      "min_interval_hours": self.random.choice((0, 24))}
        if self._often(30):
            definition["copy_original_to"] = [self._target(place)]
        rule = {"name": "always", "autoresponder": "away"}
        if self._often(30):
            rule["subject"] = "*" + self.random.choice(WORDS) + "*"
        return {"definitions": [definition], "rules": [rule]}

    def _name_aliases(self):
        """New names, and names of earlier users, whose mail they take away."""
        for place, name in enumerate(USERS):
            if self._often(15):
                self.users[name]["aliases"] = [f"{name}.alias"]
            elif 1 < place < 40 and self._often(6):
                self.users[name]["aliases"] = [USERS[self.random.randrange(place)]]

    def _mappings(self):
        anyone = USERS + PLAIN[:4] + LISTS + ["staff", "Everyone", "No-one", "*REMOTE"]
        mappings = []
        for number in range(12):
            for _ in range(self.random.choice((1, 1, 2, 3))):
                mappings.append((f"job{number}@example.com", self.random.choice(anyone)))
        for number in range(8):
            mappings.append((f"role{number}", self.random.choice(anyone)))
        for number in range(6):
            mappings.append((f"info{number}@*.example", self.random.choice(anyone)))
        for place in self.random.sample(range(2, 38), 6):
            mappings.append((f"{USERS[place]}@example.com", self.random.choice(USERS[place + 1:] + PLAIN[:4])))
        mappings += [(pattern, self.random.choice(anyone)) for pattern in
                     ("s?les", "u1?@second.example", "*.dept@example.com", "*@third.example", "~@second.example")]
        mappings += [("partner@second.example", "*REMOTE"), ("noise@example.com", "No-one"),
                     ("noise@example.com", self.random.choice(PLAIN[:4])), ("team", "news"), ("all", "Everyone")]
        while len(mappings) < 60:
            mappings.append((f"x{len(mappings)}*@example.com", self.random.choice(anyone)))
        return sorted(set(mappings))

    def _lists(self):
        text = toml_table("[[list]]", {"name": "news", "type": "mailing", "allow_incoming": True, "moderator": PLAIN[4],
                                       "members": [PLAIN[0], PLAIN[1], "reader@remote.example"]})
        for place, name in enumerate(LISTS):
            one = {"name": name, "allow_incoming": self._often(60)}
            later = LISTS[place + 1:]
            if self._often(20):
                one["type"] = "forwarding"
                one["members"] = [self.random.choice(LATE + PLAIN[:4])]
            else:
                members = self.random.sample(LATE + PLAIN[:4], self.random.randrange(0, 5))
                members += self.random.sample(later, min(len(later), self.random.choice((0, 0, 1, 2))))
                members += [self._remote() for _ in range(self.random.randrange(3))]
                members += [f"SMTP:{self._remote()}@{self.lan}"] if self._often(20) else []
                one["members"] = sorted(set(members))
            text += toml_table("[[list]]", one)
        return text

    @staticmethod
    def _groups():
        return (toml_table("[[group]]", {"name": "staff"})
                + toml_table("[[group]]", {"name": "closed", "enabled": False, "force": True}))

    # ---- messages ----

    def recipient(self):
        address = self.random.choice([
            lambda: self.random.choice(USERS + PLAIN[:4]) + "@example.com",
            lambda: self.random.choice(USERS + PLAIN[:4]) + "@example.com",
            lambda: self.random.choice(USERS) + "@second.example",
            lambda: self.random.choice(LISTS + ["news", "staff", "closed", "Admins"]) + "@example.com",
            lambda: self._of_mapping(self.random.choice(self.mappings)[0]),
            lambda: self._of_mapping(self.random.choice(self.mappings)[0]),
            lambda: self.random.choice(USERS) + ".alias@example.com",
            lambda: self.random.choice(("nobody", "x.y")) + "@" + self.random.choice(DOMAINS),
            lambda: self.random.choice((self._remote(), self._remote(), "any@never.example")),
            lambda: self.random.choice(("postmaster", "no-one", "mailer_daemon")) + "@example.com"])()
        return address.upper() if self._often(8) else address

    @staticmethod
    def _of_mapping(pattern):
        address = pattern.replace("~", "stray").replace("*.example", "third.example")
        address = address.replace("*", "any").replace("?", "1")
        return address if "@" in address else address + "@second.example"

    def envelope(self):
        """Sender, the user who logs in or None, recipients."""
        recipients = sorted({self.recipient() for _ in range(self.random.choice((1, 1, 2, 3, 4)))})
        self.random.shuffle(recipients)
        if self._often(55):
            return self.random.choice(STRANGERS + [""] * 2), None, recipients
        user = self.random.choice([name for name in self.users if self.can_log_in(name)])
        return user + "@example.com", user, recipients

    def message(self, number, sender, recipients):
        """Bytes. Sizes are often near those that rules ask for."""
        shown = recipients if self._often(75) else recipients[:1]
        extra = "X-Flag: yes\r\n" if self._often(30) else ""
        extra += self.random.choice(("", "", "", "Precedence: bulk\r\n", "Auto-Submitted: auto-generated\r\n"))
        subject = f"{number:03} {self.random.choice(WORDS)}"
        text = "A needle42 in it.\r\n" if self._often(25) else "Nothing in it.\r\n"
        raw = message(subject, sender or "mailer@remote.example", ", ".join(f"<{one}>" for one in shown), text, extra)
        size = self.random.choice((0, 0, 1024, 4096, 4096, 8192, 8192, 400_000))
        size += self.random.choice((-400, -200, -100, -50, -1, 0, 1)) if size else 0
        return raw if len(raw) + 2 > size else filled(raw, size)


def filled(raw, size):
    """With lines behind it, so that it has this size."""
    line = b"0123456789" * 6 + b"\r\n"
    raw += line * max(0, (size - len(raw)) // len(line) - 1)
    return raw + b"y" * (size - len(raw) - 2) + b"\r\n"
