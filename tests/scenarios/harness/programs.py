"""Programs that a scenario starts. All of them are ended with the scenario, by the number of their process."""

import os
import shutil
import signal
import subprocess

from .waiting import Failed, Skipped


class Program:
    """A process in the background; its output goes to a file. `own_group`: for programs that signal their whole process
    group, which is that of the test runner otherwise."""

    def __init__(self, arguments, output, environment=None, cwd=None, own_group=False):
        self.arguments = arguments
        self.output = output
        with open(output, "ab") as file:
            self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                            env=environment, cwd=cwd, process_group=0 if own_group else None)

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process.poll() is None

    def text(self):
        with open(self.output, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self, timeout=20):
        """SIGTERM; the exit status. SIGKILL when that does not help."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"{os.path.basename(self.arguments[0])} did not stop within {timeout} s of SIGTERM") from None

    def kill(self):
        if self.running():
            self.process.kill()
        self.process.wait()

    def clean_up(self):
        if not self.running():
            return
        try:
            self.stop(10)
        except Failed:
            pass


class Finished:
    """What a program that has ended left behind."""

    def __init__(self, arguments, code, output, errors):
        self.arguments, self.code, self.output, self.errors = arguments, code, output, errors

    def text(self):
        return self.output + self.errors


def need(name):
    """The path of an installed program, else the scenario is skipped."""
    for folder in os.environ.get("PATH", "").split(":") + ["/usr/sbin", "/sbin", "/usr/bin"]:
        path = shutil.which(name, path=folder)
        if path:
            return path
    raise Skipped(f"the program {name} is not installed")


def run_program(arguments, input=None, environment=None, timeout=60, cwd=None):
    """Runs a program to its end."""
    data = input.encode() if isinstance(input, str) else input
    try:
        done = subprocess.run(arguments, input=data, capture_output=True, env=environment, timeout=timeout, cwd=cwd,
                              check=False, **({} if data is not None else {"stdin": subprocess.DEVNULL}))
    except subprocess.TimeoutExpired as expired:
        raise Failed(f"{' '.join(arguments)}: no end within {timeout} s\n"
                     f"{(expired.stdout or b'').decode(errors='replace')}"
                     f"{(expired.stderr or b'').decode(errors='replace')}") from None
    return Finished(arguments, done.returncode, done.stdout.decode(errors="replace"),
                    done.stderr.decode(errors="replace"))


def expect_success(finished):
    if finished.code != 0:
        raise Failed(f"{' '.join(finished.arguments)} ended with {finished.code}:\n{finished.text()}")
    return finished
