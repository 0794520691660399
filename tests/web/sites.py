"""Sites of other people, each on an origin of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@contextmanager
def site(page: str, policy: str = "") -> Iterator[str]:
    """Serve one page, with a content security policy if one is given; gives its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            first = self.path.partition("?")[0] == "/"
            self.send_response(200 if first else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            if first:
                self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()
