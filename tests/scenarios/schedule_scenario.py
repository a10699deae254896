"""Schedule items at work, over two minutes of real time: several together, named and default connections, intervals and
periods, days, messages that wait, the least gap between runs, denials
(CON-17 CON-19 CON-20 CON-21 CON-22 CON-25 CON-26 CON-28 CON-37 REF-063)."""

import datetime
import time

from harness.waiting import expect_equal, wait_until

DAYS = ["m", "tu", "w", "th", "f", "sa", "su"]


def next_minute():
    """One that is not near midnight and begins in 20 seconds or more."""
    while True:
        now = datetime.datetime.now().astimezone()
        if now.second < 40 and now.hour * 60 + now.minute < 1435:
            return now.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)
        time.sleep(1)


def clock(minute):
    return f"{minute // 60}:{minute % 60:02}"


def runs(server, minute):
    """The connections that the schedule has run in this minute."""
    begin = minute.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M")
    return sorted(line.split(" connection: ")[1].split(":")[0] for line in server.log().splitlines()
                  if line.startswith(begin) and "run begins (schedule)" in line)


def collector(name, mailbox, connection):
    return {"name": name, "connections": [connection], "host": f"127.0.0.1:{mailbox.port}", "username": "box",
            "password": "box-secret", "method": "single_user", "target_user": "fred"}


def given_schedule(server, first):
    config = server.config
    today = datetime.date.today().weekday()
    config.connections += [{"name": "plain"}, {"name": "other"}] + [
        {"name": name, "default": False} for name in ("named", "also", "slow", "once", "elsewhen", "holiday", "full",
                                                      "off")]
    items = [{"every": 1},  # all default connections
             {"every": 1, "connections": ["named", "also"]},
             {"every": 2, "connections": ["slow"], "from": clock(first), "to": "23:59"},
             {"at": clock(first + 1), "connections": ["once"]},
             {"every": 1, "connections": ["elsewhen"], "from": clock((first + 180) % 1380),
              "to": clock((first + 180) % 1380 + 10)},
             {"every": 1, "connections": ["holiday"], "days": [DAYS[(today + 3) % 7]]},
             {"every": 1, "connections": ["full"], "days": [DAYS[today]], "min_queue": 1},
             {"every": 1, "connections": ["off"], "enabled": False}]
    config.schedules += [{"name": f"item {number}", **item} for number, item in enumerate(items)]


def scenario(stage):
    often, seldom = stage.pop3_mailbox(), stage.pop3_mailbox()
    server, denied, spaced = stage.new_server(users=["fred"]), stage.new_server(), stage.new_server()
    for one in (denied, spaced):
        one.config.connections.append({"name": "main"})
        one.config.schedules.append({"name": "each minute", "every": 1})
    spaced.config.sections["schedule_options"] = {"min_gap": "1m"}
    spaced.config.connections.append({"name": "by hand"})
    spaced.start()

    first = next_minute()
    spaced.command("connection", "run", "by hand")  # in the minute before the first
    second = first + datetime.timedelta(minutes=1)
    minute_of_day = first.hour * 60 + first.minute
    given_schedule(server, minute_of_day)
    server.config.sections["schedule_options"] = {"send_immediately": False}
    server.config.senders.append({"connection": "plain", "servers": ["127.0.0.1:1"]})
    server.config.collectors += [collector("often", often, "other"), collector("seldom", seldom, "slow")]
    server.start()
    denied.config.schedules.append({"name": "not now", "at": clock(minute_of_day), "connections": ["deny"]})
    denied.start()

    wait_until(lambda: runs(server, first), "the first minute", 75, 0.5)
    server.submit("fred", "bob@remote.example", "Waits")
    wait_until(lambda: runs(server, second), "the second minute", 75, 0.5)
    wait_until(lambda: runs(denied, second), "the minute after the denied one", 10)
    wait_until(lambda: "by hand" in runs(spaced, second), "the second minute after a run by command", 10)
    time.sleep(1)  # all of one minute are started together
    every = ["also", "named", "other", "plain"]
    expect_equal(runs(server, first), sorted(every + ["slow"]), "what ran in the first minute")
    expect_equal(runs(server, second), sorted(every + ["full", "once"]), "what ran in the second minute")
    expect_equal((runs(denied, first), runs(denied, second)), ([], ["main"]), "the minute that is denied, the next one")
    expect_equal((runs(spaced, first) + runs(spaced, second)).count("main"), 1, "one of two minutes is too soon")
    expect_equal(runs(spaced, first).count("by hand"), 0, "a run by command counts for the gap")
    expect_equal([mailbox.commands.count("USER box") for mailbox in (often, seldom)], [2, 1],
                 "collections in two minutes")
