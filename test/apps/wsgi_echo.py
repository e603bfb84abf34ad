"""A plain WSGI application that shows what it was given and misbehaves on demand."""

import hashlib
import json
import time


def application(environ, start_response):
    handler = HANDLERS.get(environ["PATH_INFO"].rstrip("/").rsplit("/", 1)[-1], echo)
    return handler(environ, start_response)


def echo(environ, start_response):
    """The environ's text values as JSON, with the content's length and SHA-256."""
    content = environ["wsgi.input"].read()
    shown = {key: value for key, value in environ.items() if isinstance(value, str)}
    shown["content"] = {"length": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return respond(start_response, "200 OK", "application/json", json.dumps(shown, sort_keys=True).encode())


def stream(environ, start_response):
    """Ten lines, each flushed by itself, without a length."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    for number in range(10):
        yield f"line {number}\n".encode()
        time.sleep(0.01)


def events(environ, start_response):
    """Three server-sent events."""
    start_response("200 OK", [("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache")])
    for number in range(3):
        yield f"data: {number}\n\n".encode()
        time.sleep(0.05)


def raise_early(environ, start_response):
    """Fails before it started a response."""
    raise RuntimeError("raised before start_response")


def raise_late(environ, start_response):
    """Fails after part of the content went out."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "100")])
    yield b"part"
    raise RuntimeError("raised amid the content")


def sleep(environ, start_response):
    """Answers after as many seconds as the query says."""
    time.sleep(float(environ.get("QUERY_STRING") or "1"))
    return respond(start_response, "200 OK", "text/plain", b"slept\n")


def big(environ, start_response):
    """One megabyte with its length."""
    return respond(start_response, "200 OK", "application/octet-stream", b"0123456789abcdef" * 65536)


def download(environ, start_response):
    """A hundred megabytes, made as they are read."""
    piece = b"0123456789abcdef" * 4096
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(1600 * len(piece)))])
    return (piece for _ in range(1600))


def status(environ, start_response):
    """The status line of the query, with plus signs for spaces."""
    line = environ.get("QUERY_STRING", "200+OK").replace("+", " ")
    return respond(start_response, line, "text/plain", line.encode())


def empty(environ, start_response):
    """204 without content."""
    start_response("204 No Content", [])
    return [b""]


def cookies(environ, start_response):
    """Two cookies and the ones that were sent."""
    body = environ.get("HTTP_COOKIE", "").encode()
    fields = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; HttpOnly"), ("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK", fields)
    return [body]


def respond(start_response, line, content_type, body):
    start_response(line, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]


HANDLERS = {
    "stream": stream,
    "events": events,
    "raise-early": raise_early,
    "raise-late": raise_late,
    "sleep": sleep,
    "big": big,
    "download": download,
    "status": status,
    "empty": empty,
    "cookies": cookies,
}
