"""When no TCP connection of a run succeeds, the fallback connection runs at once; when one does, it does not
(CON-14 CON-15)."""

from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in, free_ports


def scenario(stage):
    closed, = free_ports(1)
    mailbox = stage.pop3_mailbox(messages=[message("By the fallback")])
    server = stage.new_server(users=["fred"])
    server.config.connections += [{"name": "main", "fallback": "spare"}, {"name": "spare", "default": False}]
    server.config.collectors += [
        {"name": "away", "connections": ["main"], "host": f"127.0.0.1:{closed}", "username": "box",
         "password": "box-secret", "method": "single_user", "target_user": "fred"},
        {"name": "isp", "connections": ["spare"], "host": f"127.0.0.1:{mailbox.port}", "username": "box",
         "password": "box-secret", "method": "single_user", "target_user": "fred"}]
    server.start()
    result = "\n".join(server.command("connection", "run", "main"))
    expect_in("trying spare", result, "what the run says")
    server.expect_subjects("fred", ["By the fallback"])

    mailbox.messages = [message("Not fetched")]
    second = stage.pop3_mailbox()
    server.config.collectors[0]["host"] = f"127.0.0.1:{second.port}"
    server.reload()
    result = "\n".join(server.command("connection", "run", "main"))
    expect("spare" not in result, f"the fallback ran though main had a connection: {result}")
    expect_equal(len(mailbox.messages), 1, "messages left for the spare connection")
