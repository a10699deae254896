"""SIGHUP: a configuration with an error changes nothing; a good one is in force at once; no session is dropped."""

import smtplib

from harness.messages import message
from harness.waiting import Failed, accepts, expect, expect_equal, expect_in, free_ports, wait_until


def expect_refused(server, address):
    try:
        server.deliver(address, "Refused")
        raise Failed(f"{address} was accepted")
    except smtplib.SMTPRecipientsRefused:
        pass


def scenario(stage):
    server = stage.server(users=["fred", "kate"])
    smtp = server.smtp()
    with server.imap("fred") as imap:
        imap.select("INBOX")

        server.config.add_mapping("sales", "fred")
        server.config.sections["limits"] = {"hops_max": 7}
        log = server.reload()
        expect_in("limits.hops_max", log, "the log names the key")
        expect_in("nothing has changed", log, "the log says that nothing has changed")
        expect_refused(server, "sales@example.com")
        done = server.run("reload")
        expect(done.code == 1 and "hops_max" in done.errors, f"reload as a command: {done.text()}")

        server.config.sections["limits"] = {"hops_max": 30}
        server.config.mappings[0]["target"] = "nobody-of-this-name"
        server.reload()
        expect_refused(server, "sales@example.com")

        server.config.mappings[0]["target"] = "fred"
        server.config.add_user("bob")
        server.config.users = [user for user in server.config.users if user["name"] != "kate"]
        port, = free_ports(1)
        server.config.services["second"] = {"protocol": "smtp"}
        server.ports["second"] = port
        expect_in("the configuration is in force", server.reload(), "the log")
        server.deliver("sales@example.com", "By the new mapping")
        server.deliver("bob@example.com", "To the new user", service="second")
        server.expect_subjects("fred", ["By the new mapping"])
        server.expect_subjects("bob", ["To the new user"])
        expect_refused(server, "kate@example.com")

        del server.config.services["second"]
        server.reload()
        wait_until(lambda: not accepts(port), "the closed service no longer listens")

        expect_equal(imap.noop()[0], "OK", "the IMAP session has lived through it")
        expect_equal(imap.fetch("1", "(FLAGS)")[0], "OK", "FETCH")
    smtp.sendmail("ann@remote.example", "fred@example.com", message("In the old session"))
    smtp.quit()
    server.expect_subjects("fred", ["By the new mapping", "In the old session"])
