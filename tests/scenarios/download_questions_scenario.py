"""The recipients of a large message, and of one that a rule asks about, are asked; a reply downloads it at the next
visit. Without a reply it is deleted after the delay. The administrator sees what is on the remote server, and asks for
messages to be fetched or deleted there
(COL-3 COL-4 COL-5 COL-8 COL-14 COL-15 COL-16 COL-18 COL-26 COL-27 COL-28 COL-82 COL-91 COL-92 COL-93 COL-94 COL-95
MSC-038)."""

import os

from harness.configuration import toml_table
from harness.messages import message, subject_of
from harness.programs import expect_success, need, run_program
from harness.waiting import expect, expect_equal, expect_in


def scenario(stage):
    mailbox = stage.pop3_mailbox()
    server = stage.new_server(users=["fred", "kate", "postmaster"])
    server.config.connections.append({"name": "main"})
    collector = {"name": "isp", "connections": ["main"], "host": f"127.0.0.1:{mailbox.port}", "username": "box",
                 "password": "box-secret", "method": "single_user", "target_user": "fred", "encryption": "none",
                 "leave_days": 3, "max_size_kb": 4, "use_download_rules": True}
    server.config.collectors.append(collector)
    server.config.more = "".join(toml_table("[[download_rule]]", {
        "action": action, "targets": targets,
        "conditions": [{"type": "Subject", "op": "equals", "data": subject}]})
        for action, subject, targets in (("query", "Ask", []), ("redirect_query", "Ask Kate", ["kate"]),
                                         ("copy_query", "Ask both", ["kate"])))
    server.config.more += toml_table("[message_targets]", {"pop3downloadtoobig": "kate"})
    server.start()

    def collect(good=True):
        result = "\n".join(server.command("connection", "run", "main"))
        expect(("Connection successful" in result) == good, f"results: {result}")
        return result

    def left():
        return sorted(subject_of(raw) for raw in mailbox.messages)

    def answer(user, question):
        server.submit(user, question["Reply-To"], "Re: yes, please")

    def remote(subject=""):
        return [one for one in server.command("collector", "messages", "isp") if subject in one["subject"]]

    # A large message and a question of a rule.
    large = message("Large", body="A long line.\r\n" * 600)
    mailbox.messages += [large, message("Ask", body="Asked body\r\n"), message("Never", body="b\r\n" * 4000)]
    collect()
    expect_equal(left(), ["Ask", "Large", "Never"], "what is asked about stays")
    expect_equal(server.command("collector", "list")[0]["left"], 3, "collector list counts them")
    question = server.wait_for_message("fred", "Download?: Large")
    expect_in("larger than 4 kB", question.get_body().get_content(), "the question says why")
    expect_in("Large", question.as_string(), "the question shows the header section")
    collect()
    expect_equal(len([one for one in server.subjects("fred") if "Download?" in one]), 3, "nobody is asked twice")
    answer("fred", question)
    answer("fred", server.wait_for_message("fred", "Download?: Ask"))
    expect(all(one["get"] for one in remote("Large") + remote("Ask")), f"the answers are noted: {remote()}")
    collect()
    expect_in("Large", server.subjects("fred"), "it came after the reply")
    expect_in("Ask", server.subjects("fred"), "it came after the reply")
    expect("Never" not in server.subjects("fred"), "without a reply nothing comes")

    # Without an answer it is deleted, but not before the delay is over; what was fetched goes with leave_days.
    age(server, 4)
    collect()
    expect_equal(left(), ["Never"], "leave_days are over, the delay for the answer is not")
    age(server, 10)
    collect()
    expect_equal(left(), [], "nobody has answered in 14 days")

    # Who is asked, and who gets it.
    mailbox.messages += [message("Ask Kate"), message("Ask both")]
    collect()
    expect("Download?: Ask Kate" not in server.subjects("fred"), "only the target is asked")
    answer("kate", server.wait_for_message("kate", "Download?: Ask Kate"))
    server.wait_for_message("fred", "Download?: Ask both")
    answer("kate", server.wait_for_message("kate", "Download?: Ask both"))
    collect()
    expect_equal([one for one in server.subjects("kate") if "?" not in one], ["Ask Kate", "Ask both"], "kate has both")
    expect("Ask Kate" not in server.subjects("fred") and "Ask both" in server.subjects("fred"), "fred has one")
    mailbox.messages.clear()

    # Without rules the message target is told, and no reply is offered.
    collector["use_download_rules"] = False
    server.reload()
    mailbox.messages.append(message("Huge", body="b\r\n" * 4000))
    collect()
    note = server.wait_for_message("kate", "Too large: Huge")
    expect(note["Reply-To"] is None, "no reply downloads it")
    collect()
    expect_equal(left(), ["Huge"], "it stays")
    expect_equal(server.subjects("kate").count("Too large: Huge"), 1, "the target is told once")

    # The view of the remote mailbox, and wishes about it.
    mailbox.messages.append(message("Small", sender="ann@far.example"))
    collect()
    small, = remote("Small")
    expect_equal((small["sender"], small["state"], small["date"]), ("<ann@far.example>", "fetched",
                                                                    "2025-10-06T08:00:00Z"), "what the view shows")
    expect(small["retrieved"] and small["last_seen"] and "fred@example.com" in small["recipients"], f"{small}")
    expect_equal(remote("Huge")[0]["state"], "too_large", "the state of the other one")
    expect_equal(server.command("collector", "get", "isp", small["uid"]), {"messages": 1}, "get")
    collect()
    expect_equal(server.subjects("fred").count("Small"), 2, "it is downloaded again")
    expect(not remote("Small")[0]["get"], "the wish is fulfilled")
    server.command("collector", "delete", "isp", small["uid"])
    collect()
    expect_equal(left(), ["Huge"], "one is deleted")
    expect_equal(server.command("collector", "get", "isp", "--all"), {"messages": 1}, "get for all rows")
    expect_equal(server.command("collector", "delete", "1", "--all"), {"messages": 1}, "delete ends the wish to get")
    expect_equal([(one["get"], one["delete"]) for one in remote()], [(False, True)], "the wishes exclude each other")
    server.command("collector", "delete", "isp", "--all", "--off")
    expect_equal([(one["get"], one["delete"]) for one in remote()], [(False, False)], "wishes can be taken back")
    expect("no such message" in server.run("collector", "get", "isp", "unknown").text(), "an unknown UID is refused")

    # After the list the line drops: rows with nothing but the time.
    mailbox.messages[:] = [message("Unseen")]
    mailbox.fault = lambda command, argument: "drop" if command == "RETR" else None
    collect(good=False)
    row, = remote()
    expect_equal((row["state"], row["subject"], row["retrieved"]), ("listed", "", None), "a row of an unknown message")
    mailbox.fault = lambda command, argument: "-ERR mailbox locked" if command == "PASS" else None
    collect(good=False)
    status, = server.command("collector", "list")
    expect_equal((status["ok"], status["last_result"]),
                 (False, 'Error from remote server on "PASS *****" -> -ERR mailbox locked'), "the result of the visit")
    expect_equal(len(remote()), 1, "a failed visit says nothing about what is there")
    server.restart()
    expect_equal(server.command("collector", "list")[0]["last_result"], status["last_result"], "it outlasts a restart")
    mailbox.fault = lambda command, argument: None

    # A leading "From " line of an mbox, which some servers leave in.
    mailbox.messages[:] = [b"From ann@far.example Mon Oct  6 10:00:00 2025\r\n" + message("Behind From")]
    collect()
    server.wait_for_message("fred", "Behind From")

    # Priorities, and a collector that is off.
    others = [stage.pop3_mailbox(), stage.pop3_mailbox()]
    for name, other, priority in (("late", others[0], 9), ("early", others[1], -1)):
        server.config.collectors.append({**collector, "name": name, "host": f"127.0.0.1:{other.port}",
                                         "priority": priority})
    server.config.collectors.append({**collector, "name": "off", "host": "127.0.0.1:1", "enabled": False})
    server.reload()
    lines = [line.split(":")[0] for line in server.command("connection", "run", "main") if "collector" in line]
    expect_equal(lines, ["collector early", "collector isp", "collector late"], "the order, and none that is off")


def age(server, days):
    """As if all that the collector knows had happened so many days before."""
    shift = days * 24 * 3600 * 1000000
    socket = os.path.join(server.data_folder, "database", "socket")
    expect_success(run_program([need("psql"), "-q", f"host={socket} user=stagecoach dbname=postgres", "-c",
                                f"UPDATE collector_seen SET first_seen = first_seen - {shift}, "
                                f"settled = settled - {shift}"]))
