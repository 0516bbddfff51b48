#!/usr/bin/env python3
"""A server on loopback for what a download may meet:

    file_server.py FOLDER PORTFILE

Serves the files of FOLDER, and writes the port it listens on into PORTFILE once it does. The first part
of a path says how it behaves, the rest is the file: /whole/F, /norange/F (never goes on in the middle),
/cut/F (breaks off half way, each time a request begins at the front; goes on from there), /cutall/F
(breaks off after 1000 bytes, always), /stall/F (sends half and falls silent), /redirect/F, /lfs/F,
/page/F, /missing/F, /wrong/F (as long, other bytes), /short/F (a whole answer, too few bytes). Every
request is a line "METHOD PATH RANGE" in PORTFILE.log."""

import http.server
import os
import sys
import threading
import time

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
PAGE = b"<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, code, body, length=None, headers=()):
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def start(self):
        """The byte that the request begins at."""
        header = self.headers.get("Range", "")
        return int(header[6:].split("-")[0]) if header.startswith("bytes=") else 0

    def send_part(self, data, first, count):
        """data from first on, of which count bytes really come."""
        code, headers = 200, []
        if first:
            code = 206
            headers = [("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")]
        self.answer(code, data[first : first + count], len(data) - first, headers)

    def do_GET(self):
        with self.server.lock, open(self.server.log, "a") as log:
            log.write(f"{self.command} {self.path} {self.headers.get('Range', '-')}\n")
        _, kind, name = self.path.split("/", 2)
        path = os.path.join(self.server.folder, name)
        if kind == "missing" or not os.path.isfile(path):
            return self.answer(404, b"no such file\n")
        if kind == "redirect":
            return self.answer(302, b"", headers=[("Location", f"/whole/{name}")])
        if kind in ("lfs", "page"):
            return self.answer(200, LFS if kind == "lfs" else PAGE)
        with open(path, "rb") as file:
            data = file.read()
        if kind == "wrong":
            data = bytes(byte ^ 0xFF for byte in data)
        if kind == "short":
            data = data[: len(data) // 2]
        first = 0 if kind == "norange" else self.start()
        if first >= len(data):
            return self.answer(416, b"")
        self.close_connection = kind in ("cut", "cutall", "stall")
        if kind == "cut" and not first:
            return self.send_part(data, 0, len(data) // 2)
        if kind == "cutall":
            return self.send_part(data, first, 1000)
        if kind == "stall":
            self.send_part(data, first, (len(data) - first) // 2)
            return time.sleep(60)
        return self.send_part(data, first, len(data) - first)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients hang up on what they do not want."""


def main():
    folder, port_file = sys.argv[1:3]
    server = Server(("127.0.0.1", 0), Handler)
    server.folder, server.log, server.lock = folder, port_file + ".log", threading.Lock()
    open(server.log, "w").close()
    with open(port_file + ".new", "w") as file:
        file.write(str(server.server_port))
    os.rename(port_file + ".new", port_file)
    server.serve_forever()


main()
