"""A relay that takes XOAUTH2: the token is fetched with the refresh token, kept until it expires, fetched anew when the
relay refuses it; a provider that says no leaves the mail in the queue with its words, and no secret in the log."""

import base64
import json

from harness.smtp_sink import SmtpSink
from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until
from harness.web_files import WebFiles

SECRETS = ("the-refresh-token", "the-client-secret", "token-one", "token-two")


class TokenSink(SmtpSink):
    """A relay that lets those in who show one of its tokens."""

    def __init__(self, **named):
        self.tokens, self.shown = {"token-one"}, []
        super().__init__(users={"fred@provider.example": ""}, mechanisms=("XOAUTH2",), **named)
        self.replies["AUTH XOAUTH2"] = None

    def scripted(self, command):
        if not command.startswith("AUTH XOAUTH2 "):
            return super().scripted(command)
        user, token, _, _ = base64.b64decode(command.split(" ")[2]).decode().split("\x01")
        self.shown.append((user.removeprefix("user="), token.removeprefix("auth=Bearer ")))
        if self.shown[-1][1] in self.tokens:
            return "235 2.7.0 welcome"
        return "535 5.7.8 token expired"

    def keep(self, message):
        super().keep(message)


def token(value, **more):
    return 200, json.dumps({"access_token": value, "expires_in": 3600, **more})


def scenario(stage):
    sink = stage.keep_until_the_end(TokenSink())
    sink.users = {}  # AUTH is offered by hand, MAIL needs no name
    sink.extensions.append("AUTH XOAUTH2 PLAIN")
    web = stage.keep_until_the_end(WebFiles(None))
    web.answers = [token("token-one", refresh_token="the-refresh-token-2"), token("token-two")]
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    server.config.senders.append({
        "connection": "main", "servers": [f"127.0.0.1:{sink.port}"], "username": "fred@provider.example",
        "auth_method": "xoauth2", "encryption": "none",
        "oauth": {"token_url": f"http://127.0.0.1:{web.port}/token", "client_id": "stagecoach",
                  "client_secret": "the-client-secret", "refresh_token": "the-refresh-token", "scope": "mail send"}})
    server.start()

    server.submit("fred", "bob@remote.example", "First")
    sink.wait_for(1)
    expect_equal(sink.shown, [("fred@provider.example", "token-one")], "what the relay was shown")
    expect_equal(web.forms, ["grant_type=refresh_token&refresh_token=the-refresh-token&client_id=stagecoach"
                             "&client_secret=the-client-secret&scope=mail%20send"], "what the provider was asked")

    # Kept for the next session; refused by the relay, it is fetched anew, with the new refresh token.
    wait_until(lambda: sink.commands[-1] == "QUIT", "the session has ended", 20)
    server.submit("fred", "bob@remote.example", "Second")
    sink.wait_for(2)
    expect_equal(len(web.forms), 1, "questions to the provider")
    wait_until(lambda: sink.commands[-1] == "QUIT", "the session has ended", 20)
    sink.tokens = {"token-two"}
    server.submit("fred", "bob@remote.example", "Third")
    sink.wait_for(3, 20)
    expect_in("refresh_token=the-refresh-token-2", web.forms[1], "the second question")

    # The provider says no.
    wait_until(lambda: sink.commands[-1] == "QUIT", "the session has ended", 20)
    sink.tokens = set()
    web.answers = [(400, json.dumps({"error": "invalid_grant", "error_description": "revoked"}))]
    server.submit("fred", "bob@remote.example", "Fourth")
    entry = wait_until(lambda: [one for one in server.queue() if one["attempts"] > 0], "the message waits", 20)[0]
    expect_in("invalid_grant revoked", entry["last_reply"], "the reason")
    for secret in SECRETS:
        expect(secret not in server.log(), f"the log says {secret}")
    sink.tokens, web.answers = {"token-one"}, [token("token-one")]
    server.config.senders[0]["oauth"]["refresh_token"] = "another"
    server.reload()
    server.command("queue", "retry", "--match", "example")
    wait_for_value(server.queue, [], "the queue with another refresh token", 20)

    # What check says.
    server.config.senders[0]["oauth"] = {"token_url": "http://provider.example/token"}
    server.write_config()
    said = server.run("check").output
    for part in ("oauth.token_url: must be an https address", "oauth.client_id: is missing", "oauth.refresh_token: is missing"):
        expect_in(part, said, "check")
