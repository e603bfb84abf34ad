/** HTTP/2 connections from their first byte to their last: beside HTTP/1.1, over TLS, with slow clients, time-outs and ends of all kinds. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, constants } from "node:http2";
import type { Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { get as http1Get } from "../differential/requests.ts";
import { createCertificates } from "../harness/certificates.ts";
import { askHttp2, openHttp2 } from "../harness/http2-client.ts";
import { FRAME_TYPE, FrameClient, frame, get, headers, openFrameClient, PREFACE, post, settings } from "../harness/http2-frames.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { workerPid } from "./process-state.ts";
import { startSilentServer } from "./silent-server.ts";

const MEGABYTE = 1_048_576;

function confFor(server: string, http = ""): string {
  return `http { http2 on; ${http} server { listen 127.0.0.1:%%PORT%%; root %%DIR%%/www; ${server} } }`;
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) * 1024;
}

describe("one port for two protocols", () => {
  test("a client of HTTP/1.1 is served where http2 is on, whatever its first bytes", async () => {
    await using server = await startForegate({ conf: confFor('location / { return 200 "$server_protocol"; }') });
    expect((await server.exchange(http1Get("/"))).answers[0]?.body).toBe("HTTP/1.1");
    const { answers } = await server.exchange(["PRI * HTTP/2.0\r\n\r\nS", 20, "GARBAGE"]);
    expect(answers[0]?.status).toBe(400);
    const put = await server.exchange(["P", 20, "UT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"]);
    expect(put.answers[0]?.body).toBe("HTTP/1.1");
  });

  test("a preface is known however it is split", async () => {
    await using server = await startForegate({ conf: confFor('location / { return 200 "text"; }') });
    for (let at = 1; at < PREFACE.length; at++) {
      const client = new FrameClient(server.port());
      client.send(PREFACE.subarray(0, at));
      await new Promise((resolve) => setTimeout(resolve, 3));
      client.send(PREFACE.subarray(at), settings(), headers(1, get("/")));
      await client.answered(1);
      client.destroy();
    }
  });

  test("a client that leaves within its preface leaves nothing behind", async () => {
    await using server = await startForegate({ conf: confFor('location / { return 200 "text"; }') });
    const client = new FrameClient(server.port());
    client.send(PREFACE.subarray(0, 10));
    client.end();
    await client.closed;
  });

  test("without http2 a preface is a request of an unknown version", async () => {
    await using server = await startForegate({ conf: 'http { server { listen 127.0.0.1:%%PORT%%; location / { return 200 "text"; } } }' });
    expect((await server.exchange(PREFACE.toString("latin1"))).answers[0]?.status).toBe(400);
  });
});

test("ALPN chooses HTTP/2 over TLS, and HTTP/1.1 for those who do not offer it", async () => {
  const dir = createPrefix();
  const { server: pair } = createCertificates(join(dir, "certificates"));
  await using server = await startForegate({
    conf: `http { http2 on; server { listen 127.0.0.1:%%PORT%% ssl; ssl_certificate ${pair.certificate}; ssl_certificate_key ${pair.key};
      location / { return 200 "$server_protocol $http2 $scheme"; } } }`,
  });
  const session = connect(`https://127.0.0.1:${server.port()}`, { rejectUnauthorized: false });
  expect((await askHttp2(session, { path: "/" })).body).toBe("HTTP/2.0 h2 https");
  session.destroy();
  const { request } = await import("node:https");
  const [response] = (await once(request({ port: server.port(), host: "127.0.0.1", rejectUnauthorized: false }).end(), "response")) as [
    import("node:http").IncomingMessage,
  ];
  expect((await response.toArray()).join("")).toBe("HTTP/1.1  https");
  removePrefix(dir);
});

describe("bodies", () => {
  test("a large answer waits for a client that reads slowly, in little memory", async () => {
    await using server = await startForegate({ conf: confFor("location / { }"), files: { "www/large": Buffer.alloc(64 * MEGABYTE, "x") } });
    const session = openHttp2(server.port());
    const pid = workerPid(server.pid);
    const streams = Array.from({ length: 20 }, () => session.request({ ":path": "/large" }).pause());
    await Promise.all(streams.map((stream) => once(stream, "response")));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = residentBytes(pid);
    let bytes = 0;
    await Promise.all(
      streams.slice(0, 2).map(async (stream) => {
        for await (const chunk of stream) bytes += (chunk as Buffer).length;
      }),
    );
    expect(bytes).toBe(2 * 64 * MEGABYTE);
    expect(residentBytes(pid) - before).toBeLessThan(64 * MEGABYTE);
    session.destroy();
  });

  test("an upload waits for an upstream that reads slowly, in little memory", async () => {
    let upstream: Socket | undefined;
    using origin = await startSilentServer((socket) => {
      upstream = socket.pause();
    });
    await using server = await startForegate({
      conf: confFor(`client_max_body_size 0; location / { proxy_pass http://127.0.0.1:${origin.port}; proxy_request_buffering off; }`),
    });
    const session = openHttp2(server.port());
    const pid = workerPid(server.pid);
    await askHttp2(server.port(), { path: "/missing", method: "TRACE" });
    const before = residentBytes(pid);
    const stream = session.request({ ":path": "/", ":method": "POST", "content-length": String(64 * MEGABYTE) });
    stream.on("error", () => {});
    const chunk = Buffer.alloc(MEGABYTE, "u");
    let written = 0;
    while (written < 64 && stream.write(chunk)) written++;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(residentBytes(pid) - before).toBeLessThan(48 * MEGABYTE);
    expect(upstream).toBeDefined();
    session.destroy();
  });

  test("a body of any size arrives whole and in order, buffered and streamed", async () => {
    await using origin = await startOrigin(({ body }) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await using server = await startForegate({
      conf: confFor(`client_max_body_size 0; client_body_buffer_size 16k; proxy_pass_request_headers on;
        location /buffered { proxy_pass http://127.0.0.1:${origin.port}; }
        location /streamed { proxy_pass http://127.0.0.1:${origin.port}; proxy_request_buffering off; }`),
    });
    const session = openHttp2(server.port());
    for (const size of [1, 16_383, 16_384, 16_385, 65_535, 65_536, 300_000, 3_000_000]) {
      const body = Array.from({ length: Math.ceil(size / 8) }, (_, i) => i.toString(36).padStart(8, "0"))
        .join("")
        .slice(0, size);
      for (const path of ["/buffered", "/streamed"]) {
        for (const fields of [[["content-length", String(size)]], []] as const) {
          const answer = await askHttp2(session, {
            path,
            method: "POST",
            fields,
            content: [body.slice(0, size >> 1), body.slice(size >> 1)],
          });
          expect(answer.status).toBe(200);
          expect(answer.body === body, `${path} with ${size} octets`).toBe(true);
        }
      }
    }
    session.destroy();
  });

  test("the body of a request that is refused by its head is not read", async () => {
    await using server = await startForegate({ conf: confFor("location / { proxy_pass http://127.0.0.1:9; }") });
    const client = openFrameClient(server.port());
    client.send(headers(1, post("/", ["host", "other"]), 0));
    await client.answered(1);
    expect(await client.errorCode(1)).toBe(constants.NGHTTP2_NO_ERROR);
    client.destroy();
  });

  test("an answer that needs no body comes before it, and the rest is not wanted", async () => {
    await using server = await startForegate({ conf: confFor("client_max_body_size 10; location / { proxy_pass http://127.0.0.1:9; }") });
    const client = openFrameClient(server.port());
    client.send(headers(1, post("/", ["content-length", "1000"]), 0));
    await client.answered(1);
    expect(await client.errorCode(1)).toBe(constants.NGHTTP2_NO_ERROR);
    client.destroy();
  });

  test("trailers of an answer follow its body", async () => {
    await using server = await startForegate({
      conf: confFor('location / { add_trailer X-Sum $request_method; return 200 "text"; } location /large { add_trailer X-Sum 1; }'),
      files: { "www/large": "x".repeat(100_000) },
    });
    expect((await askHttp2(server.port(), { path: "/" })).trailers).toEqual([["x-sum", "GET"]]);
    const large = await askHttp2(server.port(), { path: "/large" });
    expect(large.body).toHaveLength(100_000);
    expect(large.trailers).toEqual([["x-sum", "1"]]);
  });

  test("trailers of a request are passed over", async () => {
    await using origin = await startOrigin(({ raw }) => `HTTP/1.1 200 OK\r\nContent-Length: ${raw.length}\r\n\r\n${raw}`);
    await using server = await startForegate({ conf: confFor(`location / { proxy_pass http://127.0.0.1:${origin.port}; }`) });
    const client = openFrameClient(server.port());
    client.send(headers(1, post("/"), 0), frame(FRAME_TYPE.data, 0, 1, "body"), headers(1, [["x-late", "1"]]));
    await client.answered(1);
    expect(Buffer.concat(client.frames.map(({ payload }) => payload)).toString("latin1")).not.toContain("x-late");
    client.destroy();
  });

  test("an upstream that breaks off resets the stream, and no other", async () => {
    await using origin = await startOrigin(() => ({ parts: ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"], ending: "close" }));
    await using server = await startForegate({
      conf: confFor(`location /text { return 200 x; } location / { proxy_pass http://127.0.0.1:${origin.port}; }`),
    });
    const session = openHttp2(server.port());
    const [cut, whole] = await Promise.all([askHttp2(session, { path: "/" }), askHttp2(session, { path: "/text" })]);
    expect(cut.resetCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    expect(whole).toMatchObject({ status: 200, body: "x", resetCode: 0 });
    session.destroy();
  });
});

test("thousands of requests on one connection are all answered and all logged", async () => {
  await using server = await startForegate({ conf: confFor('keepalive_requests 100000; location / { return 200 "x"; }') });
  const session = openHttp2(server.port());
  const ask = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) expect((await askHttp2(session, { path: "/" })).status).toBe(200);
  };
  await Promise.all(Array.from({ length: 30 }, ask));
  session.destroy();
  await waitUntil("all log lines", () => server.accessLog().split("\n").length - 1 === 3000 || undefined);
});
