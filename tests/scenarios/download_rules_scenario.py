"""Download rules on a POP3 mailbox: what is fetched, who gets it, what is deleted, who is told
(COL-21 COL-22 COL-23 COL-24 COL-29 COL-30 COL-31 COL-32 COL-35 COL-36 COL-37 COL-38 COL-39 COL-40 COL-41 COL-42 COL-43
COL-44 COL-45 COL-46 COL-47 COL-48 COL-62 COL-63 WIK-059)."""

import os

from harness.configuration import toml_table
from harness.messages import message, parsed, subject_of
from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal, expect_in

BODY = "The body.\r\n" * 50


def rule(action, subject=None, **settings):
    settings["action"] = action
    if subject:
        settings["conditions"] = [{"type": "Subject", "op": "equals", "data": subject}]
    return settings


def scenario(stage):
    mailbox = stage.pop3_mailbox()
    server = stage.new_server(users=["fred", "kate", "postmaster"])
    server.config.connections.append({"name": "main"})
    server.config.collectors.append({"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                                     "username": "box", "password": "box-secret", "method": "single_user",
                                     "target_user": "fred", "leave_days": 3, "use_download_rules": True})

    def rules(*all_rules):
        server.config.more = "".join(toml_table("[[download_rule]]", one) for one in all_rules)
        if server.program:
            server.reload()

    def put(*subjects, **more):
        mailbox.messages += [message(subject, body=BODY, **more) for subject in subjects]

    def collect():
        lines = server.command("connection", "run", "main")
        expect("Connection successful" in "\n".join(lines), f"results: {lines}")

    def left():
        return sorted(subject_of(raw) for raw in mailbox.messages)

    def told(user, subject):
        return server.wait_for_message(user, subject)

    rules(rule("download", "Plain"),
          rule("redirect", "Redirected", targets=["kate"], name="to Kate"),
          rule("copy", "Copied", targets=["kate Customers"]),
          rule("download_and_delete", "At once"),
          rule("redirect_download_and_delete", "At once to Kate", targets=["kate"]),
          rule("copy_download_and_delete", "At once to both", targets=["kate"]),
          rule("delete_silently", "Silently"),
          rule("delete_and_warn", "Warned"),
          rule("delete_and_warn_other_user", "Warned Kate", targets=["kate"]),
          rule("delete_and_copy_warning", "Warned both", targets=["kate"]),
          rule("ignore", "Ignored"),
          rule("headers_only", "Headers"),
          rule("redirect_headers_only", "Headers to Kate", targets=["kate"]),
          rule("copy_headers_only", "Headers to both", targets=["kate"]),
          rule("set_header_and_continue", "Marked", header_line="X-Mark: first", name="mark"),
          {"action": "redirect", "targets": ["kate"],
           "conditions": [{"type": "X-Mark", "op": "equals", "data": "first"}]},
          rule("set_header_and_stop", "Marked", header_line="X-Stop: second"),
          rule("if", "Inside"), rule("redirect", targets=["kate"]), rule("else"), rule("stop", "Stopped"),
          rule("endif"),
          rule("reject", "Stopped"),
          rule("delete_silently", "Plain"))
    server.start()

    def fetched():
        return any(command.startswith("RETR") for command in mailbox.commands)

    # What is downloaded, and to whom.
    put("Plain", "Redirected", "Copied", "At once", "At once to Kate", "At once to both", "Inside", "Stopped",
        "No rule")
    collect()
    server.expect_subjects("fred", ["Plain", "Copied", "At once", "At once to both", "Stopped", "No rule"])
    server.expect_subjects("kate", ["Redirected", "At once to Kate", "At once to both", "Inside"])
    server.expect_subjects("kate", ["Copied"], folder="Customers")
    expect_equal(left(), ["Copied", "Inside", "No rule", "Plain", "Redirected", "Stopped"], "on the remote server")
    redirected = server.wait_for_message("kate", "Redirected")
    expect_equal(redirected["X-Stagecoach-Rules"], '2 "to Kate" redirect', "the field that rules add")
    expect(server.wait_for_message("fred", "No rule")["X-Stagecoach-Rules"] is None, "no rule, no field")
    expect_in("The body", server.wait_for_message("fred", "Plain").get_content(), "it is whole")
    server.wait_for_log('rule 2 "to Kate", redirect')
    mailbox.messages.clear()

    # What is never fetched.
    mailbox.commands.clear()
    put("Silently", "Warned", "Warned Kate", "Warned both", "Ignored")
    collect()
    expect(not fetched(), f"nothing is fetched: {mailbox.commands}")
    expect_equal(left(), ["Ignored"], "on the remote server")
    for user, subject in (("fred", "Deleted: Warned"), ("kate", "Deleted: Warned Kate"),
                          ("fred", "Deleted: Warned both"), ("kate", "Deleted: Warned both")):
        expect_in("deleted", told(user, subject).get_body().get_content(), f"the warning to {user}")
    expect(not any("Silently" in one for user in ("fred", "kate", "postmaster") for one in server.subjects(user)),
           "nobody hears of what is deleted silently")
    expect("Deleted: Warned" not in server.subjects("kate"), "only original recipients are told")
    expect("Deleted: Warned Kate" not in server.subjects("fred"), "only the targets are told")
    collect()
    expect_equal(left(), ["Ignored"], "ignored mail waits")
    age(server, 4)
    collect()
    expect_equal(left(), [], "ignored mail older than leave_days is gone")
    expect("Ignored" not in server.subjects("fred"), "it was never delivered")

    # Header sections.
    put("Headers", "Headers to Kate", "Headers to both")
    collect()
    expect(not fetched(), f"only header sections came: {mailbox.commands}")
    for user, subject in (("fred", "Headers"), ("kate", "Headers to Kate"), ("fred", "Headers to both"),
                          ("kate", "Headers to both")):
        raw, = [raw for raw in server.messages(user) if subject_of(raw) == subject]
        expect(b"The body" not in raw, f"{subject} has no body")
        expect_in("headers_only", parsed(raw)["X-Stagecoach-Rules"], "it says why")
    expect("Headers" not in server.subjects("kate"), "headers to the original recipients only")
    expect_equal(len(left()), 3, "headers only leaves the message")
    mailbox.messages.clear()

    # Added header fields.
    put("Marked")
    collect()
    marked = server.wait_for_message("fred", "Marked")
    expect_equal((marked["X-Mark"], marked["X-Stop"]), ("first", "second"), "both lines are there")
    expect("Marked" not in server.subjects("kate"), "no rule sees what another one has added")
    mailbox.messages.clear()

    # The sender is told.
    rules(rule("reject"))
    put("Refused", sender="kate@example.com")
    collect()
    report = told("kate", "Undelivered")
    expect_in("refused by a rule", report.as_string(), "the report to the sender")
    expect_equal(left(), [], "what was rejected is gone")
    expect("Refused" not in server.subjects("fred"), "what was rejected is not delivered")

    # A server without TOP: the rules are asked when the message has come.
    rules(rule("delete_and_warn", "Warned late"), rule("redirect", "Late", targets=["kate"]),
          rule("headers_only", "Late headers"))
    mailbox.fault = lambda command, argument: "-ERR what?" if command == "TOP" else None
    put("Warned late", "Late", "Late headers", "Late plain")
    collect()
    told("fred", "Deleted: Warned late")
    expect("Late" in server.subjects("kate"), "the rule has redirected it")
    raw, = [raw for raw in server.messages("fred") if subject_of(raw) == "Late headers"]
    expect(b"The body" not in raw, "its body was dropped")
    expect("Late plain" in server.subjects("fred"), "no rule: downloaded")
    expect("Warned late" not in server.subjects("fred"), "it was not delivered")


def age(server, days):
    """As if all that the collector knows had happened so many days before."""
    shift = days * 24 * 3600 * 1000000
    socket = os.path.join(server.data_folder, "database", "socket")
    expect_success(run_program([need("psql"), "-q", f"host={socket} user=stagecoach dbname=postgres", "-c",
                                f"UPDATE collector_seen SET first_seen = first_seen - {shift}, "
                                f"settled = settled - {shift}"]))
