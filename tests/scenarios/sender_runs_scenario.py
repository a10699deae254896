"""A sender at work: name servers and a cache of its own, what arrives during a run, and what came of the last one, of
collectors and of mail that is sent at once, also after a restart (SND-19 SND-20 SND-34 SND-46)."""

import threading
import time

from harness.messages import message
from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until

TTL = 3


def slow(sink):
    """Makes the end of each message take a while."""
    keep = sink.keep
    sink.keep = lambda one: (time.sleep(1), keep(one))


def own_name_servers(stage):
    sink = stage.sink()
    common, own = stage.dns({"other.example": {"A": ["127.0.0.1"]}}), stage.dns({
        "remote.example": {"MX": [(10, "mx.remote.example")]}, "mx.remote.example": {"A": ["127.0.0.1"]}})
    own.ttl = TTL
    server = stage.new_server(users=["fred"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{common.port}"]
    server.config.connections.append({"name": "main"})
    sender = {"connection": "main", "kind": "direct", "mx_port": sink.port, "max_messages_per_session": 1,
              "dns_servers": f"127.0.0.1:{own.port}"}
    server.config.senders.append(sender)
    server.start()

    def questions():
        """How often the MX records were asked for, for one more message."""
        before, sent = len(own.questions), len(sink.messages)
        server.submit("fred", "bob@remote.example")
        server.command("connection", "run", "main")
        sink.wait_for(sent + 1)
        wait_for_value(server.queue, [], "the queue")
        return own.questions[before:].count(("remote.example", "MX"))

    expect_equal(questions(), 1, "questions for the first message")
    expect_equal(questions(), 0, "questions within the TTL")
    time.sleep(TTL + 1)
    expect_equal(questions(), 1, "questions after the TTL")
    sender["dns_cache_size"] = 0
    server.reload()
    expect_equal([questions(), questions()], [1, 1], "questions without a cache")
    expect("remote.example" not in {name for name, _ in common.questions}, "the common name servers were asked")
    del sender["dns_servers"]
    server.reload()
    server.submit("fred", "bob@remote.example", "Nobody knows")
    server.run("connection", "run", "main")
    wait_until(lambda: ("remote.example", "MX") in common.questions, "the common name servers are asked")


def runs(stage):
    sink = stage.sink()
    slow(sink)
    server = stage.new_server(users=["fred"])
    server.config.sections["schedule_options"] = {"send_immediately": False}
    server.config.connections.append({"name": "main"})
    sender = {"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]}
    server.config.senders.append(sender)
    server.start()

    def sent_by_a_run():
        """Of two messages, when the second comes while the first one is being sent."""
        before, commands = len(sink.messages), len(sink.commands)
        server.submit("fred", "bob@remote.example", "Waits")
        run = threading.Thread(target=server.command, args=("connection", "run", "main"))
        run.start()
        wait_until(lambda: "DATA" in sink.commands[commands:], "the run is sending")
        server.submit("fred", "eve@remote.example", "Comes later")
        run.join(30)
        return len(sink.messages) - before

    expect_equal(sent_by_a_run(), 2, "sent, and nothing waits then")
    expect_equal(server.queue(), [], "the queue")
    sender["only_waiting_at_start"] = True
    server.reload()
    expect_equal(sent_by_a_run(), 1, "sent of what waited at the start")
    expect_equal([entry["to"] for entry in server.queue()], ["eve@remote.example"], "what waits for the next run")

    def last():
        connection, = server.command("connection", "list")
        return "\n".join(connection["last_results"])

    server.command("connection", "run", "main")
    expect_in("cause: command", last(), "why it ran")
    expect_in("delivered 1, deferred 0, failed 0", last(), "the result of a run that has sent")
    sink.replies["MAIL"] = "451 4.3.0 later"
    server.submit("fred", "bob@remote.example", "Refused")
    server.command("connection", "run", "main")
    expect_in("delivered 0, deferred 1, failed 0", last(), "the result of a run that has not")


def results_after_a_restart(stage):
    sink, mailbox = stage.sink(), stage.pop3_mailbox(messages=[message("Collected")])
    server = stage.new_server(users=["fred"])
    config = server.config
    config.connections += [{"name": "main"}, {"name": "fetch"}, {"name": "idle"}]
    config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    config.collectors.append({"name": "isp", "connections": ["fetch"], "host": f"127.0.0.1:{mailbox.port}",
                              "username": "box", "password": "box-secret", "method": "single_user",
                              "target_user": "fred"})
    server.start()

    def listed():
        return {one["name"]: one for one in server.command("connection", "list")}

    def restart():
        server.stop()
        server.start()

    for name in ("main", "fetch"):
        server.command("connection", "run", name)
    before = listed()
    expect_in("sender: nothing to send", "\n".join(before["main"]["last_results"]), "a run with nothing to do")
    expect_in("collector isp: Connection successful; fetched 1", "\n".join(before["fetch"]["last_results"]), "a visit")
    expect_equal((before["idle"]["last_run"], before["idle"]["last_results"]), (None, []), "what has never run")
    restart()
    expect_equal(listed(), before, "the results after a restart")

    # Sent at once, without a run; a failure too.
    server.submit("fred", "bob@remote.example", "At once")
    without_a_run = wait_until(lambda: [line for line in listed()["main"]["last_results"]
                                        if line.startswith("without a run, 20")], "the result of sending at once")
    expect_in("delivered 1, deferred 0, failed 0", without_a_run[0], "what was sent at once")
    time.sleep(3)  # results of this kind are not stored more often
    sink.replies["RCPT"] = "550 5.1.1 nobody"
    server.submit("fred", "eve@remote.example", "Refused at once")
    wait_until(lambda: "failed 1" in listed()["main"]["last_results"][-1], "the result of a failure")
    time.sleep(1)
    before = listed()
    server.command("connection", "run", "fetch")
    restart()
    expect_equal(listed()["main"], before["main"], "both results after a restart")
    expect_in("fetched 0", "\n".join(listed()["fetch"]["last_results"]), "a later run wins")

    # A connection that has gone leaves nothing behind.
    fetching, collectors = config.connections.pop(1), list(config.collectors)
    config.collectors.clear()
    server.reload()
    config.connections.append(fetching)
    config.collectors += collectors
    server.reload()
    expect_equal(listed()["fetch"]["last_results"], [], "a new connection of an old name")
    restart()
    expect_equal(listed()["fetch"]["last_results"], [], "the same after a restart")
    expect_equal(listed()["main"], before["main"], "the others")


def scenario(stage):
    own_name_servers(stage)
    runs(stage)
    results_after_a_restart(stage)
