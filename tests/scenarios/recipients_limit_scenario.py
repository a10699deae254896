"""More recipients than recipients_max: the next ones get 452, the first ones the message (SMT-32)."""

from harness.messages import message
from harness.waiting import expect, expect_equal


def scenario(stage):
    server = stage.new_server(mappings=[("box-*", "fred")])
    server.config.services["mx"]["recipients_max"] = 100
    server.start()
    with server.smtp() as smtp:
        refused = smtp.sendmail("ann@remote.example", [f"box-{i}@example.com" for i in range(103)], message("Many"))
        expect_equal(sorted(refused), [f"box-{i}@example.com" for i in (100, 101, 102)], "refused recipients")
        for code, text in refused.values():
            expect(code == 452 and text.startswith(b"4.5.3"), f"{code} {text}")
    server.expect_subjects("fred", ["Many"])  # reached on 100 ways, once
