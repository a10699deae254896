"""Collectors of IMAP and of POP3 that log in with an access token: it is fetched with the refresh token, used by the
visits and by the watch of new mail, and fetched anew when the server refuses it; a provider that says no is the result
of the visit, and no secret is in the log (COL-5)."""

import base64
import json
import re

from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in
from harness.web_files import WebFiles


def token(value):
    return 200, json.dumps({"access_token": value, "expires_in": 3600})


def pop3_login(tokens):
    """The reply of a POP3 server to AUTH that takes these."""
    def fault(command, argument):
        if command != "AUTH":
            return None
        shown = re.search("auth=Bearer ([^\1]*)\1", base64.b64decode(argument.split(" ")[1]).decode())[1]

        def reply(session):
            session.logged_in = shown in tokens
            if session.logged_in:
                return session.say("+OK")
            session.say("+ " + base64.b64encode(b'{"status":"401"}').decode())
            session.file.readline()
            return session.say("-ERR [AUTH] no")
        return reply
    return fault


def scenario(stage):
    web = stage.keep_until_the_end(WebFiles(None))
    web.answers = [token("token-one"), token("token-two")]
    tokens = ["token-one"]
    imap = stage.imap_mailbox(capabilities="UIDPLUS MOVE SASL-IR AUTH=XOAUTH2", tokens=tokens)
    pop3 = stage.pop3_mailbox(messages=[message("P1")])
    imap.tokens = tokens
    imap.folders["INBOX"].append(message("I1"))
    pop3.fault = pop3_login(tokens)
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    for kind, port in (("imap", imap.port), ("pop3", pop3.port)):
        server.config.collectors.append({
            "name": kind, "connections": ["main"], "kind": kind, "host": f"127.0.0.1:{port}", "username": "box",
            "auth": "xoauth2", "method": "single_user", "target_user": "fred", "log_data": True,
            "oauth": {"token_url": f"http://127.0.0.1:{web.port}/token", "client_id": "stagecoach",
                      "client_secret": "the-client-secret", "refresh_token": "the-refresh-token"}})
    server.start()

    def run():
        return "\n".join(server.command("connection", "run", "main"))

    lines = run()
    for kind in ("imap", "pop3"):
        expect_in(f"collector {kind}: Connection successful; fetched 1, deleted 1", lines, "the first visit")
    expect_equal(len(web.forms), 1, "one token for both")

    # Withdrawn before its time.
    tokens[:] = ["token-two"]
    imap.folders["INBOX"].append(message("I2"))
    pop3.messages.append(message("P2"))
    lines = run()
    for kind in ("imap", "pop3"):
        expect_in(f"collector {kind}: Connection successful; fetched 1, deleted 1", lines, "the second visit")
    expect_equal(len(web.forms), 2, "questions to the provider")
    server.expect_subjects("fred", ["I1", "P1", "I2", "P2"])

    # Refused again, and the provider says no.
    tokens.clear()
    web.answers = [(400, json.dumps({"error": "invalid_grant", "error_description": "revoked"}))]
    lines = run()
    # Whoever is later may hear of the provider what the other one has asked it.
    said = {line.split(":")[0]: line.partition(": ")[2] for line in lines.split("\n")}
    refusals = {"collector imap": 'Error from remote server on "AUTHENTICATE XOAUTH2 *****" -> NO',
                "collector pop3": 'Error from remote server on "AUTH XOAUTH2 *****" -> -ERR'}
    refused = [name for name, text in refusals.items() if said[name].startswith(text)]
    expect(refused, f"nobody says what the server replied: {lines}")
    expect(all(name in refused or "invalid_grant revoked" in said[name] for name in refusals), f"what they say: {lines}")
    lines = run()
    expect_in("invalid_grant revoked", lines, "the reason of the provider")
    for secret in ("the-client-secret", "the-refresh-token", "token-one", "token-two"):
        expect(secret not in server.log(), f"the log says {secret}")
