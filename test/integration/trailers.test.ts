/** `proxy_pass_trailers`: fields behind an upstream's body reach the client, from HTTP/1.1 and from HTTP/2. */

import { expect, test } from "vitest";
import { request } from "../differential/requests.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startHttp2Origin } from "../unit/upstream/http2/http2-origin.ts";

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n";
const ENDING = "4\r\nbody\r\n0\r\nX-Sum: 1 2\r\nX-Secret: 3\r\nContent-Length: 9\r\n\r\n";

function confFor(port: number, directives: string): string {
  return `http { server { listen 127.0.0.1:%%PORT%%; location / { proxy_pass http://127.0.0.1:${port}; ${directives} } } }`;
}

/** What came behind the last chunk's head. */
function trailersOf(raw: string): string {
  return raw.slice(raw.indexOf("\r\n0\r\n") + 5);
}

test("trailers of a chunked answer are passed on, but for hidden ones and those that would change its framing", async () => {
  await using origin = await startOrigin(() => ({ parts: [CHUNKED, 30, ENDING] }));
  await using server = await startForegate({ conf: confFor(origin.port, "proxy_pass_trailers on; proxy_hide_header X-Secret;") });
  const { raw } = await server.exchange(request("GET", "/"));
  expect(trailersOf(raw)).toBe("X-Sum: 1 2\r\n\r\n");
});

test("trailers that come with the head are passed on too", async () => {
  await using origin = await startOrigin(() => CHUNKED + ENDING);
  await using server = await startForegate({ conf: confFor(origin.port, "proxy_pass_trailers on;") });
  expect(trailersOf((await server.exchange(request("GET", "/"))).raw)).toBe("X-Sum: 1 2\r\nX-Secret: 3\r\n\r\n");
});

test("no trailers pass unless told so, and none to a client that has no chunks", async () => {
  await using origin = await startOrigin(() => CHUNKED + ENDING);
  await using silent = await startForegate({ conf: confFor(origin.port, "") });
  expect(trailersOf((await silent.exchange(request("GET", "/"))).raw)).toBe("\r\n");
  await using server = await startForegate({ conf: confFor(origin.port, "proxy_pass_trailers on;") });
  const { raw } = await server.exchange("GET / HTTP/1.0\r\nHost: x\r\n\r\n");
  expect(raw.slice(raw.indexOf("\r\n\r\n"))).toBe("\r\n\r\nbody");
});

test("TE and Connection can be set to ask for trailers, as nginx's documentation says", async () => {
  await using origin = await startOrigin(() => CHUNKED + ENDING);
  const directives = 'proxy_http_version 1.1; proxy_set_header Connection "te"; proxy_set_header TE "trailers"; proxy_pass_trailers on;';
  await using server = await startForegate({ conf: confFor(origin.port, directives) });
  await server.exchange(request("GET", "/"));
  const fields = origin.requests[0]?.fields.map(([name, value]) => `${name}: ${value}`);
  expect(fields).toEqual(expect.arrayContaining(["Connection: te", "TE: trailers"]));
});

test("trailers of an HTTP/2 answer become those of a chunked one; with a length, when they were announced", async () => {
  await using origin = await startHttp2Origin((stream, headers) => {
    const announced = headers[":path"] === "/announced" ? { trailer: "x-sum" } : {};
    const length = headers[":path"] === "/" ? {} : { "content-length": "4" };
    stream.respond({ ":status": 200, ...length, ...announced }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "1 2", "x-sum-2": "\xe9" }));
    stream.end("body");
  });
  await using server = await startForegate({ conf: confFor(origin.port, "proxy_http_version 2; proxy_pass_trailers on;") });
  expect(trailersOf((await server.exchange(request("GET", "/"))).raw)).toBe("x-sum: 1 2\r\nx-sum-2: \xe9\r\n\r\n");
  expect(trailersOf((await server.exchange(request("GET", "/announced"))).raw)).toBe("x-sum: 1 2\r\nx-sum-2: \xe9\r\n\r\n");
  const { raw } = await server.exchange(request("GET", "/length"));
  expect(raw).toMatch(/Content-Length: 4[\s\S]*\r\n\r\nbody$/);
});
