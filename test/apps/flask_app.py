"""A Flask application: forms, cookies, JSON, uploads and redirects."""

import hashlib

from flask import Flask, abort, jsonify, make_response, redirect, request, session, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

application = Flask(__name__)
application.secret_key = "only for tests"
application.config["MAX_CONTENT_LENGTH"] = 64 * 1024 * 1024
# One proxy in front of it sets the X-Forwarded fields; without one they are absent.
application.wsgi_app = ProxyFix(application.wsgi_app, x_for=1, x_proto=1, x_host=1)


@application.get("/")
def index():
    return f"hello from {request.host}, you are {request.remote_addr} by {request.scheme}\n"


@application.get("/args")
def args():
    return jsonify(path=request.path, args=request.args.to_dict(flat=False), url=request.url)


@application.route("/form", methods=["GET", "POST"])
def form():
    if request.method == "GET":
        return '<form method="post"><input name="name"><button>Send</button></form>\n'
    return jsonify(request.form.to_dict(flat=False))


@application.post("/json")
def echo_json():
    return jsonify(received=request.get_json())


@application.post("/upload")
def upload():
    file = request.files["file"]
    content = file.read()
    return jsonify(name=file.filename, length=len(content), sha256=hashlib.sha256(content).hexdigest(), fields=request.form.to_dict())


@application.get("/cookies")
def cookies():
    response = make_response(jsonify(request.cookies.to_dict()))
    response.set_cookie("first", "1")
    response.set_cookie("second", "caf\u00e9", httponly=True, samesite="Lax")
    return response


@application.get("/count")
def count():
    """Counts the visits of one session, kept in a signed cookie."""
    session["visits"] = session.get("visits", 0) + 1
    return f"{session['visits']}\n"


@application.get("/redirect")
def to_index():
    return redirect(url_for("index"))


@application.get("/redirect-absolute")
def to_index_absolute():
    return redirect(url_for("index", _external=True), code=303)


@application.get("/unicode/<path:name>")
def unicode_path(name):
    return jsonify(name=name)


@application.get("/teapot")
def teapot():
    abort(418)


@application.get("/fail")
def fail():
    raise RuntimeError("a failing view")


@application.get("/conditional")
def conditional():
    response = make_response("0123456789" * 100)
    response.add_etag()
    return response.make_conditional(request)
