"""DNS overrides of a direct sender: by domain and wildcard, by the user who sends, by the real MX names, with a port and
a log-in, beside the real records (SND-21, SND-22, SND-23, SND-25, SND-26, SND-27, SND-28)."""

from harness.waiting import expect, expect_equal, wait_for_value, wait_until


def scenario(stage):
    real, other, guarded = stage.sink(), stage.sink(), stage.sink(users={"office": "s3cret"})
    dns = stage.dns({
        "remote.example": {"MX": [(10, "mx.remote.example")]},
        "mx.remote.example": {"A": ["127.0.0.1"]},
        "hosted.example": {"MX": [(10, "a.hoster.example")]},
        "a.hoster.example": {"A": ["127.0.0.1"]},
        "both.example": {"MX": [(10, "mx.remote.example")]},
    })
    server = stage.new_server(users=["fred", "kate"])
    server.config.sections["dns"]["servers"] = [f"127.0.0.1:{dns.port}"]
    server.config.connections.append({"name": "main"})
    server.config.senders.append({
        "connection": "main", "kind": "direct", "mx_port": real.port, "dns_overrides": [
            f"*.difficult.example 127.0.0.1:{other.port} $end",
            f"closed.example office:s3cret@127.0.0.1:{guarded.port} $end",
            f"* 127.0.0.1:{other.port} $authsender=kate $end",
            f"* 127.0.0.1:{other.port} $dnsmx:*.hoster.example $end",
            # nobody answers there, so the real record, which comes later, has its turn
            "both.example 127.0.0.9:9 $adddns $priority:5 $end"]})
    server.start()

    def sent(user, to, sink):
        before = len(sink.messages)
        server.submit(user, to, "To " + to)
        wait_until(lambda: len(sink.messages) > before, "the message to " + to)
        expect_equal(sink.messages[-1].recipients, [to], "recipients")

    sent("fred", "a@remote.example", real)
    sent("fred", "a@sub.difficult.example", other)
    expect("sub.difficult.example" not in {name for name, _ in dns.questions}, "nobody asks for these MX records")
    sent("fred", "a@closed.example", guarded)
    expect_equal(guarded.messages[-1].user, "office", "log-in")
    sent("kate", "b@remote.example", other)
    sent("fred", "a@hosted.example", other)
    sent("fred", "a@both.example", real)
    wait_for_value(server.queue, [], "queue")
    expect("s3cret" not in server.log(), "the password is not logged")
