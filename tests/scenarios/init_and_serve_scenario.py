"""What `init` writes passes `check`, and `serve` runs with it; its passwords work. Its schedule is one of the presets,
by option or by answers on a terminal, and nothing is written before the last answer. The administrator that it makes
can go when there is another one (REF-003 USR-007 CON-40 REF-024)."""

import os
import pty
import re
import select
import subprocess
import time

from harness.programs import expect_success, run_program
from harness.waiting import expect, expect_equal, expect_in, free_ports


def item_of(config):
    with open(config, encoding="utf-8") as file:
        return re.search(r"\[\[schedule\]\]\n((?:.+\n)+)", file.read())[1]


class Terminal:
    """`init` as somebody sees it who sits before it."""

    def __init__(self, arguments):
        self.end, inner = pty.openpty()
        self.process = subprocess.Popen(arguments, stdin=inner, stdout=inner, stderr=inner)
        os.close(inner)
        self.shown = ""

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.end)

    def wait_for(self, text):
        """Until it has been shown behind what was waited for before."""
        limit = time.monotonic() + 20
        while text not in self.shown:
            expect(time.monotonic() < limit, f"no {text!r} in {self.shown!r}")
            if select.select([self.end], [], [], 0.1)[0]:
                self.shown += os.read(self.end, 4096).decode()
        self.shown = self.shown.partition(text)[2]

    def type(self, text):
        os.write(self.end, text.encode())


def questions(stage):
    folder = stage.path("asked")
    terminal = stage.keep_until_the_end(Terminal([stage.binary, "init", folder, "--days", "weekdays"]))
    terminal.wait_for("(never, working-hours, 24h)? [24h] ")
    terminal.type("sometimes\n")
    terminal.wait_for('"sometimes" is none of never, working-hours, 24h')
    terminal.wait_for("[24h] ")
    terminal.type("working-hours\n")
    terminal.wait_for("How often (10min, 1h, 2h)? [10min] ")
    expect(not os.path.exists(folder), "written before the last answer")
    terminal.type("\n")
    terminal.wait_for("Wrote ")
    expect_equal(terminal.process.wait(20), 0, "its end")
    item = item_of(os.path.join(folder, "stagecoach.toml"))
    for part in ('every = "10m"', 'from = "08:00"', 'to = "18:00"', 'days = ["m", "tu", "w", "th", "f"]'):
        expect_in(part, item, "the schedule by answers")

    given_up = stage.path("given-up")
    terminal = stage.keep_until_the_end(Terminal([stage.binary, "init", given_up]))
    terminal.wait_for("[24h] ")
    terminal.type("never\n")
    terminal.wait_for("On which days (weekdays, weekends, all)? [all] ")
    terminal.type("\x04")
    terminal.wait_for("nothing has been written")
    expect_equal(terminal.process.wait(20), 1, "its end without an answer")
    expect(not os.path.exists(given_up), "written without the last answer")


def options(stage):
    folder = stage.path("never")
    config = os.path.join(folder, "stagecoach.toml")
    expect_success(run_program([stage.binary, "init", folder, "--times", "never", "--every=2h"]))
    expect_in("enabled = false", item_of(config), "a schedule that never runs")
    expect_in("no schedule item is enabled", expect_success(run_program([stage.binary, "check", "-c", config])).text(),
              "what check says of it")
    for wrong, names in (("--times=now", "never, working-hours, 24h"), ("--days=", "weekdays, weekends, all"),
                         ("--every=5min", "10min, 1h, 2h")):
        refused = run_program([stage.binary, "init", stage.path("refused"), wrong])
        expect_equal(refused.code, 2, f"{wrong}: {refused.text()}")
        expect_in(f"is none of {names}", refused.errors, wrong)
    expect(not os.path.exists(stage.path("refused")), "written with a wrong option")


def scenario(stage):
    questions(stage)
    options(stage)
    folder = stage.path("new")
    done = expect_success(run_program([stage.binary, "init", folder, "--trial", "--times", "working-hours",
                                       "--days", "weekends", "--every", "1h"]))
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
    item, = server.command("schedule", "list")["items"]
    expect_equal((item["name"], item["enabled"], item["connect"], item["text"]),
                 ("main", True, ["main"], "Every 60 minutes between 8:00 and 18:00 on Sa,Su"), "the schedule")
    expect(item["next"], "when it runs next")
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
