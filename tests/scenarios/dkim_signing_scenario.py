"""Own mail is signed by all keys of its domain while it is sent, and an independent verifier agrees: small and large
messages, list copies with their links, after a reload; what strangers send is not signed (WIK-018 WIK-019 SMT-38)."""

import os
import stat

import dkim

from harness.messages import message, parsed
from harness.programs import run_program
from harness.waiting import expect, expect_equal, expect_in


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred", "kate"], services=("mx", "submission", "imap", "web"))
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{sink.port}"]})
    server.config.users[1]["routing"] = {"forward_to": ["far@remote.example"]}
    server.write_config()

    keys = server.command("dkim", "new", "example.com", "--selector", "Nov26")
    expect_equal([(key["selector"], key["algorithm"], key["bits"]) for key in keys],
                 [("nov26", "rsa-sha256", 2048), ("nov26-ed25519", "ed25519-sha256", 256)], "new keys")
    for key in keys:
        expect_equal(stat.S_IMODE(os.stat(key["key"]).st_mode), 0o600, "mode of " + key["key"])
    before = open(keys[0]["key"], "rb").read()
    again = server.run("dkim", "new", "example.com", "--selector", "nov26")
    expect_equal(again.code, 1, "a key is never overwritten")
    expect_in("exists already", again.errors, "why")
    expect_equal(open(keys[0]["key"], "rb").read(), before, "the key")

    links = '[lists]\nunsubscribe_url = "http://lists.example.com"\n'

    def configure(*active, more=""):
        server.config.more = links + more + "".join(
            f'[[dkim]]\ndomain = "Example.com"\nselector = "{key["selector"]}"\nkey = "{key["key"]}"\n'
            f'active = {"true" if on else "false"}\n' for key, on in zip(keys, active))

    configure(True, True)
    server.start()
    shown = server.command("dkim", "show")
    expect_equal([one["record"] for one in shown], [key["record"] for key in keys], "records")
    zone = {one["record_name"].lower() + ".": one["record"] for one in shown}

    def signatures(data):
        """(selector, valid) of each signature, in the order of the message."""
        found = []
        for index, field in enumerate(parsed(data).get_all("DKIM-Signature") or []):
            tags = dict(tag.strip().split("=", 1) for tag in field.replace("\n", " ").split(";"))
            good = dkim.DKIM(data).verify(
                idx=index, dnsfunc=lambda name, timeout=5: zone.get(name.decode().lower(), "").encode())
            found.append((tags["s"], good))
        return found

    both = [("nov26", True), ("nov26-ed25519", True)]
    server.submit("fred", "bob@remote.example", "Small")
    got = sink.wait_for(1)[0].data
    expect_equal(signatures(got), both, "signatures")
    expect_equal(signatures(got.replace(b"Subject: Small", b"Subject: Other")),
                 [(name, False) for name, _ in both], "with another subject")
    expect_equal(signatures(b"From: <eve@example.com>\r\n" + got), [(name, False) for name, _ in both],
                 "with another From on top")
    expect("Return-Path" not in parsed(got), "what belongs to the mailbox is not sent")

    large = message("Large", "fred@example.com", "bob@remote.example",
                    "".join(f"line {n}  with \t blanks  \r\n" * 2 + "\r\n" for n in range(20000)) + "\r\n\r\n")
    server.submit("fred", "bob@remote.example", raw=large)
    got = sink.wait_for(2)[1].data
    expect_equal(signatures(got), both, "signatures of a large message")
    expect(got.endswith(large.encode()[-5000:] if isinstance(large, str) else large[-5000:]), "its text is unchanged")

    server.command("list", "add", "news", "type=mailing", "allow_subscribe=true", "--member", "ann@remote.example")
    server.submit("fred", "news@example.com", "To the list")
    got = sink.wait_for(3)[2].data
    expect_equal(signatures(got), both, "signatures of a list copy")
    covered = parsed(got)["DKIM-Signature"].replace("\r\n", "").replace("\n", "").replace(" ", "")
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post"):
        expect(name in parsed(got), name)
        expect_in(":" + name, covered, "covered fields")

    server.submit("fred", "bob@remote.example", raw=message("Elsewhere", "fred@elsewhere.example", "bob@remote.example"))
    expect_equal(signatures(sink.wait_for(4)[3].data), [], "another domain has no key")
    server.deliver("kate@example.com", raw=message("Forged", "fred@example.com", "kate@example.com"))
    expect_equal(signatures(sink.wait_for(5)[4].data), [], "a stranger's mail that is passed on")

    configure(False, True)
    server.reload()
    server.submit("fred", "bob@remote.example", "After the reload")
    expect_equal(signatures(sink.wait_for(6)[5].data), both[1:], "only the active key signs")

    weak = os.path.join(server.folder, "weak.pem")
    run_program(["openssl", "genrsa", "-out", weak, "768"])
    os.chmod(weak, 0o644)
    configure(True, True, more='[[dkim]]\ndomain = "weak.example"\nselector = "s"\nkey = "weak.pem"\n')
    server.write_config()
    checked = server.run("check")
    expect_equal(checked.code, 1, "check")
    line = server.config.text().split("\n").index('domain = "weak.example"')
    expect_in(f"stagecoach.toml:{line}: dkim.key: the file {weak} has 768 bits", checked.output, "check")
    expect_in("everybody on this machine can read", checked.output, "check")
