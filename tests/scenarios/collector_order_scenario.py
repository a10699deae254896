"""`collector order` shows in which order header fields are looked at, what is wrong with it, and the default, to which
one comes back by deleting a key (COL-77)."""

from harness.waiting import expect, expect_equal, expect_in

DEFAULT = ["special", "stop_if_any", "standard", "stop_if_any", "received"]


def scenario(stage):
    server = stage.new_server(users=["fred"])
    server.config.connections.append({"name": "main"})
    account = {"connections": ["main"], "host": "127.0.0.1:1", "username": "box", "password": "box-secret",
               "accepted_domains": ["example.com"]}
    usual = {"name": "usual", **account}
    own = {"name": "own", **account, "options.order": ["received", "stop_if_any", "standard"]}
    single = {"name": "single", **account, "method": "single_user", "target_user": "fred",
              "options.order": ["standard"]}
    server.config.collectors += [usual, own, single]
    server.write_config()

    def order(name, code=0):
        done = server.run("collector", "order", name)
        expect_equal(done.code, code, f"the exit status for {name}: {done.text()}")
        return done.text()

    expect_in("It is the default.", order("usual"), "the default")
    answer = server.command("collector", "order", "1")
    expect_equal((answer["name"], answer["order"], answer["default"], answer["problems"]),
                 ("usual", DEFAULT, DEFAULT, []), "the default as JSON")
    text = order("Own")
    for part in ("  1  received        special", "  3  standard        standard", "  5                  received",
                 "There is nothing wrong with it.", 'Delete the key options.order of the collector "own"'):
        expect_in(part, text, "an order of its own")
    expect_in("It has no effect: method is single_user.", order("single"), "where no header field is looked at")

    # The same words as check, and only those about this collector.
    for wrong, reason in ((["stop"], "stops before anything is looked at"),
                          (["standard", "special", "standard"], "a slot is named twice: standard"),
                          (["standard", "stop", "received"], "nothing is looked at behind stop"),
                          (["standard", "subject"], "is none of special, standard, received, stop_if_any, stop"),
                          ([], "no header field is looked at")):
        own["options.order"] = wrong
        server.write_config()
        text = order("own", 1)
        problem, = [line for line in text.splitlines() if reason in line]
        expect_in(problem, server.run("check").text(), "what check says")
        order("usual")

    del own["options.order"]  # as it says
    server.write_config()
    expect_in("It is the default.", order("own"), "the default again")
    done = server.run("collector", "order", "nobody")
    expect(done.code == 1 and 'there is no collector "nobody"' in done.errors, done.text())
