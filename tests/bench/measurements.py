"""What is measured. A measurement asks each system in turn (A B A B ...) and gives the median of each figure.

Each function takes the Bench and gives rows: (name, unit, {system: value}, better), where better is "more" or
"less". Raw figures of every repetition go into bench.raw.
"""
import json
import os
import statistics
import subprocess
import time

import processes
from imap_poll import Watcher
from systems import PASSWORD, free_port, greeting_of

QUIET_CORES = 0.3  # of other programs; kernel threads that work for the measured systems count among them


class Bench:
    """The running systems, the generators, and the next mailboxes that nobody has used."""

    def __init__(self, systems, programs, quick, make_system, patience):
        self.systems, self.programs, self.quick, self.make_system = systems, programs, quick, make_system
        self.patience = patience  # seconds that may still be spent on waiting for a quiet machine
        self.next_user = {one.name: 0 for one in systems}
        self.raw, self.notes, self.filled = {}, [], {}

    def fresh_users(self, system, count):
        first = self.next_user[system.name]
        self.next_user[system.name] += count
        return first

    def load(self, program, **arguments):
        words = [f"{self.programs}/{program}"]
        for name, value in arguments.items():
            words += [f"--{name}", str(value)]
        result = subprocess.run(words, capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(result.stderr.strip() or f"{program} failed")
        return json.loads(result.stdout)

    def rounds(self, name, repetitions, measure):
        """Calls measure(system) in turn; a failure is noted and leaves the system out of this measurement."""
        results = {one.name: [] for one in self.systems}
        failed = set()
        for _ in range(repetitions):
            for system in self.systems:
                if system.name in failed:
                    continue
                settle()
                try:
                    results[system.name].append(self.undisturbed(lambda: measure(system)))
                except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                    failed.add(system.name)
                    self.notes.append(f"{name}: {system.name}: {error}")
        self.raw[name] = results
        return results

    def others_cpu_seconds(self):
        """CPU time of all programs that are no part of this run."""
        return (processes.machine_cpu_seconds() - processes.own_cpu_seconds(children=True) -
                sum(processes.cpu_seconds(system.roots()) for system in self.systems))

    def undisturbed(self, measure):
        """The result of a repetition during which other programs used little; without patience, of the first."""
        best = None
        while True:
            self.await_quiet()
            begin, others = time.monotonic(), self.others_cpu_seconds()
            result = measure()
            seconds = time.monotonic() - begin
            result["cores_of_others"] = (self.others_cpu_seconds() - others) / seconds
            if best is None or result["cores_of_others"] < best["cores_of_others"]:
                best = result
            if best["cores_of_others"] < QUIET_CORES or self.patience <= 0:
                return best
            self.patience -= seconds

    def await_quiet(self):
        while self.patience > 0:
            begin, others = time.monotonic(), self.others_cpu_seconds()
            time.sleep(0.3)
            seconds = time.monotonic() - begin
            if (self.others_cpu_seconds() - others) / seconds < QUIET_CORES:
                return
            self.patience -= seconds

    def fill(self, system, size, messages):
        """A mailbox with that many messages, made once for all measurements that read it."""
        key = (system.name, size, messages)
        if key not in self.filled:
            first = self.fresh_users(system, 1)
            watcher = Watcher(system.imap, first, 1)
            accepted = self.load("deliver", port=system.smtp, sessions=20, messages=messages, size=size, users=1,
                                 first=first)["accepted"]
            watcher.wait_for(int(accepted), time.monotonic() + 120)
            watcher.close()
            self.filled[key] = first
        return self.filled[key]


def settle():
    """What earlier measurements have left to the disk is written now."""
    os.sync()
    time.sleep(0.2)


def median_of(results, field):
    """{system: median} over the repetitions; systems without figures are left out."""
    return {name: statistics.median(one[field] for one in runs) for name, runs in results.items()
            if runs and runs[0].get(field) is not None}


# ---- delivery ----

def deliver_once(bench, system, sessions, size, messages):
    users = 10
    first = bench.fresh_users(system, users)
    watcher = Watcher(system.imap, first, users)
    cpu, machine, own = processes.cpu_seconds(system.roots()), processes.machine_cpu_seconds(), processes.own_cpu_seconds()
    load = bench.load("deliver", port=system.smtp, sessions=sessions, messages=messages, size=size, users=users,
                      first=first)
    if load["refused"]:
        raise RuntimeError(f"{load['refused']:.0f} of {messages} messages were refused")
    visible = watcher.wait_for(messages, time.monotonic() + 60)
    time.sleep(0.2)  # what is tidied up after the delivery belongs to its cost
    cpu = processes.cpu_seconds(system.roots()) - cpu
    machine = processes.machine_cpu_seconds() - machine - load["generator_cpu"] - (processes.own_cpu_seconds() - own)
    watcher.close()
    return {"rate": messages / (visible - load["begin"]), "accepted_rate": messages / load["seconds"],
            "cpu": 1000 * cpu / messages, "machine_cpu": 1000 * machine / messages, "messages": messages,
            "reply_ms": load["reply_ms_median"], "reply_p99_ms": load["reply_ms_p99"],
            "generator_cpu": 1000 * load["generator_cpu"] / messages}


def delivery(bench):
    seconds, repetitions = (1.0, 1) if bench.quick else (3.0, 3)
    for size, size_name in ((5000, "5 kB"), (100000, "100 kB")):
        for sessions in (1, 20, 100):
            counts = {}

            def once(system):
                if system.name not in counts:
                    probe = deliver_once(bench, system, sessions, size, 100 if sessions < 100 else 200)
                    counts[system.name] = int(min(20000, max(100, probe["rate"] * seconds)) // 10 * 10)
                return deliver_once(bench, system, sessions, size, counts[system.name])

            name = f"delivery {size_name}, {sessions} session{'s' if sessions > 1 else ''}"
            results = bench.rounds(name, repetitions, once)
            yield from [(name, "messages/s", median_of(results, "rate"), "more"),
                        ("  CPU, all processes", "s/1,000", median_of(results, "cpu"), "less"),
                        ("  CPU, whole machine less generator", "s/1,000", median_of(results, "machine_cpu"), "less"),
                        ("  250 after the end of DATA, median", "ms", median_of(results, "reply_ms"), "less"),
                        ("  250 after the end of DATA, p99", "ms", median_of(results, "reply_p99_ms"), "less")]


# ---- relay ----

def relay_once(bench, system, size, messages):
    words = [f"{bench.programs}/smtp_sink", "--port", str(system.sink), "--messages", str(messages)]
    sink = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        sink.stdout.readline()
        cpu = processes.cpu_seconds(system.roots())
        load = bench.load("deliver", port=system.smtp, sessions=20, messages=messages, size=size, users=10, first=0)
        if load["refused"]:
            raise RuntimeError(f"{load['refused']:.0f} of {messages} messages were refused")
        took = json.loads(sink.stdout.readline())
    finally:
        sink.stdout.close()
        sink.kill()
        sink.wait()
    if took["messages"] < messages:
        raise RuntimeError(f"only {took['messages']:.0f} of {messages} messages came out")
    time.sleep(0.2)
    return {"rate": messages / (took["last"] - load["begin"]), "messages": messages, "sessions": took["sessions"],
            "cpu": 1000 * (processes.cpu_seconds(system.roots()) - cpu) / messages}


def relay(bench):
    """In by SMTP, through the queue, out to another server: the mail of all users is forwarded."""
    seconds, repetitions = (1.0, 1) if bench.quick else (3.0, 3)
    systems = {one.name: bench.make_system(one.name, "relay", 10, free_port()) for one in bench.systems}
    for system in systems.values():
        system.start()
    try:
        for size, size_name in ((5000, "5 kB"), (100000, "100 kB")):
            counts = {}

            def once(running):
                system = systems[running.name]
                if system.name not in counts:
                    probe = relay_once(bench, system, size, 200)
                    counts[system.name] = int(min(20000, max(200, probe["rate"] * seconds)))
                return relay_once(bench, system, size, counts[system.name])

            results = bench.rounds(f"relay {size_name}", repetitions, once)
            yield from [(f"relay {size_name}, 20 sessions in", "messages/s", median_of(results, "rate"), "more"),
                        ("  CPU, all processes", "s/1,000", median_of(results, "cpu"), "less")]
    finally:
        for system in systems.values():
            system.stop()


# ---- IDLE ----

def idle(bench):
    wanted = 200 if bench.quick else 2000

    # Systems of their own: what earlier measurements have left in the memory of the others would hide the cost.
    systems = {one.name: bench.make_system(one.name, "idle", wanted) for one in bench.systems}

    def once(running):
        system = systems[running.name]
        system.start()
        try:
            return hold(system)
        finally:
            system.stop()

    def hold(system):
        def memory():
            pids = processes.tree(system.roots())
            database = set(system.database_pids())
            return processes.pss_kb(pids), processes.pss_kb(pid for pid in pids if pid not in database)

        time.sleep(1)
        before = memory()
        words = [f"{bench.programs}/imap_idle", "--port", str(system.imap), "--connections", str(wanted),
                 "--password", PASSWORD]
        holder = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            state = json.loads(holder.stdout.readline())
            count = int(state["idling"])
            if not count:
                raise RuntimeError(f"no session came into IDLE: {state['why']}")
            if count < wanted:
                bench.notes.append(f"idle: {system.name}: {count} of {wanted} sessions: {state['why']}")
            time.sleep(1)
            after = memory()
        finally:
            holder.stdin.close()
            holder.wait()
        return {"connections": count, "all_kb": (after[0] - before[0]) / count,
                "server_kb": (after[1] - before[1]) / count, "before_mb": before[0] / 1024}

    results = bench.rounds("idle", 1, once)
    return [(f"idle IMAP connection ({wanted:,} in IDLE, each another user)", "kB", median_of(results, "all_kb"), "less"),
            ("  without the database", "kB", median_of(results, "server_kb"), "less"),
            ("  all processes before, no connection", "MB", median_of(results, "before_mb"), "less")]


def idle_delay(bench):
    samples, seconds, repetitions = (100, 5, 1) if bench.quick else (500, 12, 2)

    def once(system):
        return bench.load("idle_delay", smtp=system.smtp, imap=system.imap, first=bench.fresh_users(system, 1),
                          samples=samples, seconds=seconds)

    results = bench.rounds("idle_delay", repetitions, once)
    return [("EXISTS in IDLE after the 250, median", "ms", median_of(results, "delay_ms_median"), "less"),
            ("  p99", "ms", median_of(results, "delay_ms_p99"), "less"),
            ("  samples", "", median_of(results, "delay_ms_count"), "")]


# ---- reading ----

def read_with_cpu(bench, system, program, count_field, **arguments):
    cpu = processes.cpu_seconds(system.roots())
    load = bench.load(program, **arguments)
    cpu = processes.cpu_seconds(system.roots()) - cpu
    return {"rate": load[count_field] / load["seconds"], "cpu": 1000 * cpu / load[count_field],
            "count": load[count_field], "seconds": load["seconds"], "generator_cpu": load["generator_cpu"]}


def pop3(bench):
    messages = 500 if bench.quick else 2000

    def once(system):
        result = read_with_cpu(bench, system, "pop3_download", "messages", port=system.pop3,
                               first=bench.fill(system, 5000, messages))
        if result["count"] != messages:
            raise RuntimeError(f"{result['count']:.0f} of {messages} messages came")
        return result

    results = bench.rounds("pop3", 1 if bench.quick else 5, once)
    return [(f"POP3 download of {messages:,} messages of 5 kB", "messages/s", median_of(results, "rate"), "more"),
            ("  CPU, all processes", "s/1,000", median_of(results, "cpu"), "less")]


def imap_fetch(bench):
    rows = []
    cases = (("envelopes", 1500, 1000 if bench.quick else 5000, "FETCH 1:* (UID FLAGS ENVELOPE RFC822.SIZE)"),
             ("bodies of 5 kB", 5000, 500 if bench.quick else 2000, "FETCH 1:* (BODY.PEEK[])"))
    for what, size, messages, command in cases:
        def once(system):
            result = read_with_cpu(bench, system, "imap_fetch", "rows", port=system.imap,
                                   first=bench.fill(system, size, messages), command=command)
            if result["count"] != messages:
                raise RuntimeError(f"{result['count']:.0f} of {messages} rows came")
            return result

        results = bench.rounds(f"imap_fetch {what}", 1 if bench.quick else 5, once)
        first = {name: runs[0]["rate"] for name, runs in results.items() if runs}
        rows += [(f"IMAP FETCH of {messages:,} {what}", "rows/s", median_of(results, "rate"), "more"),
                 ("  the first time", "rows/s", first, "more"),
                 ("  CPU, all processes", "s/1,000", median_of(results, "cpu"), "less")]
    return rows


def imap_mix(bench):
    rows = []
    seconds, repetitions = (2, 1) if bench.quick else (5, 2)
    for clients, users in ((10, 10), (500, 100)):
        def once(system):
            cpu = processes.cpu_seconds(system.roots())
            load = bench.load("imap_mix", port=system.imap, clients=clients, users=users, seconds=seconds,
                              first=bench.fresh_users(system, users))
            if load["bad"]:
                bench.notes.append(f"imap_mix: {system.name}: {load['bad']:.0f} times BAD, last: {load['last_bad']}")
            return {"rate": load["commands"] / load["seconds"], "refused": load["refused"],
                    "cpu": processes.cpu_seconds(system.roots()) - cpu, "generator_cpu": load["generator_cpu"]}

        results = bench.rounds(f"imap_mix {clients}", repetitions, once)
        rows.append((f"IMAP stress mix, {clients} clients on {users} mailboxes", "commands/s",
                     median_of(results, "rate"), "more"))
    return rows


# ---- start, large messages ----

def start(bench):
    rows = []
    for users in (0, 10000):
        systems = {one.name: bench.make_system(one.name, f"start-{users}", users) for one in bench.systems}
        for system in systems.values():  # the database is created, files are warm
            system.start()
            system.stop()

        def once(running):
            system = systems[running.name]
            begin = time.monotonic()
            system.launch()
            try:
                greeting_of(system.smtp, begin + 60)
                seconds = time.monotonic() - begin
                greeting_of(system.imap, begin + 60)
            finally:
                system.stop()
            return {"seconds": seconds}

        results = bench.rounds(f"start {users}", 1 if bench.quick else 5, once)
        rows.append((f"start to the first SMTP greeting, {users:,} users", "s", median_of(results, "seconds"), "less"))
    return rows


def big(bench):
    def once(system):
        first = bench.fresh_users(system, 1)
        watcher = Watcher(system.imap, first, 1)
        processes.reset_peaks(system.roots())
        before = {pid: processes.peak_kb(pid) for pid in processes.tree(system.roots())}
        load = bench.load("deliver", port=system.smtp, sessions=1, messages=1, size=50 << 20, users=1, first=first)
        if load["refused"]:
            raise RuntimeError("the message was refused")
        visible = watcher.wait_for(1, time.monotonic() + 60)
        watcher.close()
        out = bench.load("imap_fetch", port=system.imap, first=first, command="FETCH 1 (BODY.PEEK[])")
        pids = processes.tree(system.roots())
        database = set(system.database_pids())
        return {"in": visible - load["begin"], "out": out["seconds"],
                "peak_mb": processes.peak_kb(system.main_process()) / 1024,
                "before_mb": before.get(system.main_process(), 0) / 1024,
                "database_peak_mb": max((processes.peak_kb(pid) / 1024 for pid in database), default=None),
                "largest_peak_mb": max(processes.peak_kb(pid) / 1024 for pid in pids)}

    results = bench.rounds("big", 1 if bench.quick else 3, once)
    return [("50 MB message in by SMTP until visible", "s", median_of(results, "in"), "less"),
            ("50 MB message out by IMAP", "s", median_of(results, "out"), "less"),
            ("  peak memory of the server process (or the largest)", "MB", median_of(results, "peak_mb"), "less"),
            ("  its memory before", "MB", median_of(results, "before_mb"), "less"),
            ("  peak memory of the largest database process (with shared buffers)", "MB",
             median_of(results, "database_peak_mb"), "less")]


ALL = {"delivery": delivery, "relay": relay, "idle_delay": idle_delay, "pop3": pop3, "imap_fetch": imap_fetch, "imap_mix": imap_mix,
       "idle": idle, "big": big, "start": start}
