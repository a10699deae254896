"""Files of the media pool in automatic answers, answers without a file that is gone, who hears of it, the counter of
matches, and what scripts of an answer change (USR-116 USR-129 USR-137 USR-138 ARS-14 WIK-012)."""

import os

from harness.messages import message, parsed
from harness.waiting import expect, expect_equal, expect_in, wait_for_value

PICTURE = bytes(range(256)) * 40
NAME = "Plan für August.png"


def answers(number, **definition):
    return {"definitions": [{"name": "Away", "min_interval_hours": 0, "subject_text": f"Away {number}: ", **definition}],
            "rules": [{"name": "All", "autoresponder": "Away"}]}


def add_users(config):
    config.add_user("joe", autoresponder=answers(1, response_text="Match {ConditionMatches}",
                                                 attachments=[NAME, "gone.txt"]))
    config.add_user("lua", autoresponder=answers(2, response_text=(
        "<lua>Autoresponder.Attachments = {'note.txt'} Autoresponder.Subject = 'By ' .. customfield_who "
        "print(Autoresponder.ID, OrigSubject, #Message > 50)</lua>{$who(script)}")))
    config.add_user("broken", autoresponder=answers(3, response_text="Still here.<lua>error('broken')</lua>"))
    config.add_user("boss", administrator=True)
    config.add_user("carer")
    config.sections["message_targets"] = {"Autoresponder": "carer"}
    config.sections["limits"] = {"media_file_max": "100kB", "media_user_max": "150kB"}


def parts_of(mail):
    return [(part.get_content_type(), part.get_filename()) for part in mail.walk() if not part.is_multipart()]


def told(server):
    return [parsed(raw) for raw in server.messages("carer")]


def scenario(stage):
    sink = stage.sink()
    server = stage.new_server(users=["fred"])
    add_users(server.config)
    server.config.connections.append({"name": "main"})
    server.config.senders.append({"connection": "main", "kind": "relay", "servers": [f"127.0.0.1:{sink.port}"]})
    server.start()

    # The pool: limits, names, bytes.
    path = stage.file(NAME, PICTURE)
    stored = server.command("media", "add", "joe", path)
    expect_equal((stored["content_type"], stored["size_bytes"]), ("image/png", len(PICTURE)), "what was stored")
    server.command("media", "add", "lua", stage.file("x.txt", b"A note.\n"), "--name", "note.txt")
    large = stage.file("large.bin", bytes(110_000))
    refused = server.run("media", "add", "joe", large)
    expect(refused.code == 1 and "larger than" in refused.errors, f"a file that is too large: {refused.text()}")
    half = stage.file("half.bin", bytes(90_000))
    server.command("media", "add", "joe", half)
    refused = server.run("media", "add", "joe", half, "--name", "other.bin")
    expect(refused.code == 1 and "together" in refused.errors, f"too many bytes: {refused.text()}")
    refused = server.run("media", "add", "joe", path, "--type", "message/rfc822")
    expect_equal(refused.code, 1, "a type that cannot be attached")
    expect_equal([one["name"] for one in server.command("media", "list", "joe")], ["half.bin", NAME], "the list")
    server.command("media", "delete", "joe", "HALF.bin")
    expect_equal(server.run("media", "show", "joe", "half.bin").code, 1, "a deleted file")

    # An answer with one of two files; the counter goes on over a restart.
    server.deliver("joe@example.com", "One", sender="ann@remote.example")
    answer = parsed(sink.wait_for(1)[0].data)
    expect_equal(parts_of(answer), [("text/plain", None), ("image/png", NAME)], "the parts of the answer")
    expect_equal(answer.get_payload(1).get_payload(decode=True), PICTURE, "the file")
    expect_in("Match 1", answer.get_payload(0).get_payload(decode=True).decode(), "the first match")
    server.deliver("joe@example.com", "Two", sender="bob@remote.example")
    sink.wait_for(2)
    server.restart()
    wait_for_value(lambda: server.command("autoresponder", "list", "joe")["rules"][0]["matches"], 2, "the counter")
    server.deliver("joe@example.com", "Three", sender="bob@remote.example")
    expect_in(b"Match 3", sink.wait_for(3)[2].data, "the counter after a restart")

    # Whoever cares for the answers hears once of the missing file (and once more after the restart).
    wait_for_value(lambda: len(told(server)), 2, "messages about the missing file")
    expect_in("gone.txt", told(server)[0].get_payload(decode=True).decode(), "what is missing")
    expect_equal(told(server)[0]["Auto-Submitted"], "auto-generated", "nobody answers it")
    expect_equal(server.messages("boss"), [], "only the message target hears of it")
    listing = server.command("autoresponder", "list", "joe")
    expect_equal((listing["definitions"][0]["missing"], listing["definitions"][0]["entries"]), (["gone.txt"], 3),
                 "the list says so, too")

    # Scripts: globals, writable fields, and the global script behind them.
    server.deliver("lua@example.com", "Question", sender="ann@remote.example")
    answer = parsed(sink.wait_for(4)[3].data)
    expect_equal(answer["Subject"], "By script", "the subject of the script")
    expect_in("1\tQuestion\ttrue", answer.get_payload(0).get_payload(decode=True).decode(), "what it knows")
    expect_equal(parts_of(answer)[1], ("text/plain", "note.txt"), "the file that the script wants")
    os.makedirs(os.path.join(server.folder, "scripts"), exist_ok=True)
    with open(os.path.join(server.folder, "scripts", "autoresponder.lua"), "w", encoding="utf-8") as file:
        file.write("if OrigSubject == 'Quiet' then Autoresponder.Veto = true end\n"
                   "Autoresponder.ReplyTo = 'desk@example.com'\n")
    server.command("reload")
    server.deliver("lua@example.com", "Quiet", sender="ann@remote.example")
    server.deliver("lua@example.com", "Loud", sender="ann@remote.example")
    answer = parsed(sink.wait_for(5)[4].data)
    expect_in("Loud", str(answer.get_payload(0)), "the answer that was not forbidden")
    expect_equal(answer["Reply-To"], "desk@example.com", "the global script changes all answers")

    # A script that fails: the answer goes out without it, once somebody is told, and the error log has it.
    for subject in ("A", "B", "C"):
        server.deliver("broken@example.com", subject, sender="ann@remote.example")
    expect_in(b"Still here.", sink.wait_for(8)[7].data, "the rest of the answer")
    wait_for_value(lambda: len(told(server)), 3, "one message about the script")
    expect_in("broken", told(server)[2].get_payload(decode=True).decode(), "its error")
    wait_for_value(lambda: [one["count"] for one in server.command("script", "errors")], [3], "the error log")
    explained = server.command("explain", "message", stage.file("m.eml", message("D")), "--from", "x@remote.example",
                               "--to", "broken@example.com")
    expect_in("send autoresponse", str(explained["plan"]), "explain")
    expect_equal([one["count"] for one in server.command("script", "errors")], [3], "explain logs nothing")
