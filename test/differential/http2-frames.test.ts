/**
 * Frames as no client library sends them, by sections of RFC 9113 and RFC 7541: what a server has to do about each, held against both servers.
 * Where nginx does something else the row says so.
 */

import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needsGuard } from "../../src/http/connection/http2/guard-frames.ts";
import { FLAG, FRAME_TYPE, type Frame, FrameClient, get, headers, PREFACE, settings } from "../harness/http2-frames.ts";
import { statusIn } from "../harness/http2-status.ts";
import { requireOracle } from "../harness/oracle.ts";
import { type Origin, startOrigin } from "../harness/origin.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { fieldRows } from "./http2-sections/field-rows.ts";
import { frameRows } from "./http2-sections/frame-rows.ts";
import { hpackRows } from "./http2-sections/hpack-rows.ts";
import { PROBE_STREAM, type SectionRow } from "./http2-sections/section-row.ts";
import { streamRows } from "./http2-sections/stream-rows.ts";

const conf = `
http {
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:%%PORT%% http2;
    server_name localhost;
    location /text { return 200 text; }
    location / { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
}`;

/** By number (RFC 9113 section 7). */
const ERROR_NAMES = (
  "NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR REFUSED_STREAM CANCEL " +
  "COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED"
).split(" ");

const tables = { frames: frameRows, streams: streamRows, fields: fieldRows, HPACK: hpackRows };

/** Of the Node.js that foregate runs on; before 1.68.1 foregate looks at frames itself. */
const LIBRARY = execFileSync(process.env["FOREGATE_NODE"] ?? process.execPath, ["-p", "process.versions.nghttp2"], { encoding: "latin1" });
const isNewer = !needsGuard(LIBRARY.trim());

function expected({ ends, newer }: SectionRow): string {
  return isNewer ? (newer ?? ends) : ends;
}

let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin((r) =>
    r.target === "/slow" ? { parts: [] } : "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody",
  );
});
afterAll(() => origin.stop());

describe("foregate", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startForegate({ conf, values: { ORIGIN: origin.port } });
  });
  for (const [table, rows] of Object.entries(tables)) {
    describe(table, () => {
      test.each(rows)("$section: $name", async (row) => expect(await endOf(row, server.port())).toBe(expected(row)));
    });
  }

  const broken = Object.values(tables).flatMap((rows: readonly SectionRow[]) =>
    rows.filter((row) => expected(row).startsWith("connection ")),
  );
  // The shortest time-out of the configuration is of a minute: a test is over before.
  test.each(broken)("$section: the connection is closed behind GOAWAY: $name", async (row) => {
    const client = sendRow(row, server.port());
    await client.arrival(({ type, payload }) => type === FRAME_TYPE.goaway && payload.readUInt32BE(4) !== 0);
    await client.closed;
    expect(client.frames.at(-1)?.type).toBe(FRAME_TYPE.goaway);
  });
});

test("a field that is left out goes nowhere", async () => {
  await using server = await startForegate({ conf, values: { ORIGIN: origin.port } });
  const client = new FrameClient(server.port());
  const before = origin.requests.length;
  client.send(PREFACE, settings(), headers(1, get("/left-out", ["x-a", "a\nb: c"], ["x b", "1"], ["x-c", "1"])));
  await client.answered(1);
  client.destroy();
  const names = origin.requests[before]?.fields.map(([name]) => name);
  expect(names).toEqual(["Host", "x-c"]);
});

requireOracle("nginx")("nginx", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNginx({ conf, values: { ORIGIN: origin.port } });
  });
  for (const [table, rows] of Object.entries(tables)) {
    describe(table, () => {
      test.each(rows)("$section: $name", async (row) => expect(await endOf(row, server.port())).toBe(row.nginx ?? row.ends));
    });
  }
});

async function endOf(row: SectionRow, port: number): Promise<string> {
  const { watch = PROBE_STREAM } = row;
  const client = sendRow(row, port);
  try {
    const last = await client.arrivalOrEnd((frame) => isEnd(frame, watch));
    if (last === undefined) return "closed";
    const { type, payload } = last;
    if (type === FRAME_TYPE.rstStream) return `stream ${ERROR_NAMES[payload.readUInt32BE(0)]}`;
    if (type === FRAME_TYPE.goaway) return `connection ${ERROR_NAMES[payload.readUInt32BE(4)]}`;
    const head = client.frames.find((each) => each.type === FRAME_TYPE.headers && each.stream === watch);
    return head === undefined ? "no head" : statusIn(head);
  } finally {
    client.destroy();
  }
}

function sendRow({ bare, settings: pairs = [], frames, watch }: SectionRow, port: number): FrameClient {
  const client = new FrameClient(port);
  client.send(PREFACE, ...(bare === true ? [] : [settings(...pairs)]), ...frames);
  if (watch === undefined) client.send(headers(PROBE_STREAM, get("/text")));
  return client;
}

/** An end of the stream, or of the connection for a reason. */
function isEnd({ type, flags, stream, payload }: Frame, watch: number): boolean {
  if (type === FRAME_TYPE.goaway) return payload.readUInt32BE(4) !== 0;
  if (stream !== watch) return false;
  if (type === FRAME_TYPE.rstStream) return true;
  return (type === FRAME_TYPE.data || type === FRAME_TYPE.headers) && (flags & FLAG.endStream) !== 0;
}
