"""A SOCKS server of version 4 and 4a that counts what goes through it.

    proxy.refuse = 91            # every request gets this code
    proxy.names["mx.example"] = "127.0.0.1"   # where names of 4a lead
Its `requests` are (host, port, user), with the host as it was asked for.
"""

import socket
import socketserver
import struct
import threading


class SocksServer:
    def __init__(self):
        self.requests, self.names, self.refuse, self.silent = [], {}, None, False
        self.bytes_to_targets = 0
        self._lock = threading.Lock()
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    server._serve(self.request)
                except (OSError, ValueError):
                    pass

        class Listener(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def clean_up(self):
        self._listener.shutdown()
        self._listener.server_close()

    def _serve(self, client):
        client.settimeout(30)
        version, command, port = struct.unpack("!BBH", _exactly(client, 4))
        ip = _exactly(client, 4)
        user = _text(client)
        host = socket.inet_ntoa(ip)
        if ip[:3] == b"\0\0\0" and ip[3] != 0:
            host = _text(client)
        with self._lock:
            self.requests.append((host, port, user))
        if self.silent:
            client.recv(1)
            return
        if (version, command) != (4, 1) or self.refuse:
            client.sendall(bytes([0, self.refuse or 91]) + b"\0" * 6)
            return
        target = socket.create_connection((self.names.get(host, host), port), timeout=30)
        client.sendall(b"\0\x5a" + b"\0" * 6)
        back = threading.Thread(target=_copy, args=(target, client), daemon=True)
        back.start()
        self._count(client, target)
        back.join(5)

    def _count(self, source, target):
        try:
            while data := source.recv(65536):
                with self._lock:
                    self.bytes_to_targets += len(data)
                target.sendall(data)
        finally:
            target.close()


def _copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _exactly(sock, count):
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            raise OSError("gone")
        data += piece
    return data


def _text(sock):
    data = b""
    while (byte := _exactly(sock, 1)) != b"\0":
        data += byte
    return data.decode()
