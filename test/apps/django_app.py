"""A Django project in one file: forms with CSRF, sessions in signed cookies, uploads, and a static prefix."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.urls import path

settings.configure(
    DEBUG=False,
    SECRET_KEY="only for tests",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    INSTALLED_APPS=["django.contrib.sessions"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    USE_X_FORWARDED_HOST=True,
    STATIC_URL="/static/",
    STATIC_ROOT=str(Path(__file__).parent / "static"),
    DATABASES={},
)


def index(request):
    return HttpResponse(f"{request.scheme}://{request.get_host()}{request.path} as {request.META['REMOTE_ADDR']}\n", content_type="text/plain")


def form(request):
    """GET shows the form with its token; POST without the token is refused with 403."""
    if request.method == "POST":
        return JsonResponse({"name": request.POST.get("name", "")})
    return HttpResponse(f'<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}"><input name="name"></form>\n')


def count(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse(f"{request.session['visits']}\n", content_type="text/plain")


def upload(request):
    if request.method == "GET":
        return HttpResponse(get_token(request), content_type="text/plain")
    file = request.FILES["file"]
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return JsonResponse({"name": file.name, "length": file.size, "sha256": digest.hexdigest()})


def stream(request):
    return StreamingHttpResponse((f"line {number}\n" for number in range(1000)), content_type="text/plain")


def away(request):
    return HttpResponseRedirect("/form/")


def fail(request):
    raise RuntimeError("a failing view")


urlpatterns = [
    path("", index),
    path("form/", form),
    path("count/", count),
    path("upload/", upload),
    path("stream/", stream),
    path("away/", away),
    path("fail/", fail),
]

application = get_wsgi_application()
