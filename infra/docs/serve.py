"""Serve the documentation site to this machine only: ``python -m infra.docs.serve --port 18090``."""

from __future__ import annotations

import argparse
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from infra.docs.site import docs_folder
from infra.settings import settings

HOST = "127.0.0.1"


class Pages(SimpleHTTPRequestHandler):
    """Static files; tells browsers to load nothing from elsewhere, and keeps quiet about every request."""

    def end_headers(self) -> None:
        inline = "'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
        self.send_header("Content-Security-Policy", f"default-src {inline}")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


def server(port: int) -> ThreadingHTTPServer:
    """The server, bound but not yet serving; port 0 picks a free one."""
    folder = docs_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return ThreadingHTTPServer((HOST, port), partial(Pages, directory=str(folder)))


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=urlsplit(settings().docs_url).port or 0)
    with server(parser.parse_args().port) as pages:
        print(f"documentation at http://{HOST}:{pages.server_address[1]}/", flush=True)
        pages.serve_forever()


if __name__ == "__main__":
    main()
