/** `auth_jwt_key_request`: keys from a location of one's own and from another server, several of them, kept for a time, and what goes wrong. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { type Origin, type OriginAnswer, startOrigin } from "../harness/origin.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { createPair, createSecret, keyFileOf, sign, type TestKey } from "../unit/modules/auth-jwt/tokens.ts";
import { inAccessLog, inErrorLog } from "./await-log.ts";
import { openClient } from "./open-client.ts";
import { runForegate } from "./run-program.ts";

const OWN = createSecret("o".repeat(32), { kid: "own" });
const IN_FILE = createSecret("f".repeat(32), { kid: "file" });

let server: RunningServer;
let origin: Origin;
let pair: TestKey;
/** What the other server answers, by path. */
let answers: Map<string, string | OriginAnswer>;

beforeAll(async () => {
  pair = await createPair("ES256", { kid: "pair" });
  origin = await startOrigin((r) => answers.get(r.target) ?? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  const conf = `
http {
  log_format short "$status $uri";
  access_log logs/access.log short;
  subrequest_output_buffer_size 1k;
  server {
    listen 127.0.0.1:%%PORT%%;
    auth_jwt "closed site";
    auth_jwt_key_file keys.json;
    root %%DIR%%/www;
    location /own/ { auth_jwt_key_request /keys/own.json; }
    location /named/ { auth_jwt_key_request @own; }
    location /proxied/ { auth_jwt_key_request /jwks; location /proxied/inside/ { } }
    location /all/ { auth_jwt_key_request /keys/own.json; auth_jwt_key_request /jwks; auth_jwt_key_file keys.json; }
    location /cached/ { auth_jwt_key_request /jwks; auth_jwt_key_cache 1h; }
    location /cached-by-argument/ { auth_jwt_key_request /jwks?$arg_tenant; auth_jwt_key_cache 1h; }
    location /by-issuer/ { auth_jwt_key_request /keys/$jwt_claim_iss.json; }
    location /missing/ { auth_jwt_key_request /keys/own.json; auth_jwt_key_request /keys/missing.json; }
    location /broken/ { auth_jwt_key_request /keys/broken.json; }
    location /closed/ { auth_jwt_key_request /return-444; }
    location /created/ { auth_jwt_key_request /return-201; }
    location /large/ { auth_jwt_key_request /large-keys; }
    location /roomy/ { auth_jwt_key_request /roomy-keys; }
    location /dead/ { auth_jwt_key_request /dead-keys; }
    location /cut/ { auth_jwt_key_request /cut; }
    location /slow/ { auth_jwt_key_request /never; auth_jwt_key_request /keys/own.json; }
    location /public/ { auth_jwt off; }
    location /keys/ { internal; root %%DIR%%; }
    location @own { root %%DIR%%/keys; try_files /own.json =404; }
    location = /jwks { internal; proxy_pass http://127.0.0.1:${origin.port}; }
    location = /large-keys { proxy_pass http://127.0.0.1:${origin.port}/large; }
    location = /roomy-keys { subrequest_output_buffer_size 64k; proxy_pass http://127.0.0.1:${origin.port}/large; }
    location = /cut { proxy_pass http://127.0.0.1:${origin.port}; }
    location = /never { proxy_pass http://127.0.0.1:${origin.port}; }
    location = /dead-keys { proxy_pass http://127.0.0.1:1; }
    location = /return-444 { return 444; }
    location = /return-201 { return 201 '${keyFileOf(OWN).replaceAll("$", "")}'; }
  }
}`;
  const folders = ["own", "named", "proxied", "proxied/inside", "all", "cached", "cached-by-argument", "by-issuer", "public"];
  folders.push("missing", "broken", "closed", "created", "large", "roomy", "dead", "cut", "slow");
  const pages = Object.fromEntries(folders.map((folder) => [`www/${folder}/a.txt`, "page"]));
  const keys = {
    "keys.json": keyFileOf(IN_FILE),
    "keys/own.json": keyFileOf(OWN),
    "keys/broken.json": "[]",
    "secret/x.json": keyFileOf(OWN),
  };
  server = await startForegate({ conf, files: { ...pages, ...keys } });
});
afterAll(async () => {
  await server.stop();
  await origin.stop();
});
beforeEach(() => {
  answers = new Map([["/jwks", answerOf(keyFileOf(pair.publicJwk))]]);
});

const answerOf = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const CLAIMS = { sub: "me", iss: "own" };
const byOwn = (claims: object = CLAIMS): Promise<string> => sign(claims, OWN, "HS256");
const byPair = (): Promise<string> => sign(CLAIMS, pair.privateJwk, "ES256");
const byFile = (): Promise<string> => sign(CLAIMS, IN_FILE, "HS256");

async function statusOf(path: string, token: string): Promise<number | undefined> {
  const { answers: got } = await server.exchange(get(path, `Authorization: Bearer ${token}`), { answers: 1 });
  return got[0]?.status;
}

const askedFor = (target: string): number => origin.requests.filter((r) => r.target === target).length;

describe("keys are asked for", () => {
  test.each(["/own/a.txt", "/named/a.txt"])("of a location of the server's own: %s", async (path) => {
    expect([await statusOf(path, await byOwn()), await statusOf(path, await byPair())]).toEqual([200, 401]);
  });

  test("of another server, with the client's fields and no content", async () => {
    expect([await statusOf("/proxied/a.txt", await byPair()), await statusOf("/proxied/a.txt", await byOwn())]).toEqual([200, 401]);
    expect(origin.requests.at(-1)).toMatchObject({ method: "GET", target: "/jwks", body: "" });
  });

  test("in place of those of the level above, and by the levels below", async () => {
    expect([await statusOf("/proxied/a.txt", await byFile()), await statusOf("/proxied/inside/a.txt", await byPair())]).toEqual([401, 200]);
  });

  test("together with files", async () => {
    const asked = [await byOwn(), await byPair(), await byFile()].map((token) => statusOf("/all/a.txt", token));
    expect(await Promise.all(asked)).toEqual([200, 200, 200]);
    expect(await statusOf("/all/a.txt", await sign(CLAIMS, createSecret("x".repeat(32)), "HS256"))).toBe(401);
  });

  test("by a URI with variables", async () => {
    expect(await statusOf("/by-issuer/a.txt", await byOwn())).toBe(200);
    expect(await statusOf("/by-issuer/a.txt", await byOwn({ iss: "nobody" }))).toBe(500);
  });

  test("not where no token is needed, nor for a request without one", async () => {
    const before = origin.requests.length;
    expect(await statusOf("/public/a.txt", "")).toBe(200);
    const { answers: got } = await server.exchange(get("/proxied/a.txt"), { answers: 1 });
    expect([got[0]?.status, origin.requests.length]).toEqual([401, before]);
  });
});

describe("answers", () => {
  test("count anew for each request", async () => {
    expect(await statusOf("/proxied/a.txt", await byPair())).toBe(200);
    answers.set("/jwks", answerOf(keyFileOf(OWN)));
    expect([await statusOf("/proxied/a.txt", await byPair()), await statusOf("/proxied/a.txt", await byOwn())]).toEqual([401, 200]);
  });

  test("are kept for auth_jwt_key_cache", async () => {
    const before = askedFor("/jwks");
    expect(await statusOf("/cached/a.txt", await byPair())).toBe(200);
    answers.delete("/jwks");
    expect([await statusOf("/cached/a.txt", await byPair()), await statusOf("/cached/a.txt", await byOwn())]).toEqual([200, 401]);
    expect(askedFor("/jwks")).toBe(before + 1);
  });

  test("to a URI with variables are not kept", async () => {
    answers.set("/jwks?one", answerOf(keyFileOf(pair.publicJwk)));
    answers.set("/jwks?two", answerOf(keyFileOf(OWN)));
    const path = "/cached-by-argument/a.txt?tenant=";
    expect([await statusOf(`${path}one`, await byPair()), await statusOf(`${path}two`, await byPair())]).toEqual([200, 401]);
    expect(await statusOf(`${path}two`, await byOwn())).toBe(200);
    answers.delete("/jwks?two");
    expect(await statusOf(`${path}two`, await byOwn())).toBe(500);
  });

  test("of more than subrequest_output_buffer_size where the keys are served are refused", async () => {
    answers.set("/large", answerOf(keyFileOf(pair.publicJwk, createSecret("l".repeat(8192)))));
    expect(await statusOf("/large/a.txt", await byPair())).toBe(500);
    await inErrorLog(server, /too big subrequest response.*subrequest: "\/large-keys"/);
    expect(await statusOf("/roomy/a.txt", await byPair())).toBe(200);
  });
});

describe("no keys: 500", () => {
  test.each([
    ["/missing/a.txt", /key request "\/keys\/missing\.json" failed, its status is 404/],
    ["/broken/a.txt", /answer to key request "\/keys\/broken\.json" is refused: it is not a JSON object/],
    ["/closed/a.txt", /key request "\/return-444" failed, its status is 444/],
    ["/created/a.txt", /key request "\/return-201" failed, its status is 201/],
    ["/dead/a.txt", /key request "\/dead-keys" failed, its status is 502/],
  ])("for %s", async (path, line) => {
    expect(await statusOf(path, await byOwn())).toBe(500);
    await inErrorLog(server, line);
  });

  test("where the answer is cut off", async () => {
    answers.set("/cut", { parts: [`HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n${keyFileOf(OWN)}`], ending: "close" });
    expect(await statusOf("/cut/a.txt", await byOwn())).toBe(500);
  });

  test("where what a token says would climb to another folder", async () => {
    expect(await statusOf("/by-issuer/a.txt", await byOwn({ iss: "../secret/x" }))).toBe(500);
    await inErrorLog(server, /unsafe URI "\/keys\/\.\.\/secret\/x\.json" was detected/);
  });
});

test("a client that goes away meanwhile leaves nothing behind", async () => {
  answers.set("/never", { parts: [] });
  const client = openClient(server.port());
  client.send(get("/slow/a.txt", `Authorization: Bearer ${await byOwn()}`));
  await waitUntil("the key request", () => askedFor("/never") > 0 || undefined);
  client.close();
  await inAccessLog(server, "499 /slow/a.txt");
  expect(await statusOf("/own/a.txt", await byOwn())).toBe(200);
});

test("explain asks locations for keys, and says where only another server has them", async () => {
  const explain = (path: string, token: string): string =>
    runForegate(
      [
        "explain",
        "-p",
        server.dir,
        "-c",
        join(server.dir, "nginx.conf"),
        "-H",
        `Authorization: Bearer ${token}`,
        `http://127.0.0.1:${server.port()}${path}`,
      ],
      server.dir,
    ).stdout;
  expect(explain("/own/a.txt", await byOwn())).toMatch(
    /auth_jwt +\S+ +\/keys\/own\.json +is asked for keys and answers 200\s+\S+ +token +is valid/,
  );
  const before = origin.requests.length;
  expect(explain("/proxied/a.txt", await byPair())).toContain('keys of "/jwks" are not known: nothing is sent to upstreams here');
  expect(origin.requests.length).toBe(before);
});

test("new keys in the file of a location are used at once", async () => {
  writeFileSync(join(server.dir, "keys/own.json"), keyFileOf(IN_FILE));
  expect([await statusOf("/own/a.txt", await byFile()), await statusOf("/own/a.txt", await byOwn())]).toEqual([200, 401]);
  writeFileSync(join(server.dir, "keys/own.json"), keyFileOf(OWN));
});
