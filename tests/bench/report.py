"""The conditions of a run, its table and its JSON file."""
import json
import os
import platform
import subprocess
import time


def fsync_rate(folder, seconds):
    """Synced writes of 8 kB a second to a file of that folder."""
    path = f"{folder}/fsync-probe"
    fd = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    block, count = os.urandom(8192), 0
    os.pwrite(fd, bytes(16 << 20), 0)
    os.fsync(fd)
    begin = time.monotonic()
    while (now := time.monotonic()) < begin + seconds:
        os.pwrite(fd, block, count % 2048 * 8192)
        os.fdatasync(fd)
        count += 1
    os.close(fd)
    os.unlink(path)
    return count / (now - begin)


def cpu_model():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def database_version():
    try:
        return subprocess.run(["sh", "-c", "$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/postgres --version"],
                              capture_output=True, text=True).stdout.strip()
    except OSError:
        return "unknown"


def conditions(systems, folder, quick, binary):
    filesystem = subprocess.run(["findmnt", "-n", "-o", "FSTYPE,OPTIONS", "-T", folder], capture_output=True,
                                text=True).stdout.strip()
    facts = {
        "time": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "kernel": platform.release(),
        "file_system": filesystem,
        "fsyncs_per_second": round(fsync_rate(folder, 1)),
        "niceness": os.nice(0),
        "load_average_before": os.getloadavg()[0],
        "binary_of": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(os.stat(binary).st_mtime)),
        "database": database_version(),
        "quick": quick,
    }
    for system in systems:
        facts[system.name] = f"{system.version()}: {system.settings()}"
    return facts


def figure(value):
    if value is None:
        return "-"
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 0.1 \
        else f"{value:.3f}"


def factor(row, names):
    """How many times better the first system is than the second."""
    _, _, values, better = row
    if len(names) < 2 or not better or any(name not in values for name in names):
        return None
    first, second = (values[name] for name in names)
    if better == "less":
        first, second = second, first
    return first / second if second > 0 and first > 0 else None


def print_conditions(facts):
    for name, value in facts.items():
        print(f"{name.replace('_', ' ')}: {value}")
    print("load generators run on the same cores; repetitions of the systems alternate; figures are medians", flush=True)


def print_rows(rows, names, heading=False):
    if heading:
        print(f"\n{'':68} {'unit':>11} " + " ".join(f"{name:>16}" for name in names) + f" {'better by':>10}")
    for row in rows:
        name, unit, values, _ = row
        times = factor(row, names)
        print(f"{name:68} {unit:>11} " + " ".join(f"{figure(values.get(one)):>16}" for one in names) +
              f" {figure(times) if times else '':>10}", flush=True)


def write_json(path, facts, rows, names, raw, notes):
    table = [{"name": row[0].strip(), "detail": row[0].startswith(" "), "unit": row[1], "values": row[2],
              "better": row[3], "factor": factor(row, names)} for row in rows]
    with open(path, "w") as file:
        json.dump({"conditions": facts, "systems": names, "rows": table, "repetitions": raw, "notes": notes}, file, indent=1)
