"""A mailbox above its quota: each day and at each start user and administrator are told at percentages of their own,
and when it grows above a stage those whom the stage names; the administrator is the message target MailboxQuota
(QTA-002 QTA-004 QTA-006)."""

from harness.messages import parsed, subject_of
from harness.waiting import expect_equal, expect_in, wait_for_value, wait_until

QUOTAS = """
[quota]
stage1_percent = 50
stage1_user = true
stage1_admin = false
stage2_percent = 100
stage2_user = false
stage2_admin = true
stage3_percent = 150
stage3_user = true
stage3_admin = true
daily_user_percent = 60
daily_admin_percent = 80

[message_targets]
MailboxQuota = "kate"
"""


def scenario(stage):
    server = stage.new_server(users=["kate"], more=QUOTAS)
    for user in ("calm", "little", "much", "first", "second", "third"):
        server.config.add_user(user, quota=10000)
    server.config.add_user("boss", administrator=True)
    server.start()

    def deliver(user, size):
        raw = b"Subject: mail\r\n\r\n" + b"x" * (size - 200) + b"\r\n"
        server.deliver(f"{user}@example.com", raw=raw)

    def warned(user):
        return len([raw for raw in server.messages(user) if subject_of(raw) != "mail"])

    def told_about():
        """About whom the administrator was told: each warning names its user."""
        texts = [parsed(raw).get_body().get_content() for raw in server.messages("kate")]
        return sorted(name for name in ("calm", "little", "much", "first", "second", "third")
                      for text in texts if name in text)

    # Each day, and at the start: calm is below 60 per cent, little above, much above 80.
    deliver("calm", 5500)
    deliver("little", 7000)
    deliver("much", 9000)
    server.restart()
    wait_until(lambda: warned("little") and warned("much") and told_about(), "warnings at the start")
    expect_equal([warned(user) for user in ("calm", "little", "much", "boss")], [0, 1, 1, 0], "daily warnings")
    expect_equal(told_about(), ["much"], "what the message target hears of")
    expect_in("of 10 kB", parsed(server.messages("little")[-1]).get_body().get_content(), "the text")

    # Growth between two looks at all mailboxes, which are two minutes apart.
    deliver("first", 5500)    # above the first stage: the user
    deliver("second", 10500)  # above two stages: the first one's user, the second one's administrator
    deliver("third", 15500)   # above all of them
    wait_until(lambda: warned("third"), "the next look", 150, 1)
    wait_for_value(lambda: [warned(user) for user in ("calm", "little", "much", "first", "second", "third", "boss")],
                   [0, 1, 1, 1, 1, 1, 0], "warnings of users")
    wait_for_value(told_about, ["much", "second", "third"], "what the message target hears of")
