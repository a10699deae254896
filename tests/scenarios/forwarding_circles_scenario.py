"""Circles of forwards and lists: declared ones are found by check, those of the database end with a refusal or a
bounce, never in a storm; automatic answers do not answer each other."""

import smtplib

from harness.waiting import expect, expect_equal, expect_in

AWAY = {"definitions": [{"name": "Away", "min_interval_hours": 0, "response_text": "Away"}],
        "rules": [{"name": "All", "autoresponder": "Away"}]}


def scenario(stage):
    circle = stage.new_server(users=["fred"])
    circle.config.add_user("kate", routing={"forward_to": ["joe"]})
    circle.config.add_user("joe", routing={"forward_to": ["kate"]})
    circle.write_config()
    checked = circle.run("check")
    expect_equal(checked.code, 1, "check finds the circle")
    expect_in("kate -> joe -> kate", checked.output + checked.errors, "and names it")

    server = stage.new_server(users=["fred"])
    server.config.add_user("ann", autoresponder=AWAY)
    server.config.add_user("bob", autoresponder=AWAY)
    server.start()
    server.command("user", "add", "kate", "--random-password")
    server.command("user", "add", "joe", "routing.forward_to=kate", "--random-password")
    done = server.run("user", "set", "kate", "routing.forward_to=joe")
    expect(done.code == 1, "a change that makes a circle is refused")
    expect_in("joe", done.errors, "and names it")

    # A wildcard mapping closes a circle that no check sees: the sender hears of it at once.
    server.command("mapping", "add", "out*@example.com", "joe")
    server.command("user", "set", "kate", "routing.forward_to=outer@example.com")
    try:
        server.deliver("joe@example.com", "Round")
        expect(False, "the circle was accepted")
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        expect_equal(code, 550, "the reply")
        expect_in("back to itself", text.decode(), "its text")

    # Two automatic answers: each answers the person, none the other.
    server.submit("ann", "bob@example.com", "Hello")
    server.expect_subjects("bob", ["Hello"])
    server.expect_subjects("ann", ["Auto: Hello"])
