/** How HTTP/2 connections and streams end: by time-outs, limits, shutdown, and clients that go away. */

import { once } from "node:events";
import { type ClientHttp2Session, constants } from "node:http2";
import { describe, expect, test } from "vitest";
import { askHttp2, openHttp2 } from "../harness/http2-client.ts";
import { FLAG, FRAME_TYPE, FrameClient, get, headers, openFrameClient, PREFACE, post, settings } from "../harness/http2-frames.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inAccessLog, inErrorLog } from "./await-log.ts";
import { startSilentServer } from "./silent-server.ts";

const MEGABYTE = 1_048_576;

function confFor(server: string, http = ""): string {
  return `http { http2 on; ${http} server { listen 127.0.0.1:%%PORT%%; root %%DIR%%/www; ${server} } }`;
}

async function goaway(session: ClientHttp2Session): Promise<number> {
  const [code] = (await once(session, "goaway")) as [number];
  return code;
}

describe("ends", () => {
  test("keepalive_requests ends a connection after the answers under way", async () => {
    await using server = await startForegate({ conf: confFor('keepalive_requests 3; location / { return 200 "$connection_requests"; }') });
    const session = openHttp2(server.port());
    const end = goaway(session);
    const bodies = await Promise.all(["/", "/", "/"].map(async (path) => (await askHttp2(session, { path })).body));
    expect(bodies.sort()).toEqual(["1", "2", "3"]);
    expect(await end).toBe(constants.NGHTTP2_NO_ERROR);
  });

  test("a connection without requests is closed after keepalive_timeout", async () => {
    await using server = await startForegate({ conf: confFor('keepalive_timeout 300ms; location / { return 200 "x"; }') });
    const session = openHttp2(server.port());
    await askHttp2(session, { path: "/" });
    const startedAt = performance.now();
    expect(await goaway(session)).toBe(constants.NGHTTP2_NO_ERROR);
    expect(performance.now() - startedAt).toBeGreaterThan(250);
  });

  test("a client that ignores GOAWAY is cut", async () => {
    await using server = await startForegate({ conf: confFor('keepalive_timeout 100ms; location / { return 200 "x"; }') });
    const client = new FrameClient(server.port(), "stays");
    client.send(PREFACE, settings(), headers(1, get("/")));
    await client.arrival(({ type }) => type === FRAME_TYPE.goaway);
    // It writes on, until that fails.
    for (let i = 0; i < 100 && !client.isClosed; i++) {
      client.send(settings());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await client.closed;
    expect(client.frames.some(({ type }) => type === FRAME_TYPE.goaway)).toBe(true);
  });

  test("QUIT lets streams under way finish and ends the connection behind them", async () => {
    let answer: (() => void) | undefined;
    using origin = await startSilentServer((socket) =>
      socket.once("data", () => {
        answer = () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
      }),
    );
    await using server = await startForegate({ conf: confFor(`location / { proxy_pass http://127.0.0.1:${origin.port}; }`) });
    const session = openHttp2(server.port());
    const asked = askHttp2(session, { path: "/" });
    const release = await waitUntil("the request at the origin", () => answer);
    const end = goaway(session);
    server.signal("SIGQUIT");
    expect(await end).toBe(constants.NGHTTP2_NO_ERROR);
    release();
    expect((await asked).body).toBe("late");
    expect((await server.exit).code).toBe(0);
  });

  test.each(["reset", "closed"] as const)("a stream whose client is gone (%s) is logged as 499, and its upstream let go", async (how) => {
    let isLetGo = false;
    let hasCome = false;
    using origin = await startSilentServer((socket) => {
      socket.once("data", () => {
        hasCome = true;
      });
      socket.on("close", () => {
        isLetGo = true;
      });
      socket.resume();
    });
    await using server = await startForegate({
      conf: confFor(
        `access_log %%DIR%%/logs/access.log short; location / { proxy_pass http://127.0.0.1:${origin.port}; }`,
        "log_format short '$status $request';",
      ),
    });
    const session = openHttp2(server.port());
    const stream = session.request({ ":path": "/gone" });
    stream.on("error", () => {});
    await waitUntil("the request at the origin", () => hasCome || undefined);
    if (how === "reset") stream.close(constants.NGHTTP2_CANCEL);
    else session.destroy();
    await waitUntil("the end of the upstream connection", () => isLetGo || undefined);
    await inAccessLog(server, "499 GET /gone HTTP/2.0");
    session.destroy();
  });

  test("a client that closes its side without reading leaves nothing open", async () => {
    await using server = await startForegate({ conf: confFor("location / { }"), files: { "www/large": Buffer.alloc(8 * MEGABYTE, "x") } });
    const client = openFrameClient(server.port());
    client.pause();
    client.send(headers(1, get("/large")));
    client.end();
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.signal("SIGQUIT");
    expect((await server.exit).code).toBe(0);
  });

  test("a client that sends nothing of the body that it declared is reset after client_body_timeout", async () => {
    await using server = await startForegate({ conf: confFor("client_body_timeout 200ms; location / { proxy_pass http://127.0.0.1:9; }") });
    const client = openFrameClient(server.port());
    client.send(headers(1, post("/", ["content-length", "5"]), 0));
    expect(await client.errorCode(1)).toBe(constants.NGHTTP2_PROTOCOL_ERROR);
    await inErrorLog(server, /client timed out .* while reading client request body/);
    client.send(headers(3, get("/"), FLAG.endStream));
    await client.answered(3);
    client.destroy();
  });
});
