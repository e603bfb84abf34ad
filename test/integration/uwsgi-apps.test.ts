/** uwsgi_pass in front of the real uWSGI with a plain WSGI, a Flask and a Django application. */

import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, fieldOf, fieldsOf } from "../harness/answers.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { type RunningUwsgi, startUwsgi } from "../harness/start-uwsgi.ts";

const PARAMS = [
  "QUERY_STRING $query_string",
  "REQUEST_METHOD $request_method",
  "CONTENT_TYPE $content_type",
  "CONTENT_LENGTH $content_length",
];
const MORE_PARAMS = ["REQUEST_URI $request_uri", "PATH_INFO $document_uri", "SERVER_PROTOCOL $server_protocol", "REMOTE_ADDR $remote_addr"];
const LAST_PARAMS = ["REQUEST_SCHEME $scheme", "REMOTE_PORT $remote_port", "SERVER_PORT $server_port", "SERVER_NAME $server_name"];

const conf = `
http {
  client_max_body_size 8m;
  ${[...PARAMS, ...MORE_PARAMS, ...LAST_PARAMS].map((param) => `uwsgi_param ${param};`).join("\n  ")}
  server { listen 127.0.0.1:%%PORT_PLAIN%%; location / { uwsgi_pass unix:%%PLAIN_SOCKET%%; } location /tcp/ { uwsgi_pass 127.0.0.1:%%PLAIN_TCP%%; }
    location /impatient/ { uwsgi_read_timeout 200ms; uwsgi_pass unix:%%PLAIN_SOCKET%%; } }
  server { listen 127.0.0.1:%%PORT_FLASK%%; location / { uwsgi_pass unix:%%FLASK%%; } }
  server { listen 127.0.0.1:%%PORT_DJANGO%%; location / { uwsgi_pass unix:%%DJANGO%%; } location /static/ { root %%DIR%%; } }
}`;

const sha256 = (text: string): string => createHash("sha256").update(Buffer.from(text, "latin1")).digest("hex");

requireOracle("uwsgi")("uwsgi_pass", () => {
  let apps: readonly RunningUwsgi[] = [];
  let server: RunningServer;

  beforeAll(async () => {
    const started = await Promise.all(
      ["wsgi_echo.py", "flask_app.py", "django_app.py"].map((app) => startUwsgi({ app, args: ["-b", "16384"] })),
    );
    apps = started;
    const [plain, flask, django] = started.map((app) => app.socketPath);
    const values = { PLAIN_SOCKET: plain ?? "", FLASK: flask ?? "", DJANGO: django ?? "", PLAIN_TCP: started[0]?.port ?? 0 };
    server = await startForegate({ conf, values, files: { "static/site.css": "p{}" } });
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.stop()));
  });

  async function ask(portName: string, line: string, fields: readonly string[] = [], content?: string): Promise<Answer> {
    const length = content === undefined ? [] : [`Content-Length: ${content.length}`];
    const head = [`${line} HTTP/1.1`, "Host: example.test", ...fields, ...length].join("\r\n");
    const { answers, raw } = await server.exchange(`${head}\r\n\r\n${content ?? ""}`, { portName, timeoutMs: 15_000 });
    const answer = answers.at(-1);
    if (answer === undefined) throw new Error(`Cannot read an answer to "${line}": got "${raw}"`);
    return answer;
  }
  const json = (answer: Answer): unknown => JSON.parse(Buffer.from(answer.body, "latin1").toString("utf8"));

  test("a plain application sees the request as it was sent", async () => {
    const shown = json(await ask("PLAIN", "GET /a%20b?x=1", ["X-Own: y"]));
    expect(shown).toMatchObject({
      PATH_INFO: "/a b",
      QUERY_STRING: "x=1",
      REQUEST_URI: "/a%20b?x=1",
      HTTP_X_OWN: "y",
      HTTP_HOST: "example.test",
    });
  });

  test("it is reached over TCP too", async () => {
    expect(json(await ask("PLAIN", "GET /tcp/x"))).toMatchObject({ PATH_INFO: "/tcp/x" });
  });

  test.each([0, 1, 8191, 8192, 8193, 1_000_000])("content of %i bytes arrives whole", async (bytes) => {
    const content = "\xff\0a\n".repeat(bytes).slice(0, bytes);
    expect(json(await ask("PLAIN", "POST /echo", [], content))).toMatchObject({ content: { length: bytes, sha256: sha256(content) } });
  });

  test("chunked content arrives whole and with its length", async () => {
    const request = "POST /echo HTTP/1.1\r\nHost: x.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n";
    const { answers } = await server.exchange(request, { portName: "PLAIN" });
    expect(JSON.parse(answers[0]?.body ?? "{}")).toMatchObject({ CONTENT_LENGTH: "11", content: { sha256: sha256("hello world") } });
  });

  test("content above client_max_body_size is refused before the application", async () => {
    expect((await ask("PLAIN", "POST /echo", ["Content-Length: 8388609", "Connection: close"])).status).toBe(413);
  });

  test("a streamed answer is chunked", async () => {
    const answer = await ask("PLAIN", "GET /stream");
    expect(answer.framing).toBe("chunked");
    expect(answer.body).toBe(Array.from({ length: 10 }, (_, number) => `line ${number}\n`).join(""));
  });

  test("server-sent events arrive", async () => {
    expect((await ask("PLAIN", "GET /events")).body).toBe("data: 0\n\ndata: 1\n\ndata: 2\n\n");
  });

  test("a big answer arrives whole", async () => {
    const answer = await ask("PLAIN", "GET /big");
    expect(sha256(answer.body)).toBe(sha256("0123456789abcdef".repeat(65536)));
  });

  test("an exception before the response is 502", async () => {
    expect((await ask("PLAIN", "GET /raise-early")).status).toBe(502);
  });

  test("an exception amid the content cuts the answer and the connection", async () => {
    const { answers, end } = await server.exchange("GET /raise-late HTTP/1.1\r\nHost: x.test\r\n\r\n", { portName: "PLAIN" });
    expect(answers[0]).toMatchObject({ status: 200, framing: "cut length", body: "part" });
    expect(end).toBe("closed");
  });

  test("an application slower than uwsgi_read_timeout is 504", async () => {
    expect((await ask("PLAIN", "GET /impatient/sleep?1")).status).toBe(504);
  });

  test("statuses and their reasons pass", async () => {
    expect(await ask("PLAIN", "GET /status?418+I+am+one")).toMatchObject({ status: 418, reason: "I am one" });
    expect(await ask("PLAIN", "GET /empty")).toMatchObject({ status: 204, body: "" });
  });

  test("cookies pass both ways", async () => {
    const answer = await ask("PLAIN", "GET /cookies", ["Cookie: x=1; y=2"]);
    expect(answer.body).toBe("x=1; y=2");
    expect(fieldsOf(answer, "Set-Cookie")).toEqual(["a=1; Path=/", "b=2; HttpOnly"]);
  });

  test("HEAD has the length and no content", async () => {
    const answer = await ask("PLAIN", "HEAD /big");
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect(fieldOf(answer, "Content-Length")).toBe("1048576");
  });

  test("a Flask form and JSON arrive", async () => {
    const form = await ask("FLASK", "POST /form", ["Content-Type: application/x-www-form-urlencoded"], "name=caf%C3%A9&name=2");
    expect(json(form)).toEqual({ name: ["café", "2"] });
    expect(json(await ask("FLASK", "POST /json", ["Content-Type: application/json"], '{"a":[1]}'))).toEqual({ received: { a: [1] } });
  });

  test("a Flask upload arrives whole", async () => {
    const file = "\0\x01\xfe\xff\r\n--".repeat(50_000);
    const content = `--B\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n${file}\r\n--B--\r\n`;
    const answer = await ask("FLASK", "POST /upload", ["Content-Type: multipart/form-data; boundary=B"], content);
    expect(json(answer)).toMatchObject({ name: "a.bin", length: file.length, sha256: sha256(file) });
  });

  test("Flask redirects, unicode paths, conditions and errors pass", async () => {
    expect(fieldOf(await ask("FLASK", "GET /redirect"), "Location")).toBe("/");
    expect(fieldOf(await ask("FLASK", "GET /redirect-absolute"), "Location")).toBe("http://example.test/");
    expect(json(await ask("FLASK", "GET /unicode/caf%C3%A9%2Fx"))).toEqual({ name: "café/x" });
    const etag = fieldOf(await ask("FLASK", "GET /conditional"), "ETag");
    expect(await ask("FLASK", "GET /conditional", [`If-None-Match: ${etag}`])).toMatchObject({ status: 304, body: "" });
    expect((await ask("FLASK", "GET /fail")).status).toBe(500);
  });

  test("a Flask session lives in its cookie", async () => {
    const cookie = (fieldOf(await ask("FLASK", "GET /count"), "Set-Cookie") ?? "").split(";")[0];
    expect((await ask("FLASK", "GET /count", [`Cookie: ${cookie}`])).body).toBe("2\n");
  });

  test("a Django form needs its CSRF token", async () => {
    const shown = await ask("DJANGO", "GET /form/");
    const cookie = (fieldOf(shown, "Set-Cookie") ?? "").split(";")[0];
    const token = /value="(\w+)"/.exec(shown.body)?.[1];
    const type = "Content-Type: application/x-www-form-urlencoded";
    expect((await ask("DJANGO", "POST /form/", [type], "name=x")).status).toBe(403);
    const sent = await ask("DJANGO", "POST /form/", [type, `Cookie: ${cookie}`], `name=x&csrfmiddlewaretoken=${token}`);
    expect(json(sent)).toEqual({ name: "x" });
  });

  test("Django sessions, slashes, streams and static files work", async () => {
    const cookie = (fieldOf(await ask("DJANGO", "GET /count/"), "Set-Cookie") ?? "").split(";")[0];
    expect((await ask("DJANGO", "GET /count/", [`Cookie: ${cookie}`])).body).toBe("2\n");
    expect(fieldOf(await ask("DJANGO", "GET /form"), "Location")).toBe("/form/");
    expect((await ask("DJANGO", "GET /stream/")).body.split("\n")).toHaveLength(1001);
    expect((await ask("DJANGO", "GET /static/site.css")).body).toBe("p{}");
    expect((await ask("DJANGO", "GET /")).body).toContain("http://example.test/ as 127.0.0.1");
  });
});
