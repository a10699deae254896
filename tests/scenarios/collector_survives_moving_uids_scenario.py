"""A server with leave_days gives a known UID to another message: its UIDs are the places of the messages, or come
again after another client has deleted some. Every message arrives exactly once and none is deleted unfetched (COL-18
COL-5); a message that really came twice is there twice."""

from harness.messages import message, subject_of
from harness.waiting import expect, expect_equal

KINDS = {
    "places": lambda index, raw: str(index + 1),
    "places from 0": lambda index, raw: str(index),
    "words with places": lambda index, raw: f"position-{index}",
}


def scenario(stage):
    mailbox = stage.pop3_mailbox()
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                     "username": "box", "password": "box-secret", "leave_days": 7,
                                     "method": "single_user", "target_user": "fred"})
    server.start()
    expected = []

    def put(kind, *letters, lines=1):
        mailbox.messages += [message(f"{kind} {letter}", body="x\r\n" * lines) for letter in letters]
        expected.extend(f"{kind} {letter}" for letter in letters)

    def run(why):
        left = list(mailbox.messages)
        result = "\n".join(server.command("connection", "run", "main"))
        expect("Connection successful" in result, f"{why}: {result}")
        server.expect_subjects("fred", expected)
        expect_equal([subject_of(raw) for raw in mailbox.messages], [subject_of(raw) for raw in left],
                     f"{why}: what is left on the server")

    def fetches():
        return sum(command.startswith("RETR") for command in mailbox.commands)

    for kind, uid_of in KINDS.items():
        mailbox.messages.clear()
        mailbox.uid_of = uid_of
        run(f"{kind}: nothing there")
        put(kind, "A", "B", "C")
        run(f"{kind}: three of one size")
        del mailbox.messages[0]
        put(kind, "D", lines=50)
        run(f"{kind}: a larger one takes the UID of the third")
        del mailbox.messages[1]
        put(kind, "E", lines=20)
        put(kind, "F", lines=70)
        run(f"{kind}: all sizes differ")
        before = fetches()
        run(f"{kind}: nothing new")
        expect_equal(fetches(), before, f"{kind}: nothing is fetched when nothing has changed")
        if kind.startswith("places"):
            mailbox.messages.append(mailbox.messages[0])
            expected.append(subject_of(mailbox.messages[0]))
            run(f"{kind}: the same message once more")

    # Places show that something is gone even when the message at the last one is as large as the one before.
    mailbox.uid_of = KINDS["places"]
    mailbox.messages.clear()
    put("even", "A", lines=5)
    put("even", "B", "C")
    run("even: three")
    del mailbox.messages[0]
    put("even", "D")
    run("even: the third place holds another message of the same size")
    del mailbox.messages[0]
    run("even: one is gone")
    put("even", "E")
    run("even: the place that was free has a message of the same size")

    # A wish was for the message that was there.
    server.command("collector", "delete", "isp", "1")
    del mailbox.messages[0]
    put("wish", "A", lines=9)
    put("wish", "B", lines=90)
    run("the message that was to be deleted is gone")
