"""A DNS server for names of the test alone, so that nothing leaves the machine. UDP and TCP.

`zone` maps a name to its records: {"remote.example": {"MX": [(10, "mx.remote.example")], "A": ["127.0.0.1"]}},
or to "SERVFAIL". A name that is not there does not exist (NXDOMAIN). [(0, "")] as MX is a null MX (RFC 7505).
"""

import socket
import socketserver
import struct
import threading

UDP_BYTES_MAX = 1232  # what resolvers ask for
TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA"}


def _wire_name(name):
    wire = b""
    for label in filter(None, name.split(".")):
        wire += bytes([len(label)]) + label.encode()
    return wire + b"\0"


def _read_name(packet, offset):
    labels = []
    while packet[offset]:
        length = packet[offset]
        labels.append(packet[offset + 1:offset + 1 + length].decode("ascii", "replace"))
        offset += 1 + length
    return ".".join(labels).lower(), offset + 1


def _record_data(kind, value):
    if kind == "A":
        return socket.inet_pton(socket.AF_INET, value)
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, value)
    if kind == "MX":
        return struct.pack("!H", value[0]) + _wire_name(value[1])
    if kind == "TXT":
        return bytes([len(value)]) + value.encode()
    return _wire_name(value)


def _for_udp(answer):
    """A large answer says that it has to be asked for by TCP (RFC 2181 section 9)."""
    if len(answer) <= UDP_BYTES_MAX:
        return answer
    _, end = _read_name(answer, 12)
    flags, = struct.unpack("!H", answer[2:4])
    return answer[:2] + struct.pack("!HHHHH", flags | 0x0200, 1, 0, 0, 0) + answer[12:end + 4]


class DnsServer:
    def __init__(self, zone):
        self.zone = zone
        self.questions = []
        self.silent = False
        self.ttl = 0  # of all records, in seconds
        while True:  # the same port for both
            self._udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), self._handler(tcp=False))
            self.port = self._udp.server_address[1]
            try:
                self._tcp = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), self._handler(tcp=True))
                break
            except OSError:
                self._udp.server_close()
        for server in (self._udp, self._tcp):
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def _handler(self, tcp):
        dns = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                if not tcp:
                    packet, sock = self.request
                    answer = dns._answer(packet)
                    if answer:
                        sock.sendto(_for_udp(answer), self.client_address)
                    return
                stream = self.request.makefile("rb")
                while length := stream.read(2):
                    answer = dns._answer(stream.read(struct.unpack("!H", length)[0]))
                    if answer:
                        self.request.sendall(struct.pack("!H", len(answer)) + answer)

        return Handler

    def _answer(self, packet):
        if len(packet) < 17 or self.silent:
            return None
        name, end = _read_name(packet, 12)
        kind = TYPES.get(struct.unpack("!H", packet[end:end + 2])[0], "?")
        self.questions.append((name, kind))
        question = packet[12:end + 4]
        records, code, authority = [], 0, b""
        entry = self.zone.get(name)
        if entry == "SERVFAIL":
            code = 2
        elif entry is None:
            code = 0 if any(known.endswith("." + name) for known in self.zone) else 3
        else:
            if kind not in entry and "CNAME" in entry:
                kind = "CNAME"
            records = entry.get(kind, [])
        if not records and code in (0, 3):
            soa = _wire_name("ns.example") + _wire_name("root.example") + struct.pack("!5I", 1, 1, 1, 1, 0)
            authority = _wire_name("example") + struct.pack("!HHIH", 6, 1, 0, len(soa)) + soa
        answers = b""
        for value in records:
            data = _record_data(kind, value)
            number = next(number for number, text in TYPES.items() if text == kind)
            answers += b"\xc0\x0c" + struct.pack("!HHIH", number, 1, self.ttl, len(data)) + data
        flags = 0x8580 | code
        return (packet[:2] + struct.pack("!HHHHH", flags, 1, len(records), 1 if authority else 0, 0) + question +
                answers + authority)

    def clean_up(self):
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()
