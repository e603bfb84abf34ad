/** Answers that split, over uwsgi and HTTP: the client gets one answer, and the next request on its connection gets its own. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { type ScriptedServer, startScriptedServer } from "../integration/scripted-server.ts";
import { splitPoints } from "./split-points.ts";
import { SPLITTING_ANSWERS } from "./splitting-answers.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location /HTTP/ { proxy_pass http://127.0.0.1:%%UPSTREAM%%; }
    location /uwsgi/ { uwsgi_pass 127.0.0.1:%%UPSTREAM%%; }
    location /HTTP/unbuffered/ { proxy_buffering off; proxy_pass http://127.0.0.1:%%UPSTREAM%%; }
    location /uwsgi/unbuffered/ { uwsgi_buffering off; uwsgi_pass 127.0.0.1:%%UPSTREAM%%; }
    location /next { return 418 "next\\n"; }
  }
}`;

let upstream: ScriptedServer;
let server: RunningServer;

beforeAll(async () => {
  upstream = await startScriptedServer((socket, text) => {
    const [, number, at] = /\/answer\/(\d+)\/(\d+)/.exec(text) ?? [];
    if (number === undefined) return;
    const answer = SPLITTING_ANSWERS[Number(number)]?.answer ?? "";
    socket.write(answer.slice(0, Number(at)), "latin1");
    setTimeout(() => socket.end(answer.slice(Number(at)), "latin1"), at === "0" ? 0 : 2);
  });
  server = await startForegate({ conf, values: { UPSTREAM: upstream.port } });
});
afterAll(() => upstream.stop());

const rows = SPLITTING_ANSWERS.map((row, number) => ({ ...row, number }));

describe.each(["/HTTP/", "/uwsgi/", "/HTTP/unbuffered/", "/uwsgi/unbuffered/"])("an upstream's answer cannot split at %s", (place) => {
  test.each(rows)("$id: $name", async ({ number, status, body }) => {
    await expectOneAnswer(place, number, 0, status, body);
  });
});

describe.each(["/HTTP/", "/uwsgi/unbuffered/"])("nor at %s when it comes in two parts", (place) => {
  test.each(rows)("$id: $name, cut anywhere", async ({ number, status, body, answer }) => {
    const cuts = splitPoints(Math.min(answer.length, 120));
    await Promise.all(cuts.map((at) => expectOneAnswer(place, number, at, status, body)));
  });
});

async function expectOneAnswer(place: string, number: number, at: number, status: number, body: string | undefined): Promise<void> {
  const result = await server.exchange(get(`${place}answer/${number}/${at}`) + get("/next"), { answers: 2 });
  expect(result.answers.map((answer) => answer.status)).toEqual([status, 418]);
  if (body !== undefined) expect(result.answers[0]?.body).toBe(body);
  expect(result.rest).toBe("");
  expect(result.raw).not.toMatch(/^X-Forged:/m);
}
