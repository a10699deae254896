"""For a directory and messages at random, `explain message` says before what a delivery does after: the reply for each
recipient, the folders with their flags, what goes outside, what waits, and the plan with its reasons in `trace`
(MAP-029 REF-052)."""

import collections
import itertools
import os
import random
import re

from harness.messages import parsed
from harness.random_directory import PLAIN, RandomDirectory
from harness.server import quoted
from harness.waiting import Failed, expect, expect_equal, wait_for_value

MESSAGES = 120
SEED = int(os.environ.get("STAGECOACH_SEED", "20261120"))


class Proof:
    """Explains, delivers and remembers what must have happened at the end."""

    def __init__(self, stage, server, directory):
        self.stage, self.server, self.directory = stage, server, directory
        self.copies, self.sent, self.answers = collections.Counter(), collections.Counter(), collections.Counter()
        self.held = collections.Counter()
        self.known = set()  # Message-IDs of all, also of those that nobody may have
        self.delivered = self.refused = 0

    def explain(self, path, sender, user, recipients):
        words = [word for one in recipients for word in ("--to", one)]
        words += ["--via", "submission", "--user", user] if user else ["--via", "mx"]
        return self.server.command("explain", "message", path, "--from", sender, *words)

    def run(self, number):
        sender, user, recipients = self.directory.envelope()
        raw = self.directory.message(number, sender, recipients)
        message_id = str(parsed(raw)["Message-ID"])
        self.known.add(message_id)
        path = self.stage.file(f"{number:03}.eml", raw)
        what = f"message {number} from <{sender}> to {recipients}"
        explained = self.explain(path, sender, user, recipients)
        with self.server.smtp("submission" if user else "mx", user) as session:
            expect_equal(session.mail(sender)[0], 250, f"MAIL, {what}")
            replies = {one: reply_text(session.rcpt(one)) for one in recipients}
            refused = {one for one, reply in replies.items() if not reply.startswith("250")}
            self.compare_refusals(what, explained["plan"], replies, refused)
            if len(refused) == len(recipients):
                self.refused += 1
                return
            plan = [line for line in explained["plan"] if refused_in(line) not in refused]
            reply = reply_text(session.data(raw))
        if all(refused_in(line) for line in plan):
            self.refused += 1
            return expect_equal(reply, plan[0].split(": ", 1)[1], f"DATA, {what}")
        expect(reply.startswith("250"), f"DATA, {what}: {reply}, but the plan is {plan}")
        self.delivered += 1
        self.compare_trace(what, plan, explained["reasons"], refused, message_id)
        self.expect_effects(message_id, str(parsed(raw)["Subject"]), plan)

    @staticmethod
    def compare_refusals(what, plan, replies, refused):
        planned = dict(line.removeprefix("refuse ").split(": ", 1) for line in plan if refused_in(line))
        for recipient in refused:
            expect_equal(replies[recipient], planned.get(recipient), f"the reply for {recipient}, {what}")

    def compare_trace(self, what, plan, reasons, refused, message_id):
        """Behind the reasons of the message are those of the recipients that it never saw."""
        entries = [one for one in self.server.command("trace", message_id.strip("<>"))
                   if one["event"] == "accepted" and one["detail"]["source"] != "system"]
        expect_equal(len(entries), 1, f"entries in the trace, {what}")
        done = entries[0]["detail"]
        expect(refused or len(done["reasons"]) == len(reasons), f"the reasons, {what}\n    explained: {reasons}")
        pairs = [*itertools.zip_longest(done["plan"], plan), *zip(done["reasons"], reasons)]
        different = [f"done:      {did}\n    explained: {said}" for did, said in pairs if did != said]
        expect(not different, f"{what}\n    " + "\n    ".join(different[:3]))
        expect(len(done["reasons"]) <= len(reasons), f"the reasons that are left out, {what}")

    def expect_effects(self, message_id, subject, plan):
        taken = {name for line in plan for name in re.findall(", until it is taken from the INBOX of ([^ ,]+)", line)}
        places = set()
        for line in plan:
            kind, _, rest = line.partition(" ")
            if kind == "deliver":
                user, folder, *flags = rest.partition(", changed: ")[0].removeprefix("to ").split(", ")
                folder = folder.removeprefix("folder ")
                if user not in taken or folder != "INBOX":
                    places.add((user, folder, tuple(sorted(flags))))
            elif kind == "enqueue":
                address = rest.removeprefix("for ").split(" ")[0].rstrip(",")
                if ", held for " in rest:
                    self.held[subject, address] += 1
                else:
                    self.sent[message_id, address] += 1
            elif line == "post to the list news":
                self.copies.update((message_id, member, "INBOX", ()) for member in PLAIN[:2])
                self.sent[message_id, "reader@remote.example"] += 1
            elif line.startswith("send monitor to "):
                self.copies[message_id, line.split(" ")[-1].partition("@")[0], "INBOX", ()] += 1
            elif line.startswith("send autoresponse to "):
                if not line.endswith("@example.com"):
                    self.answers[message_id, line.split(" ")[-1]] += 1
            elif kind not in ("refuse", "discard"):
                raise Failed(f"nothing is known of the step {line!r}")
        self.copies.update((message_id, *place) for place in places)


def reply_text(reply):
    code, text = reply
    return f"{code} {text.decode()}"


def refused_in(line):
    """The recipient that this step of a plan refuses."""
    return line.removeprefix("refuse ").split(": ")[0] if line.startswith("refuse ") else None


def flags_of(text):
    flags = re.search(r"FLAGS \(([^)]*)\)", text).group(1).split()
    return tuple(sorted(flag for flag in flags if flag != "\\Recent"))


def stored_copies(server, user):
    """(Message-ID, user, folder, flags) of each message in his mailbox."""
    with server.imap(user) as session:
        for line in session.list()[1]:
            folder = re.search(rb'"?([^" ]+|[^"]+)"?$', line).group(1).decode()
            if session.select(quoted(folder), readonly=True)[0] != "OK":
                continue
            _, found = session.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
            for part, after in zip(found, found[1:] + [b""]):
                if isinstance(part, tuple):
                    more = after.decode() if isinstance(after, bytes) else ""
                    yield str(parsed(part[1])["Message-ID"]), user, folder, flags_of(part[0].decode() + more)


def compare(got, expected, what):
    got, expected = collections.Counter(got), collections.Counter(expected)
    expect(got == expected, f"{what}\n    missing: {sorted((expected - got).items())[:10]}\n"
                            f"    too many: {sorted((got - expected).items())[:10]}")


def scenario(stage):
    print(f"seed {SEED}")
    sink, lan = stage.sink(), stage.sink()
    server = stage.new_server(users=[])
    directory = RandomDirectory(random.Random(SEED), lan.port)
    directory.write(server.config)
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()
    proof = Proof(stage, server, directory)
    for number in range(MESSAGES):
        proof.run(number)
    expect(proof.delivered > MESSAGES / 3 and proof.refused > 5,
           f"the scenario shows little: {proof.delivered} delivered, {proof.refused} refused")
    compare_outside(server, proof, (sink, lan))
    directory.open_all(server.config)
    server.reload()
    copies = [copy for user in directory.users for copy in stored_copies(server, user)]
    compare([copy for copy in copies if copy[0] in proof.known], proof.copies, "copies in mailboxes")


def compare_outside(server, proof, sinks):
    """What the queue still holds, and what other servers have got. Of the automatic answers those to strangers."""
    wait_for_value(lambda: [entry for entry in server.queue() if entry["state"] != "timed"], [], "what is not held", 20,
                   0.2)
    compare([(entry["subject"], entry["to"]) for entry in server.queue()], proof.held, "what is held")
    sent = [(parsed(one.data), to) for sink in sinks for one in sink.messages for to in one.recipients]
    known = proof.known
    compare([(str(head["Message-ID"]), to) for head, to in sent if str(head["Message-ID"]) in known], proof.sent,
            "what went outside")
    compare([(str(head["In-Reply-To"]), to) for head, to in sent
             if str(head["In-Reply-To"]) in known and "@example.com" not in str(head["To"])], proof.answers,
            "automatic answers")
