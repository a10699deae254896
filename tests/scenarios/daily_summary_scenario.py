"""The report about a day: what users received and sent, here and elsewhere, what was collected, sent and returned; as a
command, and as a message with text and HTML in the mail of the administrator, once; raw records, mail.log by weekdays,
the history in the database with its days, and none of it without history
(LOC-13 LOC-14 LOC-15 LOC-16 LOC-20 DIA-09 DIA-37 DIA-38)."""

import datetime
import os
import time

from harness.messages import message, parsed, subject_of
from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal, expect_in, wait_for_value, wait_until

DAY = 24 * 3600 * 1000000
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def away_from_midnight():
    """The scenario looks at today and yesterday."""
    while True:
        now = datetime.datetime.now()
        if (now + datetime.timedelta(minutes=3)).date() == now.date():
            return now.date()
        time.sleep(5)


class History:
    """What an administrator sees of it."""

    def __init__(self, server):
        self.server = server
        self.socket = os.path.join(server.data_folder, "database", "socket")

    def psql(self, text):
        done = run_program([need("psql"), "-qtA", f"host={self.socket} user=stagecoach dbname=postgres", "-c", text])
        return expect_success(done).output.strip()

    def count(self, where="true"):
        return int(self.psql(f"SELECT count(*) FROM history_messages WHERE {where}"))

    def wait(self, rows):
        """Until nothing waits and the history has so many rows about messages."""
        wait_for_value(self.count, rows, "rows of the history", 20)
        wait_for_value(lambda: self.server.command("status")["counters"]["history_waiting"], 0, "what waits", 20)

    def file(self, *parts):
        path = os.path.join(self.server.data_folder, *parts)
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return file.read()

    def mode(self, *parts):
        return os.stat(os.path.join(self.server.data_folder, *parts)).st_mode & 0o777


def use_the_server(server):
    """Seven messages, and log-ins of fred."""
    server.deliver("fred@example.com", "From outside")
    server.submit("fred", ["kate@example.com", "bob@remote.example"], "To both\u0001")
    server.submit("fred", ["nobody@remote.example"], "Refused elsewhere")
    server.command("connection", "run", "main")
    with server.pop3("fred") as pop3:
        pop3.retr(1)
    wait_for_value(server.queue, [], "all mail has gone")


# received by fred: from outside, collected, the report about what was returned; by kate: one; sent by fred: one here, two
# to the Internet; collected: one; taken by the other server: one; not delivered: one
ROWS = 3 + 1 + 3 + 1 + 1 + 1


def by_command(server, today):
    report = server.command("summary")
    users = {row["user"]: row for row in report["users"]}
    expect_equal(report["date"], str(today), "the day")
    expect_equal(sorted(users), ["fred", "kate"], "users of the day")
    counts = {key: value["messages"] for key, value in users["fred"].items() if isinstance(value, dict)}
    expect_equal({key: count for key, count in counts.items() if count},
                 {"internet_received": 2, "system_received": 1, "local_sent": 1, "internet_sent": 2,
                  "taken_by_others": 1, "failed": 1}, "fred")
    expect_equal(users["kate"]["local_received"]["messages"], 1, "kate")
    expect(users["kate"]["local_received"]["bytes"] > 100, f"bytes: {users['kate']}")
    totals = {key: value["messages"] for key, value in report["totals"].items() if isinstance(value, dict)}
    expect_equal((totals["internet_received"], totals["collected"], totals["taken_by_others"], totals["failed"]),
                 (2, 1, 1, 1), "totals")
    expect_equal(report["idle"], ["idle", "kate"], "idle accounts")
    expect_in("Usage of mail.example.com on " + str(today) + ", so far", server.run("summary").output, "as text")
    before = server.command("summary", "--date", str(today - datetime.timedelta(days=1)))
    expect_equal(before["users"], [], "the day before")
    for words in (["--date", "2026-13-01"], ["today"]):
        expect(server.run("summary", *words).code != 0, f"summary {words}")


def sessions(history):
    """Those of use_the_server(), one of a stranger included."""
    rows = history.psql("SELECT service || ' ' || user_name || ' ' || messages || ' ' || (size_bytes > 0) FROM "
                        "history_sessions ORDER BY 1").splitlines()
    expect_equal(rows, ["collector isp  1 false", "connection main  0 false", "mx  1 true", "pop3 fred 1 true", "submission fred 1 true",
                        "submission fred 1 true"], "sessions")


def message_has_both_forms(raw, day):
    mail = parsed(raw)
    expect_equal(str(mail["Subject"]), f"Stagecoach: daily summary for {day}", "subject")
    expect_equal(mail.get_content_type(), "multipart/alternative", "its form")
    plain, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    expect_in(f"Usage of mail.example.com on {day}", plain, "text")
    expect(any(line.split()[:1] == ["fred"] and "2 (" in line for line in plain.splitlines()), f"fred in: {plain}")
    expect_in("font-family: monospace", html, "HTML")
    expect_in("<td align=\"left\">fred</td>", html, "HTML")


def mail_log(history, today, yesterday):
    """Its lines, and the file of yesterday, which was there at the start."""
    lines = history.file("logs", "mail.log").splitlines()
    expect(lines[0].startswith(str(today)) and lines[0].endswith(" begin"), f"first line: {lines[0]}")
    expect(all(line.startswith(str(today) + "T") for line in lines), f"lines: {lines}")
    events = [line.split()[1] for line in lines[1:]]
    expect_equal({event: events.count(event) for event in events},
                 {"received": 5, "delivered": 4, "sent": 1, "failed": 1}, "events")
    expect_in(" sent message=", "\n".join(line for line in lines if "to=bob@remote.example" in line), "to bob")
    expect(any(" failed " in line and "550 5.1.1" in line and "to=nobody@remote.example" in line for line in lines),
           f"the failure: {lines}")
    for subject in ('"To both', '"Refused elsewhere"', "Collected"):
        expect(any(" received message=" in line and "subject=" + subject in line for line in lines),
               f"{subject}: {lines}")
    expect("\u0001" not in "".join(lines), "control characters")
    old = WEEKDAYS[yesterday.weekday()]
    expect_equal(history.file("logs", f"mail.{old}"), f"{yesterday}T00:00:00+00:00 begin\nof yesterday\n", "mail." + old)
    expect_equal(history.file("summaries", f"mail-{yesterday}.log"), history.file("logs", f"mail.{old}"), "its copy")
    expect_equal((history.mode("logs", "mail.log"), history.mode("summaries", f"mail-{yesterday}.log")),
                 (0o640, 0o640), "permissions")


def summaries(server):
    """Those that kate has."""
    return [raw for raw in server.messages("kate") if "daily summary" in subject_of(raw)]


def by_itself(server, history, yesterday):
    """As if a day had passed: the report about yesterday comes, once."""
    expect_equal(history.psql("SELECT summarised FROM history_state"), str(yesterday), "the first start reports nothing")
    before = str(yesterday - datetime.timedelta(days=1))
    for table in ("history_messages", "history_sessions", "trace"):
        history.psql(f"UPDATE {table} SET at = at - {DAY}")
    history.psql(f"UPDATE history_state SET summarised = '{before}'")
    wait_for_value(lambda: len(summaries(server)), 2, "the summary of itself", 20)
    message_has_both_forms(summaries(server)[1], yesterday)
    wait_for_value(lambda: history.psql("SELECT summarised FROM history_state"), str(yesterday), "the day is noted")
    records = [line.split("\t") for line in history.file("summaries", f"summary-{yesterday}.tsv").splitlines()]
    expect(all(len(record) == 4 and record[0].startswith(str(yesterday)) for record in records), f"{records}")
    codes = sorted(int(record[1]) for record in records if record[1] != "9")
    expect_equal(codes, [0, 1, 2, 2, 3, 3, 4, 4, 4, 6, 7], "codes of the raw records")
    expect(any(record[1] == "9" and record[3] == "fred" for record in records), f"online time: {records}")
    expect(any(record[1] == "0" and record[3] == "kate" and int(record[2]) > 100 for record in records), f"{records}")
    expect_equal(history.mode("summaries", f"summary-{yesterday}.tsv"), 0o640, "permissions")

    # A server that ended before it could note the day does not send it again.
    history.psql(f"UPDATE history_state SET summarised = '{before}'")
    last = server.smtp("submission", "idle")  # its end comes with that of the server
    server.restart()
    last.close()
    expect_equal(history.psql("SELECT count(*) FROM history_sessions WHERE user_name = 'idle'"), "1",
                 "a session that the end of the server ended")
    wait_for_value(lambda: history.psql("SELECT summarised FROM history_state"), str(yesterday), "noted again", 20)
    expect_equal(len(summaries(server)), 2, "summaries after a restart")

    # Without keep_raw and html, for somebody else.
    os.remove(os.path.join(server.data_folder, "summaries", f"summary-{yesterday}.tsv"))
    server.config.sections["summary"].update(keep_raw=False, html=False, to="idle", show_idle=False)
    server.reload()
    history.psql(f"DELETE FROM trace WHERE detail LIKE '%daily summary %'; "
                 f"UPDATE history_state SET summarised = '{before}'")
    raw = wait_until(lambda: server.messages("idle"), "the summary for another user", 20)[0]
    expect_equal(parsed(raw).get_content_type(), "text/plain", "without HTML")
    expect("Idle accounts" not in parsed(raw).get_content(), "without idle accounts")
    wait_for_value(lambda: history.psql("SELECT summarised FROM history_state"), str(yesterday), "the day is noted")
    expect_equal(history.file("summaries", f"summary-{yesterday}.tsv"), None, "raw records")


def without_history(server, history):
    rows = history.count()
    server.config.sections["history"] = {"enabled": False}
    server.reload()
    wait_for_value(lambda: server.command("status")["counters"]["history_active"], 0, "no history", 20)
    server.deliver("fred@example.com", "Not remembered")
    failed = server.run("summary")
    expect(failed.code == 1 and "history" in failed.errors, f"summary: {failed.text()}")
    server.config.sections["history"] = {"days": 1}
    server.reload()
    wait_for_value(lambda: server.command("status")["counters"]["history_active"], 1, "history again", 20)
    server.deliver("fred@example.com", "Remembered")
    wait_until(lambda: history.count("subject = 'Remembered'") == 1, "the next message is in it", 20)
    expect_equal(history.count("subject = 'Not remembered'"), 0, "what came meanwhile")
    expect(history.count() > rows, "the rows that were there")

    history.psql(f"DELETE FROM trace; UPDATE history_messages SET at = at - 2 * {DAY} WHERE subject <> 'Remembered'")
    server.restart()
    wait_for_value(lambda: history.count("subject <> 'Remembered'"), 0, "rows older than history.days", 20)
    expect_equal(history.count(), 1, "younger rows")


def scenario(stage):
    today = away_from_midnight()
    yesterday = today - datetime.timedelta(days=1)
    sink = stage.sink()
    sink.replies["RCPT TO:<nobody@"] = "550 5.1.1 No such user"
    mailbox = stage.pop3_mailbox(messages=[message("Collected")])
    server = stage.new_server(users=["fred", "kate", "idle"])
    config = server.config
    config.sections["server"]["main_administrator"] = "kate"
    config.sections["summary"] = {"keep_mail_log": True}
    config.connections.append({"name": "main"})
    config.senders.append({"connection": "main", "servers": [f"127.0.0.1:{sink.port}"]})
    config.collectors.append({"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}",
                              "username": "box", "password": "box-secret", "method": "single_user",
                              "target_user": "fred"})
    os.makedirs(os.path.join(server.data_folder, "logs"))
    os.chmod(server.data_folder, 0o711)
    with open(os.path.join(server.data_folder, "logs", "mail.log"), "w", encoding="utf-8") as file:
        file.write(f"{yesterday}T00:00:00+00:00 begin\nof yesterday\n")
    server.start()
    history = History(server)
    use_the_server(server)
    history.wait(ROWS)
    by_command(server, today)
    sessions(history)
    mail_log(history, today, yesterday)

    expect_equal(server.command("summary", "--send")["sent_to"], "kate", "who gets it")
    expect_in("sent to kate", server.run("summary", "--send", "--date", str(yesterday)).output, "as text")
    both = sorted(summaries(server), key=subject_of)
    expect_equal(len(both), 2, "summaries that were asked for")
    message_has_both_forms(both[1], today)
    with server.imap("kate") as imap:
        imap.select("INBOX")
        for number in imap.search(None, f'SUBJECT "summary for {yesterday}"')[1][0].split():
            imap.store(number, "+FLAGS", "\\Deleted")
        imap.expunge()
    history.wait(ROWS + 2)
    by_itself(server, history, yesterday)
    without_history(server, history)
