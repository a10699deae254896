"""A web server (https) of the test that gives texts, by host name and path."""

import http.server
import threading


class WebFiles:
    def __init__(self, tls):
        """`tls`: an SSL context. `texts`: {("host", "/path"): text}; `requests`: what was asked for."""
        self.texts, self.requests, self.forms = {}, [], []
        self.answers = []  # of POST: (status, text), one after the other, the last one stays
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                host = self.headers.get("Host", "").partition(":")[0]
                web.requests.append((host, self.path))
                text = web.texts.get((host, self.path))
                self.answer(404 if text is None else 200, text or "")

            def do_POST(self):
                web.forms.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.answer(*(web.answers.pop(0) if len(web.answers) > 1 else web.answers[0]))

            def answer(self, status, text):
                self.send_response(status)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def clean_up(self):
        self._server.shutdown()
        self._server.server_close()
