"""A proxy in front of a server, whose lines break where a scenario wants it."""

import socket
import threading


class CuttingProxy:
    """Lets so many bytes of one side through, then closes both. `cut`: (side, bytes), or None. With `refuses` whoever
    connects is sent away."""

    def __init__(self, port):
        self.target, self.cut, self.passed = port, None, {"server": 0, "client": 0}
        self.refuses, self._open = False, []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.refuses:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            self._open += [client, server]
            self.passed = {"server": 0, "client": 0}
            for side, source, sink in (("client", client, server), ("server", server, client)):
                threading.Thread(target=self._pass, args=(side, source, sink), daemon=True).start()

    def _pass(self, side, source, sink):
        side_cut, at = self.cut or ("", 0)
        try:
            while data := source.recv(65536):
                left = at - self.passed[side] if side == side_cut else len(data)
                sink.sendall(data[:left])
                self.passed[side] += min(len(data), left)
                if left <= len(data) and side == side_cut:
                    break
        except OSError:
            pass
        self._end(source, sink)

    def drop(self):
        """All connections."""
        self._end(*self._open)

    @staticmethod
    def _end(*sockets):
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def clean_up(self):
        self._listener.close()
