"""Waiting for something to become true, free ports, and what a failed expectation looks like."""

import random
import socket
import time


_PORTS = random.SystemRandom()


class Failed(Exception):
    """An expectation that was not met; the text says what was expected and what came."""


class Skipped(Exception):
    """The scenario cannot run here; the text says why."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


def expect_equal(got, expected, what):
    if got != expected:
        raise Failed(f"{what}\n    expected: {expected!r}\n    got:      {got!r}")


def expect_in(part, whole, what):
    if part not in whole:
        raise Failed(f"{what}\n    expected: something with {part!r}\n    got:      {whole!r}")


def wait_until(question, what, timeout=10.0, pause=0.02):
    """The first true answer of `question`; Failed after `timeout` seconds."""
    end = time.monotonic() + timeout
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failed(f"after {timeout:g} s still not: {what} (last answer: {answer!r})")
        time.sleep(pause)


def wait_for_value(question, expected, what, timeout=10.0, pause=0.02):
    """Waits until `question()` equals `expected`."""
    end = time.monotonic() + timeout
    while True:
        answer = question()
        if answer == expected:
            return answer
        if time.monotonic() > end:
            raise Failed(f"{what}, after {timeout:g} s\n    expected: {expected!r}\n    got:      {answer!r}")
        time.sleep(pause)


def free_ports(count):
    """Ports of 127.0.0.1 that nobody uses, all different. Below those that the system gives to clients: a port that is free
    now must not become the end of somebody's connection before its server listens."""
    sockets = []
    while len(sockets) < count:
        one = socket.socket()
        try:
            one.bind(("127.0.0.1", _PORTS.randrange(10000, 32000)))
            sockets.append(one)
        except OSError:
            one.close()
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False
