import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { sensitiveHeaders } from "node:http2";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { RequestBody } from "../../../../src/http/request-body.ts";
import { type BodySink, isBodyStream, Response } from "../../../../src/http/response.ts";
import { waitUntil } from "../../../harness/wait-until.ts";
import { bufferedBody, compileForwardSite, readAnswer } from "../forward-fixture.ts";
import { readBody, startHttp2Origin } from "./http2-origin.ts";

const dir = mkdtempSync(join(tmpdir(), "foregate-http2-"));
afterAll(() => rmSync(dir, { recursive: true }));

const GET = "GET /a?b HTTP/1.1\r\nHost: example.test\r\n\r\n";

function http2Site(port: number, directives = "", upstream = "") {
  const location = `location / { proxy_pass http://127.0.0.1:${port}; proxy_http_version 2; ${directives} }`;
  return compileForwardSite(`${upstream} server { ${location} }`, `${dir}/`);
}

describe("proxy_http_version 2", () => {
  it("sends pseudo-fields and the client's fields, lower-case and without those of a connection", async () => {
    await using origin = await startHttp2Origin((stream) => void stream.respond({ ":status": 204 }, { endStream: true }));
    const site = http2Site(origin.port, "proxy_set_header X-Set $uri; proxy_set_header Connection close; proxy_set_header Upgrade x;");
    const r = site.request(
      "GET /a?b HTTP/1.1\r\nHost: x\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-A: 1\r\nx-a: 2\r\nCookie: a=1\r\nCookie: b=2\r\nTE: gzip\r\nKeep-Alive: 3\r\n\r\n",
    );
    expect((await readAnswer(await site.ask(r))).status).toBe(204);
    expect(origin.requests[0]).toEqual({
      ":method": "GET",
      ":scheme": "http",
      ":authority": `127.0.0.1:${origin.port}`,
      ":path": "/a?b",
      "x-set": "/a",
      "x-a": "1, 2",
      cookie: "a=1; b=2",
      // Kept out of the compression state that the requests of all clients share.
      [sensitiveHeaders]: ["cookie"],
    });
  });

  it("takes :authority from proxy_set_header Host, and te where it asks for trailers", async () => {
    await using origin = await startHttp2Origin((stream) => void stream.respond({ ":status": 204 }, { endStream: true }));
    const site = http2Site(origin.port, "proxy_set_header Host $host; proxy_set_header TE $http_te;");
    await readAnswer(await site.ask(site.request("GET / HTTP/1.1\r\nHost: example.test\r\nTE: trailers\r\n\r\n")));
    await readAnswer(await site.ask(site.request("GET / HTTP/1.1\r\nHost: example.test\r\nTE: gzip, trailers\r\n\r\n")));
    expect(origin.requests[0]).toMatchObject({ ":authority": "example.test", te: "trailers" });
    expect(origin.requests[0]).not.toHaveProperty("host");
    expect(origin.requests[1]).not.toHaveProperty("te");
  });

  it("reads status, fields and body", async () => {
    await using origin = await startHttp2Origin((stream) => {
      stream.additionalHeaders({ ":status": 103, link: "</x>" });
      stream.respond({ ":status": 201, "content-type": "text/x", "set-cookie": ["a=1", "b=2"], "x-a": "\xe9" });
      stream.end("hello");
    });
    const site = http2Site(origin.port);
    const answer = await readAnswer(await site.ask(site.request(GET)));
    expect(answer).toMatchObject({ status: 201, body: "hello", cut: false });
    expect(answer.response.contentType).toBe("text/x");
    expect(answer.fields.filter((name) => name !== "date").join(" ")).toMatch(/set-cookie a=1 set-cookie b=2 x-a \xe9/);
  });

  it.each([
    ["HEAD", { ":status": 200, "content-length": "9" }, 9],
    ["GET", { ":status": 304 }, -1],
    ["GET", { ":status": 204 }, -1],
    ["GET", { ":status": 200 }, 0],
  ])("%s answered %o at once has no body", async (method, headers, contentLength) => {
    await using origin = await startHttp2Origin((stream) => void stream.respond(headers, { endStream: true }));
    const site = http2Site(origin.port);
    const { response } = await readAnswer(await site.ask(site.request(`${method} / HTTP/1.1\r\nHost: x\r\n\r\n`)));
    expect([response.body, headers[":status"] === 204 ? -1 : response.contentLength]).toEqual([undefined, contentLength]);
  });

  it("sends bodies from memory, from a file and from the client as they come", async () => {
    const bodies: string[] = [];
    await using origin = await startHttp2Origin((stream, headers) => {
      void readBody(stream).then((body) => {
        bodies.push(`${headers["content-length"] ?? "none"} ${body.length}`);
        stream.respond({ ":status": 200 });
        stream.end("ok");
      });
    });
    const path = join(dir, "body");
    writeFileSync(path, "f".repeat(300_000));
    const site = http2Site(origin.port);
    const post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
    expect((await readAnswer(await site.ask(site.request(post, "hello")))).body).toBe("ok");
    expect((await readAnswer(await site.ask(site.request(post, bufferedBody("", openSync(path, "r")))))).body).toBe("ok");
    const streamed = http2Site(origin.port, "proxy_request_buffering off;");
    const chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect((await readAnswer(await streamed.ask(streamed.request(chunked, pieces(10, 50_000))))).body).toBe("ok");
    expect(bodies).toEqual(["5 5", "300000 300000", "none 500000"]);
  });

  it("shares one connection between requests at the same time and one after the other", async () => {
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 200 });
      setTimeout(() => stream.end("ok"), 20);
    });
    const site = http2Site(origin.port);
    const ask = async () => (await readAnswer(await site.ask(site.request(GET)))).body;
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(["ok", "ok", "ok"]);
    expect(await ask()).toBe("ok");
    expect(origin.sessions).toHaveLength(1);
  });

  it("opens another connection when the peer allows no more streams on the first", async () => {
    await using origin = await startHttp2Origin(
      (stream) => {
        stream.respond({ ":status": 200 });
        setTimeout(() => stream.end("ok"), 100);
      },
      { maxConcurrentStreams: 2 },
    );
    const site = http2Site(origin.port);
    const ask = async () => (await readAnswer(await site.ask(site.request(GET)))).body;
    await ask();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(["ok", "ok", "ok"]);
    expect(origin.sessions).toHaveLength(2);
  });

  it.each([
    ["keepalive 0", "keepalive 0;"],
    ["keepalive_requests 1", "keepalive 2; keepalive_requests 1;"],
  ])("keeps no connection with %s", async (_name, keepalive) => {
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
    const site = compileForwardSite(
      `upstream u { server 127.0.0.1:${origin.port}; ${keepalive} } server { location / { proxy_pass http://u; proxy_http_version 2; } }`,
      `${dir}/`,
    );
    for (let i = 0; i < 2; i++) expect((await readAnswer(await site.ask(site.request(GET)))).body).toBe("ok");
    expect(origin.sessions).toHaveLength(2);
  });

  it("closes a connection that nobody has used for keepalive_timeout", async () => {
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
    const site = compileForwardSite(
      `upstream u { server 127.0.0.1:${origin.port}; keepalive 1; keepalive_timeout 100ms; }
       server { location / { proxy_pass http://u; proxy_http_version 2; } }`,
      `${dir}/`,
    );
    await readAnswer(await site.ask(site.request(GET)));
    expect(origin.sessions[0]?.destroyed).toBe(false);
    await waitUntil("the end of the connection", () => (origin.sessions[0]?.destroyed === true ? true : undefined));
  });

  it("goes over a new connection when the peer closed the last one between two requests", async () => {
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
    const site = http2Site(origin.port);
    expect((await readAnswer(await site.ask(site.request(GET)))).body).toBe("ok");
    for (const session of origin.sessions) session.destroy();
    const r = site.request(GET);
    expect((await readAnswer(await site.ask(r))).body).toBe("ok");
    expect(r.upstreamStates).toHaveLength(1);
    expect(origin.sessions).toHaveLength(2);
  });

  it("delivers an answer that comes while the body is still sent, and stops sending", async () => {
    let isClosed = false;
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 413 });
      stream.end("too much");
      stream.on("close", () => {
        isClosed = true;
      });
    });
    const site = http2Site(origin.port, "proxy_request_buffering off;");
    const r = site.request("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n", neverEnding());
    expect(await readAnswer(await site.ask(r))).toMatchObject({ status: 413, body: "too much", cut: false });
    await waitUntil("the stream's end", () => (isClosed ? true : undefined));
  });

  it("resets the stream of a client that went away and keeps the connection", async () => {
    let code = -1;
    await using origin = await startHttp2Origin((stream, headers) => {
      if (headers[":path"] === "/wait") {
        stream.on("close", () => {
          code = stream.rstCode ?? -1;
        });
        return;
      }
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
    const site = http2Site(origin.port);
    const r = site.request("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    const verdict = site.ask(r);
    await waitUntil("the request", () => origin.requests[0]);
    r.exchange.onGone?.();
    expect(await verdict).toBe(499);
    await waitUntil("the reset", () => (code >= 0 ? true : undefined));
    expect(code).toBe(8);
    expect((await readAnswer(await site.ask(site.request(GET)))).body).toBe("ok");
    expect(origin.sessions).toHaveLength(1);
  });

  it("reads the upstream no faster than the client takes it with proxy_buffering off, and other streams go on", async () => {
    let written = 0;
    await using origin = await startHttp2Origin((stream, headers) => {
      stream.respond({ ":status": 200 });
      if (headers[":path"] !== "/large") {
        stream.end("ok");
        return;
      }
      const chunk = Buffer.alloc(65_536, "x");
      const more = (): void => {
        if (written >= 8_388_608) stream.end();
        else {
          written += chunk.length;
          stream.write(chunk, more);
        }
      };
      more();
    });
    const site = http2Site(origin.port, "proxy_buffering off;");
    const verdict = await site.ask(site.request("GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
    if (!(verdict instanceof Response) || !isBodyStream(verdict.body)) throw new Error("No streamed answer");
    const { body } = verdict;
    let taken = 0;
    const whole = new Promise<boolean>((resolve) => {
      const sink: BodySink = {
        write: (chunk) => {
          taken += chunk.length;
          return false;
        },
        end: () => resolve(true),
        fail: (e) => {
          console.log(e);
          resolve(false);
        },
      };
      body.start(sink);
    });
    for (let i = 0; i < 5; i++) expect((await readAnswer(await site.ask(site.request(GET)))).body).toBe("ok");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(written).toBeLessThan(2_000_000);
    const pump = setInterval(() => body.resume(), 1);
    expect(await whole).toBe(true);
    clearInterval(pump);
    expect(taken).toBe(8_388_608);
    expect(origin.sessions).toHaveLength(1);
  });

  it("tries the next peer, and says why, when one does not speak HTTP/2", async () => {
    const old = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
    });
    await new Promise<void>((resolve) => old.listen(0, "127.0.0.1", resolve));
    const { port } = old.address() as { port: number };
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
    const site = compileForwardSite(
      `upstream u { server 127.0.0.1:${port}; server 127.0.0.1:${origin.port}; }
       server { location / { proxy_pass http://u; proxy_http_version 2; proxy_next_upstream error invalid_header; } }`,
      `${dir}/`,
    );
    expect((await readAnswer(await site.ask(site.request(GET)))).body).toBe("ok");
    expect(site.logged[0]?.context["cause"]).toBe("not_http2");
    await new Promise((resolve) => old.close(resolve));
  });

  it("answers 502 where nothing listens and 504 where nothing answers", async () => {
    await using origin = await startHttp2Origin(() => undefined);
    const silent = http2Site(origin.port, "proxy_read_timeout 100ms;");
    expect(await silent.ask(silent.request(GET))).toBe(504);
    expect(silent.logged[0]).toMatchObject({ context: { cause: "read_timeout" } });
    const { port } = origin;
    await origin[Symbol.asyncDispose]();
    const site = http2Site(port);
    expect(await site.ask(site.request(GET))).toBe(502);
    expect(site.logged[0]?.message).toBe("connect() failed (111: Connection refused) while connecting to upstream");
  });

  it("counts what a request sent and got", async () => {
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 200 });
      stream.end("x".repeat(1000));
    });
    const site = http2Site(origin.port);
    const r = site.request("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n", "y".repeat(500));
    await readAnswer(await site.ask(r));
    const state = r.upstreamStates?.[0];
    expect(state).toMatchObject({ status: 200, responseLength: 1000 });
    expect(state?.bytesSent).toBeGreaterThan(550);
    expect(state?.bytesReceived).toBeGreaterThan(1000);
  });
});

/** `count` pieces of `bytes` octets, each when the last has been taken. */
function pieces(count: number, bytes: number): RequestBody {
  let left = count;
  let sink: BodySink | undefined;
  const send = (): void => {
    while (left > 0) {
      left--;
      if (sink?.write(Buffer.alloc(bytes, "s")) === false) return;
    }
    sink?.end();
  };
  return {
    ...bufferedBody(""),
    declaredLength: -1,
    received: 0,
    buffered: undefined,
    stream: (target) => {
      sink = target;
      setImmediate(send);
    },
    resume: () => setImmediate(send),
  };
}

/** A body of 900,000 octets of which one piece comes. */
function neverEnding(): RequestBody {
  return {
    ...bufferedBody(""),
    declaredLength: 900_000,
    received: 0,
    buffered: undefined,
    stream: (sink) => void sink.write(Buffer.alloc(1000, "n")),
    resume: () => undefined,
  };
}
