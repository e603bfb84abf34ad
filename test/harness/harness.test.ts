/** The harness itself: answers are read by their framing, bytes arrive as they were sent, and scripted origins record them. */

import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readAnswers } from "./answers.ts";
import { watchErrorLog } from "./error-log.ts";
import { echoPacket, startFakeUwsgi } from "./fake-uwsgi.ts";
import { fillPlaceholders } from "./fill-placeholders.ts";
import { requireOracle } from "./oracle.ts";
import { echoRequest, startOrigin } from "./origin.ts";
import { exchange, splitAt } from "./raw-client.ts";
import { startNginx } from "./start-nginx.ts";
import { createPrefix, removePrefix } from "./temporary-prefix.ts";
import { decodeUwsgiPacket } from "./uwsgi-packet.ts";

describe("readAnswers()", () => {
  const stream = [
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-T: 1\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
  ].join("");
  const methods = ["GET", "HEAD", "GET", "GET"];

  test("reads a stream of differently framed answers", () => {
    const { answers, rest } = readAnswers(stream, methods, false);
    expect(answers.map(({ status, framing, body }) => [status, framing, body])).toEqual([
      [100, "none", ""],
      [200, "length", "abc"],
      [200, "none", ""],
      [200, "chunked", "abcde"],
      [304, "none", ""],
    ]);
    expect(rest).toBe("");
  });

  test("never reads more than is complete, wherever the stream is cut", () => {
    const whole = readAnswers(stream, methods, false).answers;
    for (let cut = 0; cut < stream.length; cut++) {
      const { answers } = readAnswers(stream.slice(0, cut), methods, false);
      expect(answers).toEqual(whole.slice(0, answers.length));
      expect(answers.length).toBeLessThan(whole.length);
    }
  });

  test("tells a body cut short from a whole one", () => {
    expect(readAnswers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", ["GET"], true).answers[0]).toMatchObject({
      framing: "cut length",
      body: "ab",
    });
    expect(readAnswers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ["GET"], true).answers[0]?.framing).toBe(
      "cut chunked",
    );
    expect(readAnswers("HTTP/1.1 200 OK\r\n\r\nab", ["GET"], true).answers[0]).toMatchObject({ framing: "close", body: "ab" });
    expect(readAnswers("old", ["GET"], true).answers[0]).toMatchObject({ version: "", status: 0, body: "old" });
  });
});

describe("an origin", () => {
  test("records requests in parts, with content of both framings, on one connection", async () => {
    await using origin = await startOrigin(echoRequest);
    const first = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    const second = "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\n\r\n";
    const result = await exchange({ port: origin.port }, splitAt(first + second, [5, 50, 60, 110]), { answers: 2 });
    expect(result.end).toBe("kept");
    expect(origin.requests.map(({ target, body, connection }) => [target, body, connection])).toEqual([
      ["/a", "abc", 0],
      ["/b", "def", 0],
    ]);
    expect(origin.received).toEqual([first + second]);
  });

  test("closes, resets and stalls as it is told", async () => {
    await using origin = await startOrigin(({ target }) => ({
      parts: [],
      ending: target === "/close" ? "close" : target === "/reset" ? "reset" : "keep",
    }));
    const ends = await Promise.all(
      ["/close", "/reset", "/stall"].map(async (target) => {
        const { end } = await exchange({ port: origin.port }, `GET ${target} HTTP/1.1\r\n\r\n`, { timeoutMs: 200 });
        return end;
      }),
    );
    expect(ends).toEqual(["closed", "reset", "timeout"]);
  });
});

describe("a scripted uwsgi server", () => {
  const packet = Buffer.concat([Buffer.from([0, 20, 0, 0]), Buffer.from("\x0e\0CONTENT_LENGTH\x02\x0010".slice(0, 20), "latin1")]);

  test("decodes vars and keeps what is none", () => {
    expect(decodeUwsgiPacket(packet)).toEqual({
      modifier1: 0,
      datasize: 20,
      modifier2: 0,
      vars: [["CONTENT_LENGTH", "10"]],
      malformed: "",
    });
    expect(decodeUwsgiPacket(packet.subarray(0, 23))).toBeUndefined();
    expect(decodeUwsgiPacket(Buffer.from([5, 3, 0, 7, 9, 0, 65]))).toMatchObject({
      modifier1: 5,
      modifier2: 7,
      vars: [],
      malformed: "\x09\0A",
    });
  });

  test("answers once the content is complete, and closes", async () => {
    await using uwsgi = await startFakeUwsgi(echoPacket);
    const socket = connect(uwsgi.port, "127.0.0.1");
    socket.write(Buffer.concat([packet, Buffer.from("01234")]));
    socket.write("56789");
    const chunks: Buffer[] = await socket.toArray();
    expect(Buffer.concat(chunks).toString("latin1")).toContain('"body":"0123456789"');
    expect((await uwsgi.request(1)).body).toBe("0123456789");
  });
});

test("fillPlaceholders() gives each port name a port of its own and refuses an unknown name", async () => {
  const { text, ports } = await fillPlaceholders("%%PORT%% %%PORT_A%% %%PORT_A%% %%DIR%% %%X%%", "/d", { X: 7 });
  expect(text).toBe(`${ports.get("")} ${ports.get("A")} ${ports.get("A")} /d 7`);
  expect(ports.get("")).not.toBe(ports.get("A"));
  await expect(fillPlaceholders("%%Y%%", "/d")).rejects.toThrow('Cannot fill "%%Y%%"');
});

test("an error log shows grave lines once, and not the claimed ones", () => {
  const dir = createPrefix();
  const path = join(dir, "error.log");
  const log = watchErrorLog(path);
  expect(log.unclaimed()).toEqual([]);
  log.claim(/expected/);
  writeFileSync(path, "[error] fine\n[crit] expected\n[alert] surprise\n[emerg] not yet whole");
  expect(log.unclaimed()).toEqual(["[alert] surprise"]);
  expect(log.unclaimed()).toEqual([]);
  removePrefix(dir);
});

requireOracle("nginx")("startNginx()", () => {
  test("throws with nginx's own words when the configuration is wrong", async () => {
    await expect(startNginx({ conf: "http { nonsense; }" })).rejects.toThrow('unknown directive "nonsense"');
  });

  test("runs a server of its own and ends it", async () => {
    const server = await startNginx({ conf: "http { server { listen 127.0.0.1:%%PORT%%; return 200 $uri; } }" });
    const { answers } = await server.exchange("GET /here HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(answers[0]?.body).toBe("/here");
    await server.stop();
    await expect(exchange({ port: server.port() }, "GET / HTTP/1.1\r\n\r\n")).rejects.toThrow("ECONNREFUSED");
  });
});
