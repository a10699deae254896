"""What `init` writes passes `check`, and `serve` runs with it; its passwords work. The administrator
that it makes can go when there is another one (REF-003 USR-007)."""

import os
import re

from harness.programs import expect_success, run_program
from harness.waiting import expect, expect_equal, free_ports


def scenario(stage):
    folder = stage.path("new")
    done = expect_success(run_program([stage.binary, "init", folder, "--trial"]))
    config = os.path.join(folder, "stagecoach.toml")
    expect_equal(os.stat(config).st_mode & 0o077, 0, "access of others to the passwords")
    passwords = dict(re.findall(r"^  (\w+)  (\S+)$", done.output, re.M))
    expect("fred" in passwords or len(passwords) >= 1, done.output)
    expect_success(run_program([stage.binary, "check", "-c", config]))
    again = run_program([stage.binary, "init", folder])
    expect(again.code == 1 and "exists already" in again.errors, again.text())

    server = stage.new_server(users=())
    with open(config, encoding="utf-8") as file:
        text = file.read()
    ports = re.findall(r'listen = \["[^"]*:(\d+)"\]', text)
    names = re.findall(r'\[\[service\]\]\nname = "(\w+)"', text)
    for name, old, new in zip(names, ports, free_ports(len(ports))):
        text = text.replace(f":{old}\"", f":{new}\"")
        server.ports[name] = new
    text = re.sub(r'data_dir = ".*"', f'data_dir = "{server.data_folder}"', text)
    domain = re.search(r'domains = \["([^"]+)"\]', text)[1]
    server.config.text = lambda: text
    server.start()
    user, password = next(iter(passwords.items()))
    server.deliver(f"{user}@{domain}", "To the first user")
    expect_equal(len(server.messages(user, password=password)), 1, "messages")

    # One administrator, with a password of his own; another one takes his place.
    administrators = [one["name"] for one in server.command("user", "list") if one["administrator"]]
    expect_equal(administrators, ["postmaster"], "administrators of a new installation")
    server.deliver(f"postmaster@{domain}", "To the administrator")
    expect("To the administrator" in str(server.messages("postmaster", password=passwords["postmaster"])), "his log-in")
    server.command("user", "add", "chief", "administrator=yes", "--random-password")
    text = re.sub(r'\[\[user\]\]\nname = "postmaster"\n(?:[^\[\n].*\n)*', "", text)
    server.reload()
    administrators = [one["name"] for one in server.command("user", "list") if one["administrator"]]
    expect_equal(administrators, ["chief"], "administrators afterwards")
    server.expect_no_login("postmaster", passwords["postmaster"])
