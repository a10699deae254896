"""Priority and hold of a user's outgoing mail: for what he sends to others elsewhere, not for internal mail and not for
mail that is only forwarded for him; a script changes them for single messages (USR-196)."""

import os

from harness.waiting import expect_equal, wait_until

STAGES = ["origin", "limits", "headers", "recipients", "signatures", "copies", "mailbox", "dispatch", "lua:outgoing"]

SCRIPT = """function route(message)
  if message.subject == "By script" then
    hold(0)
    priority(1)
  end
end
"""


def scenario(stage):
    server = stage.new_server(users=["kate"])
    config = server.config
    own = {"advanced.outgoing_priority": 2, "advanced.outgoing_hold": "2h"}
    config.add_user("fred", **own)
    config.add_user("away", **own, **{"routing.forward_to": ["passed@remote.example"]})
    config.sections["pipeline"] = {"stages": STAGES}
    config.sections["schedule_options"] = {"send_immediately": False}
    config.connections.append({"name": "main"})
    config.senders.append({"connection": "main", "servers": ["127.0.0.1:1"]})
    os.makedirs(os.path.join(server.folder, "scripts"))
    with open(os.path.join(server.folder, "scripts", "outgoing.lua"), "w", encoding="ascii") as file:
        file.write(SCRIPT)
    server.start()

    server.submit("fred", ["his@remote.example", "kate@example.com"], "Usual")
    server.submit("fred", "script@remote.example", "By script")
    server.submit("kate", "hers@remote.example", "Of kate")
    server.deliver("away@example.com", "Forwarded")
    entries = wait_until(lambda: len(server.queue()) == 4 and server.queue(), "four entries")
    expect_equal({entry["to"].split("@")[0]: (entry["state"], entry["priority"]) for entry in entries},
                 {"his": ("timed", 2), "script": ("waiting", 1), "hers": ("waiting", 5), "passed": ("waiting", 0)},
                 "state and priority")
    server.expect_subjects("kate", ["Usual"])
