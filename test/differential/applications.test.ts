/** Real applications, run by the real uWSGI, fetched through nginx and through foregate with one configuration. */

import { startUwsgi } from "../harness/start-uwsgi.ts";
import { get, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const FORM = "Content-Type: application/x-www-form-urlencoded";
const UPLOAD = '--B\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n\0\x01\xfe\xff\r\n--\r\n--B--\r\n';
const MULTIPART = "Content-Type: multipart/form-data; boundary=B";
/** A signed token or session differs with each answer; that there is one does not. */
const WITHOUT_TOKENS = { compare: { body: false, fields: ["Content-Type", "Vary"] } } as const;

const flask: readonly Row[] = [
  ...[
    "/",
    "/args?a=1&a=2&b=%20+",
    "/form",
    "/redirect",
    "/redirect-absolute",
    "/unicode/caf%C3%A9%2Fx",
    "/teapot",
    "/fail",
    "/conditional",
    "/none",
  ].map((path) => ({ name: `flask ${path}`, request: get(`/flask${path}`) })),
  { name: "flask HEAD", request: request("HEAD", "/flask/conditional") },
  { name: "flask OPTIONS", request: request("OPTIONS", "/flask/form") },
  { name: "flask a method that is not allowed", request: request("DELETE", "/flask/form") },
  { name: "flask form", request: withContent("POST", "/flask/form", "name=caf%C3%A9&name=2", FORM) },
  { name: "flask JSON", request: withContent("POST", "/flask/json", '{"a":[1,{"b":null}]}', "Content-Type: application/json") },
  { name: "flask broken JSON", request: withContent("POST", "/flask/json", '{"a":', "Content-Type: application/json") },
  { name: "flask upload", request: withContent("POST", "/flask/upload", UPLOAD, MULTIPART) },
  { name: "flask cookies", request: get("/flask/cookies", "Cookie: a=1; b=2") },
  { name: "flask range", request: get("/flask/conditional", "Range: bytes=0-4") },
  { name: "flask conditional that holds", request: get("/flask/conditional", 'If-None-Match: "x"') },
  { name: "flask session", request: get("/flask/count"), ...WITHOUT_TOKENS },
];

const django: readonly Row[] = [
  ...["/", "/form", "/stream/", "/away/", "/fail/", "/none/", "/static/site.css", "/static/none"].map((path) => ({
    name: `django ${path}`,
    request: get(path, "X-App: django"),
    portName: "DJANGO",
  })),
  { name: "django HEAD", request: request("HEAD", "/"), portName: "DJANGO" },
  { name: "django form page", request: get("/form/"), portName: "DJANGO", ...WITHOUT_TOKENS },
  { name: "django form without a token", request: withContent("POST", "/form/", "name=x", FORM), portName: "DJANGO" },
  { name: "django upload without a token", request: withContent("POST", "/upload/", UPLOAD, MULTIPART), portName: "DJANGO" },
  { name: "django session", request: get("/count/"), portName: "DJANGO", ...WITHOUT_TOKENS },
  { name: "django a wrong host", request: get("/", "X-Forwarded-Host: evil.test"), portName: "DJANGO" },
];

const plain: readonly Row[] = [
  ...["/plain/stream", "/plain/big", "/plain/status", "/plain/empty", "/plain/cookies"].map((path) => ({
    name: `plain ${path}`,
    request: get(path),
  })),
  { name: "plain an exception before the answer", request: get("/plain/raise_early") },
];

compareRows({
  name: "applications behind uWSGI",
  conf: `
http {
  include uwsgi_params;
  uwsgi_param HTTP_HOST $http_host;
  server { listen 127.0.0.1:%%PORT%%;
    location /flask/ { uwsgi_param SCRIPT_NAME /flask; uwsgi_modifier1 30; include uwsgi_params; uwsgi_param HTTP_HOST $http_host; uwsgi_pass 127.0.0.1:%%FLASK%%; }
    location /plain/ { uwsgi_pass 127.0.0.1:%%PLAIN%%; }
  }
  server { listen 127.0.0.1:%%PORT_DJANGO%%;
    location / { uwsgi_pass 127.0.0.1:%%DJANGO%%; }
    location /static/ { root %%DIR%%; }
  }
}`,
  files: {
    "static/site.css": "p{}",
    uwsgi_params: [
      "QUERY_STRING $query_string",
      "REQUEST_METHOD $request_method",
      "CONTENT_TYPE $content_type",
      "CONTENT_LENGTH $content_length",
      "REQUEST_URI $request_uri",
      "PATH_INFO $document_uri",
      "SERVER_PROTOCOL $server_protocol",
      "REMOTE_ADDR $remote_addr",
      "SERVER_PORT $server_port",
      "SERVER_NAME $server_name",
    ]
      .map((param) => `uwsgi_param ${param};\n`)
      .join(""),
  },
  needs: ["uwsgi"],
  rows: [...flask, ...django, ...plain],
  origins: async () => {
    const apps = await Promise.all(
      ["wsgi_echo.py", "flask_app.py", "django_app.py"].map((app) => startUwsgi({ app, args: ["-b", "16384"] })),
    );
    const [plainApp, flaskApp, djangoApp] = apps;
    return {
      values: { PLAIN: plainApp?.port ?? 0, FLASK: flaskApp?.port ?? 0, DJANGO: djangoApp?.port ?? 0 },
      stop: async () => {
        await Promise.all(apps.map((app) => app.stop()));
      },
    };
  },
});
