"""Accounts of the operating system as users: choice, administrators, updates, removal, remembered options; bulk edit
with exceptions, all columns of a CSV, saved messages (USR-229 USR-233 USR-234 USR-242 USR-243)."""

import os

from harness.waiting import expect, expect_equal, expect_in

PASSWD = ["root:x:0:0:root:/root:/bin/bash", "kate:x:1001:1001:Kate K,Room 7:/home/kate:/bin/bash",
          "albert:x:1002:1002::/home/albert:/bin/sh", "visitor:x:1003:1003:A guest:/:/usr/sbin/nologin"]
GROUP = ["sudo:x:27:kate", "staff:x:50:albert"]


def names(server):
    return sorted(user["name"] for user in server.command("user", "list"))


def settings(server, name):
    return server.command("user", "show", name)[0]["settings"]


def is_marked(server, name):
    return "imported_from" in server.command("user", "show", name)[0].get("text", "")


def sources(stage, passwd=PASSWD, group=GROUP):
    return ["--passwd", stage.file("passwd", "\n".join(passwd) + "\n"),
            "--group-file", stage.file("group", "\n".join(group) + "\n")]


def run_import(server, stage, *words, **files):
    done = server.run("user", "import-system", *words, *sources(stage, **files))
    expect(done.code == 0, f"the import failed: {done.text()}")
    return done


def system_users(server, stage):
    run_import(server, stage, "--dry-run", "--admins")
    expect_equal(names(server), ["fred"], "after a dry run")
    expect_in("2 added", run_import(server, stage, "--admins", "--update").output, "the import")
    expect_equal(names(server), ["albert", "fred", "kate"], "imported")
    expect_equal(settings(server, "kate"), {"administrator": "true", "full_name": "Kate K"}, "Kate")
    expect(is_marked(server, "kate"), "the mark of an import")
    server.expect_no_login("kate", "password")
    server.command("user", "passwd", "kate", "--password-stdin", input="kate-secret\n")
    with server.imap("kate"):
        pass

    # The options of the last time; changes in the system.
    changed = [line.replace("Kate K", "Kate L") for line in PASSWD]
    again = run_import(server, stage, passwd=changed, group=["sudo:x:27:albert", "staff:x:50:albert"])
    expect_in("options: --admins --update", again.errors, "the options that were remembered")
    expect_equal(settings(server, "kate")["full_name"], "Kate L", "updated")
    expect("administrator" not in settings(server, "kate"), "Kate is no administrator any more")
    expect_equal(settings(server, "albert")["administrator"], "true", "Albert is one")
    server.command("user", "set", "albert", "administrator=no")

    # Only what an import has made is removed; mail needs its own word.
    server.command("user", "add", "dora", "--password-stdin", "--copy-from", "kate", input="dora-secret\n")
    expect(not is_marked(server, "dora"), "the mark is not copied")
    server.deliver("albert@example.com", "Stays")
    refused = server.run("user", "import-system", "--group", "sudo", "--remove-missing", *sources(stage))
    expect(refused.code == 1 and "albert has 1 message" in refused.errors, f"mail: {refused.text()}")
    removed = run_import(server, stage, "--group", "sudo", "--remove-missing", "--with-mail")
    expect_in("1 removed", removed.output, "removed")
    expect_equal(names(server), ["dora", "fred", "kate"], "who is left")

    # The acting administrator is never removed.
    os.environ["SUDO_USER"] = "kate"
    try:
        kept = run_import(server, stage, "--group", "staff", "--remove-missing")
    finally:
        del os.environ["SUDO_USER"]
    expect_in("kate gives this command", kept.errors, "the acting administrator")
    expect_equal(names(server), ["albert", "dora", "fred", "kate"], "users")
    expect_in("options: --group staff --remove-missing\n", server.run("user", "import-system", "--dry-run").errors,
              "remembered")
    run_import(server, stage, "--forget")
    expect_in("options: none", run_import(server, stage, "--dry-run").errors, "forgotten")

    # All or nothing, and every bad name is told; guests only when asked for.
    bad = PASSWD + ["no good:x:1010:1010::/:/bin/sh", "b@d:x:1011:1011::/:/bin/sh", "emil:x:1012:1012::/:/bin/sh"]
    refused = server.run("user", "import-system", *sources(stage, passwd=bad))
    expect(refused.code == 1 and "no good: " in refused.errors and "b@d: " in refused.errors, refused.text())
    expect("emil" not in names(server), "nothing was imported")
    run_import(server, stage, "--guests")
    expect("visitor" in names(server), "guests")
    expect(server.run("user", "import-system", "--group", "nowhere", *sources(stage)).code == 1, "no such group")


def bulk_and_csv(server, stage):
    server.command("user", "bulk", "comments=Staff", "--all", "--except", "name=visitor", "--except", "name=v")
    expect_equal(settings(server, "visitor").get("comments", ""), "", "the excepted one")
    expect_equal(settings(server, "dora")["comments"], "Staff", "the others")
    csv = stage.file("all.csv", "User Id,Password,Web Password,Admin,Forward To,Use Forwarding,Assistant,"
                     "Send Only To Assistant,Comments,Reply Address,In Everyone,Send Internet,Receive Internet,Monitor,"
                     "Max Outgoing Size,Template User,Other Options\n"
                     "carl,carl-secret,carl-web-secret,0,x@remote.example,0,dora,0,Sales,carl@else.example,0,0,0,1,"
                     "10240,dora,custom.colour=red|quota=1GB\n"
                     "emil,emil-secret,,1,,1,carl,1,,,1,1,1,0,0,,\n")
    server.command("user", "import", csv, "--passwords", "file", "--plain-passwords")
    expect_equal(settings(server, "carl"), {
        "routing.forward_to": "x@remote.example", "routing.use_forwarding": "false", "routing.assistants": "dora",
        "comments": "Sales", "advanced.reply_address": "carl@else.example",
        "permissions.in_everyone": "false", "permissions.send_internet": "false",
        "permissions.receive_internet": "false", "permissions.monitor": "true", "permissions.max_outgoing_kb": "10",
        "quota": "1GB"}, "Carl")
    expect_equal(settings(server, "emil"), {"administrator": "true", "routing.assistants": "carl",
                                            "routing.redirect_to_assistant": "true"}, "Emil")
    with server.imap("carl", password="carl-secret"):
        pass


def saved_messages(server, stage):
    text = stage.file("text.txt", "Hello {username}\n")
    server.command("message", "send", "--to", "Everyone", "--subject", "News for {ldap_cn}", "--text", text, "--preview",
                   "--save", "news")
    expect_equal(server.command("message", "saved", "show", "news"),
                 {"subject": "News for {ldap_cn}", "text": "Hello {username}\n"}, "saved")
    expect_in("news  News for {ldap_cn}", server.run("message", "saved").output, "the list")
    preview = server.command("message", "send", "--to", "Everyone", "--saved", "news", "--preview")
    expect_equal(preview["text"], "Hello fred\n", "its preview")
    server.command("message", "send", "--to", "Everyone", "--saved", "news", "--subject", "Other")
    server.wait_for_message("kate", "Other")
    server.command("message", "saved", "delete", "news")
    expect(server.run("message", "send", "--to", "Everyone", "--saved", "news").code == 1, "it is gone")
    expect(server.run("message", "saved", "delete", "news").code == 1, "twice")


def scenario(stage):
    server = stage.new_server(users=["fred"])
    server.config.users[0]["administrator"] = True
    server.start()
    system_users(server, stage)
    bulk_and_csv(server, stage)
    saved_messages(server, stage)
