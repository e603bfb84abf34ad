/** `proxy_limit_rate`, `uwsgi_limit_rate`: how fast an upstream's answer is read. */

import { expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { startFakeUwsgi } from "../harness/fake-uwsgi.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";

const RATE = 100_000;
const BODY = "0123456789".repeat(30_000);
/** A second's worth is free, and nothing is waited for behind the last read. */
const READ_BYTES = 65_536;
const LEAST_MS = ((BODY.length - RATE - READ_BYTES) * 1000) / RATE;
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n`;

const conf = `
http {
  upstream kept { server 127.0.0.1:%%ORIGIN%%; keepalive 2; }
  server {
    listen 127.0.0.1:%%PORT%%;
    location /proxy { proxy_limit_rate ${RATE}; proxy_pass http://kept; }
    location /variable { set $rate $arg_rate; proxy_limit_rate $rate; proxy_pass http://kept; }
    location /unbuffered { proxy_limit_rate 10; proxy_buffering off; proxy_pass http://kept; }
    location /accel { proxy_limit_rate 10; proxy_pass http://kept; }
    location /uwsgi { uwsgi_limit_rate ${RATE}; uwsgi_pass 127.0.0.1:%%UWSGI%%; }
  }
}`;

test("answers are read no faster than *_limit_rate says, where they are buffered", { timeout: 30_000 }, async () => {
  await using origin = await startOrigin(({ target }) =>
    target.startsWith("/accel") ? `HTTP/1.1 200 OK\r\nX-Accel-Buffering: no\r\n${ANSWER.slice(17)}${BODY}` : ANSWER + BODY,
  );
  await using uwsgi = await startFakeUwsgi(() => ANSWER + BODY);
  await using server = await startForegate({ conf, values: { ORIGIN: origin.port, UWSGI: uwsgi.port } });
  const ask = async (target: string): Promise<number> => {
    const startedAtMs = performance.now();
    const { answers } = await server.exchange(get(target), { timeoutMs: 10_000 });
    expect(answers[0]?.body === BODY, target).toBe(true);
    return performance.now() - startedAtMs;
  };
  const limited = ["/proxy", "/uwsgi", `/variable?rate=${RATE}`];
  for (const ms of await Promise.all(limited.map(ask))) expect(ms).toBeGreaterThanOrEqual(LEAST_MS);
  // At 10 octets a second these would not end in time.
  await Promise.all(["/unbuffered", "/accel", "/variable?rate=0", "/variable?rate=", "/variable?rate=fast"].map(ask));
  expect(server.errorLog()).toMatch(/invalid size "fast"/);
});

test("a connection that was read slowly is read at full speed for the next request", { timeout: 30_000 }, async () => {
  await using origin = await startOrigin(() => ANSWER + BODY);
  await using uwsgi = await startFakeUwsgi(() => ANSWER + BODY);
  await using server = await startForegate({ conf, values: { ORIGIN: origin.port, UWSGI: uwsgi.port } });
  await server.exchange(get("/proxy"), { timeoutMs: 10_000 });
  const { answers } = await server.exchange(get("/variable?rate=0"), { timeoutMs: 10_000 });
  expect(answers[0]?.body === BODY).toBe(true);
  expect(origin.connections).toBe(1);
});

test("a client that leaves ends a slow reading", { timeout: 30_000 }, async () => {
  await using origin = await startOrigin(() => ({ parts: [ANSWER + BODY] }));
  await using uwsgi = await startFakeUwsgi(() => ANSWER);
  await using server = await startForegate({
    conf: conf.replace(`proxy_limit_rate ${RATE}`, "proxy_limit_rate 1000"),
    values: { ORIGIN: origin.port, UWSGI: uwsgi.port },
  });
  const { end } = await server.exchange(get("/proxy"), { timeoutMs: 200 });
  expect(end).toBe("timeout");
  const { answers } = await server.exchange(get("/variable?rate=0"), { timeoutMs: 10_000 });
  expect(answers[0]?.status).toBe(200);
});
