"""A DNS server whose zone may also have functions: {"odd.example": cut_short}. A function gets the whole packet and its
question section, and gives the bytes to send, or None: silence."""

import struct

from .dns_server import DnsServer, _read_name

MX_CLASS_IN = struct.pack("!HH", 15, 1)


class ScriptedDns(DnsServer):
    def _answer(self, packet):
        if len(packet) < 17:
            return None
        name, end = _read_name(packet, 12)
        entry = self.zone.get(name)
        if not callable(entry):
            return super()._answer(packet)
        self.questions.append((name, "scripted"))
        return entry(packet, packet[12:end + 4])


def head(packet, code=0, answers=0, flags=0x8580):
    return packet[:2] + struct.pack("!HHHHH", flags | code, 1, answers, 0, 0)


def code(number):
    """Only this response code: 1 FORMERR, 4 NOTIMP, 5 REFUSED …"""
    return lambda packet, question: head(packet, number) + question


def garbage(packet, _):
    return packet[:2] + bytes(range(255, 55, -1))


def only_id(packet, _):
    return packet[:2]


def cut_short(packet, question):
    """It announces ten records and ends within the first."""
    return head(packet, answers=10) + question + b"\xc0\x0c\x00\x0f\x00\x01\x00"


def always_truncated(packet, question):
    """By TCP too."""
    return head(packet, flags=0x8780) + question


def silence(*_):
    return None


def other_id(packet, question):
    return head(bytes([packet[0] ^ 0x55, packet[1]]) + packet[2:]) + question


def mx_data(data):
    """One MX record with these bytes as data, whatever was asked for."""
    return lambda packet, question: (head(packet, answers=1) + question + b"\xc0\x0c" + MX_CLASS_IN +
                                     struct.pack("!IH", 0, len(data)) + data)


def other_question(packet, _):
    """The answer to a question that nobody asked."""
    name = b"\x05other\x07example\x00"
    return head(packet, answers=1) + name + MX_CLASS_IN + b"\xc0\x0c" + MX_CLASS_IN + struct.pack("!IH", 0, 6) + \
        b"\x00\x0a\x01x\xc0\x0c"
