"""Takes jobs (POST /jobs) and tells how many have been done (GET /). GET /health asks Redis."""
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from store import Store


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            return self.answer(200, Store().ask("PING"))
        self.answer(200, f"{Store().ask('GET', 'done') or 0} jobs done")

    def do_POST(self):
        job = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        Store().ask("LPUSH", "jobs", job)
        self.answer(202, "accepted")

    def answer(self, status, text):
        body = f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code="-", size="-"):
        if self.path != "/health":
            print(f"api: {self.requestline} {int(code)}", flush=True)


ThreadingHTTPServer(("", int(os.environ["PORT"])), Api).serve_forever()
