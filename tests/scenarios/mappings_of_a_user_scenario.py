"""The mappings of one user are a view of the one list of mappings: listed by their target, changed by their number, and
the change is in both. His own `aliases` are in it, marked; they change with him (USR-158 MAP-036)."""

from harness.waiting import expect, expect_equal, expect_in


def scenario(stage):
    server = stage.server(users=["fred", "kate", "fredegar"])
    for address, target, *more in (("sales", "fred"), ("info", "kate"), ("press", "fredegar"),
                                   ("shop@other.example", "fred", "--type", "smtp", "--comment", "shop")):
        server.command("mapping", "add", address, target, *more)

    def mappings(*conditions):
        found = server.command("mapping", "list", *conditions)
        return {one["settings"]["address"]: (one["name"], one["settings"]["target"], one["settings"]["comments"])
                for one in found}

    of_fred = mappings("--where", "target==fred")
    expect_equal(sorted(of_fred), ["sales", "shop@other.example"], "the mappings that target fred")
    expect_equal(sorted(mappings("--where", "target==fred", "--where", "comments=SHOP")), ["shop@other.example"],
                 "with a filter for another column")
    server.command("mapping", "set", of_fred["sales"][0], "address=orders", "comments=changed")
    server.command("mapping", "delete", of_fred["shop@other.example"][0])
    expect_equal(mappings("--where", "target==fred"), {"orders": (of_fred["sales"][0], "fred", "changed")},
                 "the view after the changes")
    expect_equal(sorted(mappings()), ["info", "orders", "press"], "the list of all of them")
    server.deliver("orders@example.com", "An order")
    server.expect_subjects("fred", ["An order"])

    # An alias is a row too, without a number: the user has it.
    server.command("user", "add", "ann", "aliases=help; info@other.example", "--random-password")
    of_ann = server.command("mapping", "list", "--where", "target==ann")
    expect_equal([(one["name"], one["settings"]["address"], one["marks"]) for one in of_ann],
                 [("", "help", ["alias of ann"]), ("", "info@other.example", ["alias of ann"])], "the aliases")
    expect_in("alias of ann", server.run("mapping", "list").output, "the text")
    expect("help" not in server.run("mapping", "export").output, "an alias is exported with its user")
    server.command("user", "set", "ann", "aliases=-help")
    expect_equal(sorted(mappings("--where", "target==ann")), ["info@other.example"], "the aliases after a change")
