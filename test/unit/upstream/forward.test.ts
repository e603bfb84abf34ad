import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { InternalRedirect } from "../../../src/http/internal-redirect.ts";
import { isBodyStream, Response } from "../../../src/http/response.ts";
import { echoPacket, startFakeUwsgi } from "../../harness/fake-uwsgi.ts";
import { echoRequest, startOrigin } from "../../harness/origin.ts";
import { waitUntil } from "../../harness/wait-until.ts";
import { bufferedBody, compileForwardSite, readAnswer } from "./forward-fixture.ts";

const dir = mkdtempSync(join(tmpdir(), "foregate-forward-"));
afterAll(() => rmSync(dir, { recursive: true }));

const GET = "GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A port that nothing listens on: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function proxySite(port: number, directives = "", upstream = "") {
  return compileForwardSite(`${upstream} server { location / { proxy_pass http://127.0.0.1:${port}; ${directives} } }`, `${dir}/`);
}

describe("proxy_pass", () => {
  it("sends nginx's default fields and reads the answer", async () => {
    await using origin = await startOrigin(echoRequest);
    const site = proxySite(origin.port);
    const answer = await readAnswer(
      await site.ask(site.request("GET /a?b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: 1\r\nx-a: 2\r\n\r\n")),
    );
    expect(answer.status).toBe(200);
    expect(origin.requests[0]?.raw).toBe(`GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:${origin.port}\r\nX-A: 1\r\nx-a: 2\r\n\r\n`);
  });

  it("uses one connection for several requests", async () => {
    await using origin = await startOrigin(() => OK);
    const site = proxySite(origin.port);
    for (let i = 0; i < 3; i++) expect((await readAnswer(await site.ask(site.request(GET)))).body).toBe("ok");
    expect(origin.connections).toBe(1);
  });

  it("opens a connection for each request when the origin closes, or HTTP/1.0 is spoken", async () => {
    await using origin = await startOrigin(() => "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    const site = proxySite(origin.port);
    for (let i = 0; i < 2; i++) await readAnswer(await site.ask(site.request(GET)));
    expect(origin.connections).toBe(2);
    await using plain = await startOrigin(() => ({ parts: [OK], ending: "close" }));
    const old = proxySite(plain.port, "proxy_http_version 1.0;");
    await readAnswer(await old.ask(old.request(GET)));
    expect(plain.requests[0]?.raw).toContain("Connection: close");
  });

  it("repeats a request once when a kept connection turns out to be closed", async () => {
    await using origin = await startOrigin((request) =>
      request.connection === 0 && origin.requests.length > 1 ? { parts: [], ending: "close" } : OK,
    );
    const site = proxySite(origin.port);
    await readAnswer(await site.ask(site.request(GET)));
    const r = site.request(GET);
    expect((await readAnswer(await site.ask(r))).body).toBe("ok");
    expect(origin.connections).toBe(2);
    expect(r.upstreamStates).toHaveLength(1);
  });

  it("does not repeat a POST on a kept connection that was closed", async () => {
    await using origin = await startOrigin((request) =>
      origin.requests.length > 1 ? { parts: [], ending: "close" } : request.method === "GET" ? OK : OK,
    );
    const site = proxySite(origin.port);
    await readAnswer(await site.ask(site.request(GET)));
    expect(await site.ask(site.request("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n", "x"))).toBe(502);
    expect(origin.requests).toHaveLength(2);
  });

  it("never reuses a connection that has brought more than its answer", async () => {
    await using origin = await startOrigin(() => `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret`);
    const site = proxySite(origin.port);
    for (let i = 0; i < 2; i++) expect((await readAnswer(await site.ask(site.request(GET)))).body).toBe("ok");
    expect(origin.connections).toBe(2);
  });

  it.each([
    ["a Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", ["01234", "56789"], "0123456789", false],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ["3\r\nabc\r\n", "2\r\nde\r\n0\r\n\r\n"], "abcde", false],
    ["the end of the connection", "HTTP/1.1 200 OK\r\n\r\n", ["abc", "def"], "abcdef", false],
    ["too short a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", ["01234"], "01234", true],
    ["broken chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ["3\r\nabc\r\nzz\r\n"], "abc", true],
    ["cut chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ["3\r\nabc\r\n"], "abc", true],
  ])("reads a body that ends with %s", async (_name, head, parts, body, cut) => {
    await using origin = await startOrigin(() => ({ parts: [head, 10, ...parts.flatMap((part) => [part, 10])], ending: "close" }));
    const site = proxySite(origin.port);
    expect(await readAnswer(await site.ask(site.request(GET)))).toMatchObject({ body, cut });
  });

  it("passes over interim answers, even in pieces", async () => {
    await using origin = await startOrigin(() => ({
      parts: ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early", 10, " Hints\r\nLink: </a>\r\n\r\n", 10, OK],
    }));
    const site = proxySite(origin.port);
    expect(await readAnswer(await site.ask(site.request(GET)))).toMatchObject({ status: 200, body: "ok" });
  });

  it("answers 502 with nginx's line, a cause and a remedy when nothing listens", async () => {
    const port = await closedPort();
    const site = proxySite(port);
    const r = site.request(GET);
    expect(await site.ask(r)).toBe(502);
    expect(site.logged[0]).toMatchObject({
      level: "error",
      message: "connect() failed (111: Connection refused) while connecting to upstream",
      context: { upstream: `http://127.0.0.1:${port}/a`, cause: "connect_refused" },
    });
    expect(r.upstreamStates?.[0]).toMatchObject({ status: 502, errorCode: "connect_refused" });
  });

  it("names a missing unix socket", async () => {
    const site = compileForwardSite(`server { location / { proxy_pass http://unix:${dir}/none.sock:/x; } }`);
    expect(await site.ask(site.request(GET))).toBe(502);
    expect(site.logged[0]).toMatchObject({
      level: "crit",
      message: `connect() to unix:${dir}/none.sock failed (2: No such file or directory) while connecting to upstream`,
      context: { upstream: `http://unix:${dir}/none.sock:/xa`, cause: "socket_missing" },
    });
  });

  it.each([
    ["proxy_read_timeout", { parts: [] }, "upstream timed out (110: Connection timed out) while reading response header from upstream"],
    [
      "proxy_read_timeout within the head",
      { parts: ["HTTP/1.1 200"] },
      "upstream timed out (110: Connection timed out) while reading response header from upstream",
    ],
  ])("answers 504 after %s", async (_name, answer, message) => {
    await using origin = await startOrigin(() => answer);
    const site = proxySite(origin.port, "proxy_read_timeout 50ms;");
    expect(await site.ask(site.request(GET))).toBe(504);
    expect(site.logged[0]).toMatchObject({ message, context: { cause: "read_timeout" } });
  });

  it("cuts a body that stops coming", async () => {
    await using origin = await startOrigin(() => ({ parts: ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"] }));
    const site = proxySite(origin.port, "proxy_read_timeout 50ms;");
    expect(await readAnswer(await site.ask(site.request(GET)))).toMatchObject({ body: "ab", cut: true });
    expect(site.logged[0]?.message).toBe("upstream timed out (110: Connection timed out) while reading upstream");
  });

  it.each([
    ["HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "invalid_head", 'upstream sent invalid header: "X: a\\x00..."'],
    [`HTTP/1.1 200 OK\r\nX: ${"a".repeat(5000)}\r\n\r\n`, "head_too_big", "upstream sent too big header"],
    ["\x15\x03\x01\x00\x02\x02\x46", "answered_tls", "upstream sent no valid HTTP/1.0 header"],
    ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nraw", "unrequested_upgrade", "upstream sent an unrequested 101 answer"],
  ])("answers 502 to %j", async (text, cause, message) => {
    await using origin = await startOrigin(() => ({ parts: [text], ending: "close" }));
    const site = proxySite(origin.port);
    expect(await site.ask(site.request(GET))).toBe(502);
    expect(site.logged[0]).toMatchObject({ message: `${message} while reading response header from upstream`, context: { cause } });
  });

  it("goes on to the next server, and tells of each attempt", async () => {
    const dead = await closedPort();
    await using origin = await startOrigin(() => OK);
    const site = compileForwardSite(
      `upstream app { server 127.0.0.1:${dead}; server 127.0.0.1:${origin.port}; } server { location / { proxy_pass http://app; } }`,
    );
    const r = site.request("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n", "x");
    expect((await readAnswer(await site.ask(r))).body).toBe("ok");
    expect(r.upstreamStates?.map((state) => [state.address, state.status])).toEqual([
      [`127.0.0.1:${dead}`, 502],
      [`127.0.0.1:${origin.port}`, 200],
    ]);
    expect(site.logged.map((line) => line.message)).toContain("upstream server temporarily disabled while connecting to upstream");
    expect(origin.requests[0]?.fields).toContainEqual(["Host", "app"]);
  });

  it("answers with no live upstreams once all have failed", async () => {
    const site = compileForwardSite(
      `upstream app { server 127.0.0.1:${await closedPort()}; server 127.0.0.1:${await closedPort()}; } server { location / { proxy_pass http://app; } }`,
    );
    expect(await site.ask(site.request(GET))).toBe(502);
    expect(await site.ask(site.request(GET))).toBe(502);
    expect(site.logged.at(-1)).toMatchObject({
      message: "no live upstreams while connecting to upstream",
      context: { upstream: "http://app/a" },
    });
  });

  it("tries the next server after a status that proxy_next_upstream names", async () => {
    await using bad = await startOrigin(() => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    await using good = await startOrigin(() => OK);
    const site = compileForwardSite(
      `upstream app { server 127.0.0.1:${bad.port}; server 127.0.0.1:${good.port}; } server { location / { proxy_pass http://app; proxy_next_upstream http_503; } }`,
    );
    expect((await readAnswer(await site.ask(site.request(GET)))).status).toBe(200);
    expect([bad.requests.length, good.requests.length]).toEqual([1, 1]);
  });

  it("ends the upstream request when the client goes away", async () => {
    await using origin = await startOrigin(() => ({ parts: [] }));
    const site = proxySite(origin.port);
    const r = site.request(GET);
    const verdict = site.ask(r);
    await origin.request(1);
    r.exchange.onGone?.();
    expect(await verdict).toBe(499);
  });

  it("waits for the answer all the same with proxy_ignore_client_abort", async () => {
    await using origin = await startOrigin(() => OK);
    const site = proxySite(origin.port, "proxy_ignore_client_abort on;");
    const r = site.request(GET);
    expect(r.exchange.onGone).toBeUndefined();
    expect((await readAnswer(await site.ask(r))).body).toBe("ok");
  });

  it("sends a body from memory and from a file", async () => {
    await using origin = await startOrigin(echoRequest);
    const site = proxySite(origin.port);
    const large = "0123456789".repeat(30_000);
    const path = join(dir, "body");
    writeFileSync(path, large);
    const bodies = [bufferedBody("a=1"), bufferedBody("", openSync(path, "r"))];
    for (const body of bodies) {
      const head = `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.declaredLength}\r\n\r\n`;
      await readAnswer(await site.ask(site.request(head, body)));
    }
    expect(origin.requests.map((request) => request.body)).toEqual(["a=1", large]);
  });

  it("holds a large answer for a slow client in a temporary file, and delivers it whole", async () => {
    const large = Buffer.alloc(3_000_000, "0123456789abcdef").toString("latin1");
    await using origin = await startOrigin(() => ({
      parts: [`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n${large}`],
      ending: "close",
    }));
    const site = proxySite(origin.port);
    const r = site.request(GET);
    const verdict = await site.ask(r);
    if (!(verdict instanceof Response) || !isBodyStream(verdict.body)) throw new Error("No streamed answer");
    const { body } = verdict;
    let text = "";
    const ended = new Promise<string>((resolve) => {
      body.start({
        write: (chunk) => {
          text += chunk.toString("latin1");
          setImmediate(() => body.resume());
          return false;
        },
        end: () => resolve("end"),
        fail: (error) => resolve(error.message),
      });
    });
    expect(await ended).toBe("end");
    expect(text === large).toBe(true);
  });

  it("leaves a kept connection readable after an unbuffered answer that came in one piece", async () => {
    const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    await using origin = await startOrigin(() => chunked);
    const site = proxySite(origin.port, "proxy_buffering off; proxy_read_timeout 500ms;");
    for (let i = 0; i < 3; i++) expect(await readAnswer(await site.ask(site.request(GET)))).toMatchObject({ body: "ok", cut: false });
    expect(origin.connections).toBe(1);
  });

  it("reads the upstream no faster than the client takes it with proxy_buffering off", async () => {
    const large = "x".repeat(20_000_000);
    await using origin = await startOrigin(() => ({ parts: [`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n${large}`] }));
    const site = proxySite(origin.port, "proxy_buffering off;");
    const r = site.request(GET);
    const verdict = await site.ask(r);
    if (!(verdict instanceof Response) || !isBodyStream(verdict.body)) throw new Error("No streamed answer");
    const { body } = verdict;
    let taken = 0;
    let finished = false;
    body.start({
      write: (chunk) => {
        taken += chunk.length;
        return false;
      },
      end: () => {
        finished = true;
      },
      fail: () => undefined,
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(taken).toBeLessThanOrEqual(131_072);
    const drain = setInterval(() => {
      for (let i = 0; i < 20; i++) body.resume();
    }, 1);
    await waitUntil("the end of the body", () => (finished ? true : undefined), 10_000);
    clearInterval(drain);
    expect(taken).toBe(large.length);
  });
});

describe("uwsgi_pass", () => {
  const site = (port: number, directives = "") =>
    compileForwardSite(`server { location / { uwsgi_pass 127.0.0.1:${port}; ${directives} } }`, `${dir}/`);

  it("sends the standard params, HTTP_HOST and the client's fields", async () => {
    await using app = await startFakeUwsgi(echoPacket);
    const { ask, request } = site(app.port);
    await readAnswer(
      await ask(
        request("GET /a?b=c HTTP/1.1\r\nHost: Example.test:81\r\nCookie: a=1\r\nProxy: http://evil\r\nCookie: b=2\r\nX-A: v\r\n\r\n"),
      ),
    );
    expect(app.requests[0]?.vars).toEqual([
      ["QUERY_STRING", "b=c"],
      ["REQUEST_METHOD", "GET"],
      ["CONTENT_TYPE", ""],
      ["CONTENT_LENGTH", ""],
      ["REQUEST_URI", "/a?b=c"],
      ["PATH_INFO", "/a"],
      ["DOCUMENT_ROOT", `${dir}/html`],
      ["SERVER_PROTOCOL", "HTTP/1.1"],
      ["REQUEST_SCHEME", "http"],
      ["REMOTE_ADDR", "127.0.0.1"],
      ["REMOTE_PORT", "40000"],
      ["SERVER_PORT", "80"],
      ["SERVER_NAME", ""],
      ["HTTP_HOST", "example.test:81"],
      ["HTTP_COOKIE", "a=1; b=2"],
      ["HTTP_X_A", "v"],
    ]);
  });

  it("refuses a request whose vars do not fit a packet, without asking the application", async () => {
    await using app = await startFakeUwsgi(echoPacket);
    const { ask, request, logged } = site(app.port);
    const huge = `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(40_000)}\r\nX-B: ${"b".repeat(40_000)}\r\n\r\n`;
    expect(await ask(request(huge))).toBe(500);
    expect(app.connections).toBe(0);
    expect(logged[0]).toMatchObject({ level: "alert", message: expect.stringMatching(/^uwsgi request is too big: 80\d\d\d$/) });
  });

  it("names uWSGI's buffer-size when a large packet is answered by a closed connection", async () => {
    await using app = await startFakeUwsgi(() => "");
    const { ask, request, logged } = site(app.port);
    expect(await ask(request(`GET / HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(5000)}\r\n\r\n`))).toBe(502);
    expect(logged[0]).toMatchObject({
      message: "upstream prematurely closed connection while reading response header from upstream",
      context: {
        upstream: `uwsgi://127.0.0.1:${app.port}`,
        cause: "packet_over_buffer_size",
        remedy: expect.stringMatching(/default buffer-size is 4096; this request's vars are 5\d{3} bytes; set buffer-size/),
      },
    });
  });

  it("says which cause a silent close has otherwise", async () => {
    await using app = await startFakeUwsgi(() => "");
    const { ask, request, logged } = site(app.port);
    expect(await ask(request(GET))).toBe(502);
    expect(logged[0]?.context).toMatchObject({ cause: "closed_without_answer" });
  });

  it("de-chunks what the application sends in chunks", async () => {
    await using app = await startFakeUwsgi(() => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    const { ask, request } = site(app.port);
    expect(await readAnswer(await ask(request(GET)))).toMatchObject({ status: 200, body: "ok", fields: [] });
  });

  it("follows X-Accel-Redirect with its query, decoded", async () => {
    await using app = await startFakeUwsgi(() => "Status: 200\r\nX-Accel-Redirect: /files/a%20b?x=1\r\n\r\nbody");
    const { ask, request } = site(app.port);
    const r = request("POST /a HTTP/1.1\r\nHost: x\r\n\r\n");
    const verdict = await ask(r);
    expect(verdict).toBeInstanceOf(InternalRedirect);
    expect(verdict).toMatchObject({ uri: "/files/a b", args: "x=1" });
    expect(r.method).toBe("GET");
  });

  it("answers 404 to an X-Accel-Redirect that climbs", async () => {
    await using app = await startFakeUwsgi(() => "Status: 200\r\nX-Accel-Redirect: /files/..%2f../x\r\n\r\n");
    const { ask, request, logged } = site(app.port);
    expect(await ask(request(GET))).toBe(404);
    expect(logged[0]?.message).toContain('unsafe URI "/files/..%2f../x" was detected');
  });

  it("leaves an answer with an error page to uwsgi_intercept_errors", async () => {
    await using app = await startFakeUwsgi(() => "Status: 404 Gone\r\n\r\nbody");
    const { ask, request } = site(app.port, "uwsgi_intercept_errors on; error_page 404 /404.html;");
    expect(await ask(request(GET))).toBe(404);
  });

  it("hides X-Accel fields and what uwsgi_hide_header names, and passes what uwsgi_pass_header names", async () => {
    await using app = await startFakeUwsgi(() => "X-Accel-Buffering: no\r\nX-Accel-Charset: u\r\nX-Powered-By: app\r\nX-Own: 1\r\n\r\n");
    const { ask, request } = site(app.port, "uwsgi_hide_header X-Powered-By; uwsgi_pass_header X-Accel-Charset;");
    expect((await readAnswer(await ask(request(GET)))).fields).toEqual(["X-Accel-Charset", "u", "X-Own", "1"]);
  });
});
