"""What processes cost: CPU time and memory of a process tree, of the machine; ending what was started."""
import os
import signal
import time

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """The fields of /proc/PID/stat after the name, or None."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rsplit(b")", 1)[1].split()
    except (OSError, IndexError):
        return None


def tree(roots):
    """The pids of the given processes and all that descend from them."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := _stat(name)):
            children.setdefault(int(fields[1]), []).append(int(name))
    found, todo = [], [pid for pid in roots if os.path.exists(f"/proc/{pid}")]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def cpu_seconds(roots):
    """User and system time of the tree, with that of its ended children."""
    ticks = 0
    for pid in tree(roots):
        if fields := _stat(pid):
            ticks += sum(int(one) for one in fields[11:15])
    return ticks / TICK


def machine_cpu_seconds():
    """Time that all cores were not idle (guests' time is in user time already)."""
    with open("/proc/stat") as file:
        fields = [int(one) for one in file.readline().split()[1:]]
    return (sum(fields[:8]) - fields[3] - fields[4]) / TICK


def own_cpu_seconds(children=False):
    """Of this program; also of the programs that it started and that have ended."""
    times = os.times()
    return times.user + times.system + (times.children_user + times.children_system if children else 0)


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read().strip()
    except OSError:
        return ""


def _memory_field(pid, file_name, field):
    try:
        with open(f"/proc/{pid}/{file_name}") as file:
            for line in file:
                if line.startswith(field + ":"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def pss_kb(pids):
    return sum(_memory_field(pid, "smaps_rollup", "Pss") for pid in pids)


def reset_peaks(roots):
    for pid in tree(roots):
        try:
            with open(f"/proc/{pid}/clear_refs", "w") as file:
                file.write("5")
        except OSError:
            pass


def peak_kb(pid):
    return _memory_field(pid, "status", "VmHWM")


def end_tree(process, patience=20):
    """SIGTERM to the process (a Popen) and, after a while, SIGKILL to all that is left of its tree, by pid."""
    pids = tree([process.pid])
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(patience)
        except Exception:
            pass
    end = time.monotonic() + 2
    while (left := [pid for pid in pids if _stat(pid) and _stat(pid)[0] != b"Z"]) and time.monotonic() < end:
        time.sleep(0.02)
    for pid in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    process.wait()
