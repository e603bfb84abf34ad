/** WebSockets through uwsgi_pass to the real uWSGI's own WebSocket support. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { type RunningUwsgi, startUwsgi } from "../harness/start-uwsgi.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inErrorLog } from "./await-log.ts";
import { openClient } from "./client-socket.ts";
import { handshake, opcode, openWebSocket } from "./websocket-client.ts";

const CONCURRENT = 24;
const MESSAGES = 20;

const conf = `
http {
  log_format own "$status $uri $request_completion";
  access_log %%DIR%%/logs/access.log own;
  server { listen 127.0.0.1:%%PORT%%;
    location / { uwsgi_pass unix:%%SOCKET%%; }
    location /tcp/ { uwsgi_pass 127.0.0.1:%%TCP%%; }
    location /impatient/ { uwsgi_read_timeout 100ms; uwsgi_pass unix:%%SOCKET%%; }
    location /busy/ { uwsgi_read_timeout 200ms; uwsgi_upgrade_timeout 1m; uwsgi_pass unix:%%BUSY%%; }
  }
}`;

requireOracle("uwsgi")("WebSockets of a real uWSGI", () => {
  let app: RunningUwsgi;
  let busy: RunningUwsgi;
  let server: RunningServer;

  beforeAll(async () => {
    const limits = ["-b", "16384", "--websocket-max-size", "2048"];
    app = await startUwsgi({ app: "websocket_app.py", args: ["--threads", "32", ...limits] });
    busy = await startUwsgi({ app: "websocket_app.py", args: limits });
    const values = { SOCKET: app.socketPath, TCP: app.port, BUSY: busy.socketPath };
    server = await startForegate({ conf, values });
  });
  afterAll(async () => {
    await Promise.all([app, busy].map((each) => each.stop()));
  });

  test.each([
    ["text", "/text", opcode.text, "gr\u00fc\u00df dich"],
    ["empty text", "/text", opcode.text, ""],
    ["text over TCP", "/tcp/text", opcode.text, "over TCP"],
    ["126 bytes", "/text", opcode.text, "x".repeat(126)],
    ["binary", "/binary", opcode.binary, "\0\x01\xff"],
    ["64 KB", "/binary", opcode.binary, "0123456789abcdef".repeat(4096)],
    ["1 MB", "/binary", opcode.binary, "0123456789abcdef".repeat(65_536)],
  ])("echoes a message of %s", async (_name, target, code, message) => {
    const client = await openWebSocket(server.port(), target);
    const payload = Buffer.from(message);
    client.send(code, payload);
    const frame = await client.next();
    expect(frame.opcode).toBe(code);
    expect(frame.payload.equals(payload)).toBe(true);
    client.socket.destroy();
  });

  // uWSGI 2.0 garbles fragmented messages, behind nginx too: test/integration/websocket.test.ts has them.
  test("a ping is answered", async () => {
    const client = await openWebSocket(server.port(), "/text");
    client.send(opcode.ping, "are you there?");
    // uWSGI's pongs are empty.
    expect((await client.next()).opcode).toBe(opcode.pong);
    client.send(opcode.text, "I am");
    expect((await client.next()).payload.toString()).toBe("I am");
    client.socket.destroy();
  });

  test("bytes sent right behind the handshake are the first message", async () => {
    const client = await openWebSocket(server.port(), "/greet");
    expect((await client.next()).payload.toString()).toBe("welcome");
    client.send(opcode.text, "hello");
    expect((await client.next()).payload.toString()).toBe("goodbye");
    // The application returned: uWSGI closes, and so the client's connection closes.
    expect((await client.closed).error).toBe("");
    await waitUntil("the log line", () => /^101 \/greet OK$/m.test(server.accessLog()) || undefined);
  });

  test("a client that closes ends the application's connection", async () => {
    const client = await openWebSocket(server.port(), "/text");
    client.send(opcode.close, Buffer.from([0x03, 0xe8]));
    await client.closed;
    await waitUntil("the log line", () => /^101 \/text OK$/m.test(server.accessLog()) || undefined);
  });

  test("four megabytes sent to a slow reader arrive whole", async () => {
    const client = await openWebSocket(server.port(), "/flood");
    client.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.socket.resume();
    for (let number = 0; number < 64; number++) {
      const { payload } = await client.next();
      expect([payload.length, payload[0], payload[65_535]]).toEqual([65_536, number, number]);
    }
    await client.closed;
  });

  test(`${CONCURRENT} at once keep their messages apart`, async () => {
    const talk = async (name: string): Promise<string> => {
      const client = await openWebSocket(server.port(), "/text");
      let heard = "";
      for (let number = 0; number < MESSAGES; number++) {
        client.send(opcode.text, `${name}.${number} `);
        heard += (await client.next()).payload.toString();
      }
      client.socket.destroy();
      return heard;
    };
    const names = Array.from({ length: CONCURRENT }, (_, number) => `client ${number}`);
    const said = names.map((name) => Array.from({ length: MESSAGES }, (_, number) => `${name}.${number} `).join(""));
    expect(await Promise.all(names.map(talk))).toEqual(said);
  });

  test("what the application answers instead of a 101 passes as it is", async () => {
    await expect(openWebSocket(server.port(), "/refuse")).rejects.toThrow("HTTP/1.1 403 Forbidden");
    await expect(openWebSocket(server.port(), "/plain")).rejects.toThrow("HTTP/1.1 200 OK");
    const { answers } = await server.exchange("GET /text HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(answers[0]).toMatchObject({ status: 426, body: "a WebSocket is needed\n" });
    expect(answers[0]?.fields).toContainEqual(["Upgrade", "websocket"]);
  });

  test("uwsgi_read_timeout ends a silent one, as in nginx", async () => {
    const client = await openWebSocket(server.port(), "/impatient/text");
    client.send(opcode.text, "x");
    await client.next();
    await client.closed;
    await inErrorLog(server, /\[info\].* upstream timed out \(110: Connection timed out\) while proxying upgraded connection/);
  });

  test("an application that fails before the handshake is 502, with what to look for", async () => {
    await expect(openWebSocket(server.port(), "/raise")).rejects.toThrow("HTTP/1.1 502");
    await inErrorLog(server, /prematurely closed.*remedy: ".*WebSocket/);
  });

  test("one WebSocket more than the application has workers is 504, and the log says why", async () => {
    const held = await Promise.all([1, 2].map(() => openWebSocket(server.port(), "/busy/text")));
    const late = await openClient(server.port(), handshake("/busy/text"));
    await late.arrival(/^HTTP\/1\.1 504 /);
    await inErrorLog(server, /upstream timed out.*remedy: ".*one worker or thread/);
    for (const { socket } of [...held, late]) socket.destroy();
  });
});
