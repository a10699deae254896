"""Groups that give new members their settings once, or force them; changes of groups are in force at once; the
welcome of members whom an administrator adds (GRP-08 LST-045 LST-076 REF-039 REF-041 REF-046 REF-048)."""

from harness.waiting import expect, expect_equal, expect_in, wait_for_value


def may_send(server, user):
    answer = server.command("explain", "route", "x@y.example", "--user", user)
    return answer["refused"] is None


def scenario(stage):
    server = stage.new_server(users=["boss"])
    server.config.users[0]["administrator"] = True
    server.start()
    server.command("group", "add", "school", "send_internet=off", "max_outgoing_kb=10")
    for pupil in ("ann", "ben", "cleo"):
        server.command("user", "add", pupil, "primary_group=school" if pupil != "cleo" else "secondary_groups=school",
                       "--random-password")

    # Without `force`: once, and changed later.
    expect(not may_send(server, "ann"), "a new member starts with the group's setting")
    expect(may_send(server, "cleo"), "a secondary member has none of it")
    server.command("user", "set", "ann", "send_internet=on")
    expect(may_send(server, "ann"), "what was changed later")
    server.command("user", "set", "ann", "full_name=Ann")
    expect(may_send(server, "ann"), "it is given once")
    server.command("group", "set", "school", "send_internet=on")
    expect(not may_send(server, "ben"), "the group changes nobody who is there")
    server.command("group", "set", "school", "send_internet=off")
    server.command("user", "set", "cleo", "primary_group=school")
    expect(not may_send(server, "cleo"), "who moves into the group")

    # With `force`: at once, for all.
    server.command("group", "set", "school", "force=on")
    expect(not may_send(server, "ann"), "what the group forces")
    refused = server.run("user", "set", "ann", "send_internet=off")
    expect(refused.code == 1, "it cannot be set for one user")
    expect_in("is set by the group", refused.errors, "the reason")
    server.command("group", "set", "school", "send_internet=individual")
    expect(may_send(server, "ann"), "her own value again")
    server.command("user", "passwd", "ann", "--password-stdin", input="ann-long-secret\n")
    with server.imap("ann", password="ann-long-secret"):
        pass
    server.command("group", "set", "school", "enabled=off")
    server.expect_no_login("ann", "ann-long-secret")

    # A welcome only for those who are new, and only when it is asked for.
    server.command("list", "add", "news", "type=mailing", "custom_welcome=on", "welcome_text=Good to have you!",
                   "--member", "boss")
    server.command("list", "members", "news", "add", "ben")
    server.command("list", "members", "news", "remove", "ben")
    answer = server.command("list", "members", "news", "add", "ben", "boss", "--welcome")
    expect_equal(answer["welcomed"], 1, "members who were welcomed")

    def inbox(user):
        folders = server.command("folder", "list", user)  # none before the first message or log-in
        return next((one["messages"] for one in folders if one["name"] == "INBOX"), 0)

    wait_for_value(lambda: inbox("ben"), 1, "ben has one welcome", 10)
    expect_equal(server.subjects("boss"), [], "boss was a member already")
