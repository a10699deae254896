"""signature.lua is asked for who logged in, but not for one who wants no signature (SIG-16 REF-133)."""

import os

from harness.messages import message
from harness.waiting import expect, expect_in

SCRIPT = """function GetInternalSignature(format, user)
  if user == "none" then error("asked for " .. user) end
  return "by script for " .. user
end
"""


def scenario(stage):
    server = stage.new_server(users=["fred", "kate"])
    server.config.add_user("none", **{"signature.internal.disabled": True})
    os.makedirs(os.path.join(server.folder, "scripts"))
    with open(os.path.join(server.folder, "scripts", "signature.lua"), "w", encoding="ascii") as file:
        file.write(SCRIPT)
    server.start()
    for user in ("fred", "none"):
        server.submit(user, "kate@example.com", raw=message(f"Of {user}", f"{user}@example.com", "kate@example.com"))
    by_fred, by_none = server.messages("kate")
    expect_in(b"by script for fred", by_fred, "the script's signature")
    expect(b"script" not in by_none and by_none.endswith(b"Hello!\r\n"), f"no signature: {by_none!r}")
    expect("asked for none" not in server.log(), "the script was called for one who wants none")
