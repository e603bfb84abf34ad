"""WebSockets with uWSGI's own API: the path says what comes back. To be run with --threads or the like: each WebSocket holds one."""

import uwsgi


def application(environ, start_response):
    name = environ["PATH_INFO"].rstrip("/").rsplit("/", 1)[-1]
    if name == "plain":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"plain\n"]
    if name == "refuse":
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"no\n"]
    if "HTTP_SEC_WEBSOCKET_KEY" not in environ:
        start_response("426 Upgrade Required", [("Upgrade", "websocket"), ("Content-Type", "text/plain")])
        return [b"a WebSocket is needed\n"]
    if name == "raise":
        raise RuntimeError("raised before the handshake")
    uwsgi.websocket_handshake(environ["HTTP_SEC_WEBSOCKET_KEY"], environ.get("HTTP_ORIGIN", ""))
    CONVERSATIONS[name]()
    return []


def text():
    """Echoes every message as text until the client closes."""
    echo(uwsgi.websocket_send)


def binary():
    """Echoes every message as binary until the client closes."""
    echo(uwsgi.websocket_send_binary)


def echo(send):
    while True:
        try:
            message = uwsgi.websocket_recv()
        except OSError:
            # uWSGI's word for a client that closed.
            return
        send(message)


def greet():
    """Says something unasked, waits for one message, and closes."""
    uwsgi.websocket_send("welcome")
    uwsgi.websocket_recv()
    uwsgi.websocket_send("goodbye")


def flood():
    """Sends 64 messages of 64 KB, as fast as they are taken, and closes."""
    for number in range(64):
        uwsgi.websocket_send_binary(bytes([number]) * 65536)


CONVERSATIONS = {"text": text, "binary": binary, "greet": greet, "flood": flood}
