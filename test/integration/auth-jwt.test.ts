/** `auth_jwt`: who comes in with which token, what its variables tell and when, and key files that change. */

import { createHmac } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { fieldOf } from "../harness/answers.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { createPair, createSecret, encrypt, keyFileOf, sign, unsigned } from "../unit/modules/auth-jwt/tokens.ts";
import { inErrorLog } from "./await-log.ts";

const conf = `
http {
  auth_jwt_claim_set $mail info e-mail;
  auth_jwt_claim_set $groups groups;
  auth_jwt_header_set $key_id kid;
  map $jwt_claim_admin $is_admin { true 1; default 0; }
  log_format claims "$uri $jwt_claim_sub";
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name first;
    auth_jwt "closed site";
    auth_jwt_key_file keys.json;
    add_header X-Sub $jwt_claim_sub always;
    location / { add_header X-Claims "$jwt_claim_sub|$jwt_claim_userId|$mail|$groups|$jwt_header_alg|$key_id|$jwt_payload" always; root %%DIR%%/www; }
    location /query { auth_jwt "$host" token=$arg_token; root %%DIR%%/www; }
    location /open { auth_jwt off; root %%DIR%%/www; }
    location /late { auth_jwt_leeway 1h; root %%DIR%%/www; }
    location /admin { auth_jwt_require $is_admin $jwt_claim_sub; root %%DIR%%/www; }
    location /forbidden { auth_jwt_require $is_admin error=403; root %%DIR%%/www; }
    location /by-issuer { auth_jwt_key_file keys-$jwt_claim_iss.json; root %%DIR%%/www; }
    location /two { auth_jwt_key_file other.json; auth_jwt_key_file keys.json; root %%DIR%%/www; }
    location /missing { auth_jwt_key_file keys.json; auth_jwt_key_file missing.json; root %%DIR%%/www; }
    location /broken { auth_jwt_key_file broken.json; root %%DIR%%/www; }
    location /cached { auth_jwt_key_file cached.json; auth_jwt_key_cache 1h; root %%DIR%%/www; }
    location /any { satisfy any; allow 127.0.0.1; add_header X-Seen "<$jwt_claim_sub>" always; root %%DIR%%/www; }
    location /either { satisfy any; deny all; root %%DIR%%/www; }
    location /encrypted { auth_jwt_type encrypted; add_header X-Seen "$jwt_claim_sub $jwt_payload" always; root %%DIR%%/www; }
    location /nested { auth_jwt_type nested; add_header X-Seen "$jwt_claim_sub" always; root %%DIR%%/www; }
  }
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name without-keys;
    auth_jwt "";
    location / { root %%DIR%%/www; }
  }
}`;

const SECRET = createSecret("s".repeat(32), { kid: "one" });
const OTHER = createSecret("o".repeat(32));
const CLAIMS = { sub: "me", userId: "u1", info: { "e-mail": "me@example.org" }, groups: ["a", "b"], iss: "us" };

const FOLDERS = [
  "",
  "query",
  "open",
  "late",
  "admin",
  "forbidden",
  "by-issuer",
  "two",
  "missing",
  "broken",
  "cached",
  "any",
  "either",
  "encrypted",
  "nested",
];

let server: RunningServer;
let token: string;

beforeAll(async () => {
  token = await sign(CLAIMS, SECRET, "HS256", { kid: "one" });
  const pages = Object.fromEntries(FOLDERS.map((folder) => [`www/${folder}/a.txt`, "page"]));
  const keys = { "keys-us.json": keyFileOf(SECRET), "other.json": keyFileOf(OTHER), "broken.json": "{", "cached.json": keyFileOf(SECRET) };
  server = await startForegate({ conf, files: { ...keys, "keys.json": keyFileOf(SECRET), ...pages } });
});
afterAll(() => server.stop());
beforeEach(() => writeFileSync(join(server.dir, "keys.json"), keyFileOf(SECRET)));

const bearer = (text: string): string => `Authorization: Bearer ${text}`;

async function ask(
  path: string,
  ...fieldLines: readonly string[]
): Promise<{ status: number; field: (name: string) => string | undefined }> {
  const { answers } = await server.exchange(get(path, ...fieldLines), { answers: 1 });
  const [answer] = answers;
  if (answer === undefined) throw new Error("No answer came");
  return { status: answer.status, field: (name) => fieldOf(answer, name) };
}

const statusOf = async (path: string, ...fieldLines: readonly string[]): Promise<number> => (await ask(path, ...fieldLines)).status;

describe("a token", () => {
  test("lets in, and tells its claims", async () => {
    const { status, field } = await ask("/a.txt", bearer(token));
    expect(status).toBe(200);
    expect(field("X-Claims")).toBe("me|u1|me@example.org|a,b|HS256|one|");
  });

  test.each([
    ["is missing", undefined, 'Bearer realm="closed site"'],
    ["is of another scheme", "Authorization: Basic abc", 'Bearer realm="closed site"'],
    ["is malformed", bearer("abc"), 'Bearer realm="closed site", error="invalid_token"'],
    ["has no signature", bearer(unsigned({ alg: "none" }, CLAIMS)), 'Bearer realm="closed site", error="invalid_token"'],
  ])("that %s is answered with 401", async (_what, fieldLine, expected) => {
    const { status, field } = await ask("/a.txt", ...(fieldLine === undefined ? [] : [fieldLine]));
    expect([status, field("WWW-Authenticate"), field("X-Sub")]).toEqual([401, expected, undefined]);
  });

  test("of another key is refused, before and after a right one", async () => {
    const forged = await sign(CLAIMS, OTHER, "HS256");
    expect([
      await statusOf("/a.txt", bearer(forged)),
      await statusOf("/a.txt", bearer(token)),
      await statusOf("/a.txt", bearer(forged)),
    ]).toEqual([401, 200, 401]);
    await inErrorLog(server, /\[error\].*JWT is refused: signature verification failed, client: 127\.0\.0\.1, server: first/);
  });

  test("with the signature of another is refused", async () => {
    const [header, , signature] = token.split(".");
    const claims = Buffer.from(JSON.stringify({ ...CLAIMS, sub: "root" })).toString("base64url");
    expect(await statusOf("/a.txt", bearer(`${header}.${claims}.${signature}`))).toBe(401);
  });

  test("is taken from where token= says, and from there alone", async () => {
    expect([await statusOf(`/query/a.txt?token=${token}`), await statusOf("/query/a.txt", bearer(token))]).toEqual([200, 401]);
    expect((await ask("/query/a.txt")).field("WWW-Authenticate")).toBe('Bearer realm="localhost"');
  });

  test("is not asked for where auth_jwt is off", async () => {
    expect(await statusOf("/open/a.txt")).toBe(200);
  });
});

test("exp and nbf are judged, with auth_jwt_leeway", async () => {
  const now = Math.floor(Date.now() / 1000);
  for (const [claims, strictly, leniently] of [
    [{ exp: now + 60 }, 200, 200],
    [{ exp: now - 60 }, 401, 200],
    [{ exp: now - 7200 }, 401, 401],
    [{ nbf: now + 60 }, 401, 200],
    [{ nbf: now + 7200 }, 401, 401],
  ] as const) {
    const text = await sign(claims, SECRET, "HS256");
    const asked = [
      await statusOf("/a.txt", bearer(text)),
      await statusOf("/late/a.txt", bearer(text)),
      await statusOf("/a.txt", bearer(text)),
    ];
    expect(asked, JSON.stringify(claims)).toEqual([strictly, leniently, strictly]);
  }
});

test("auth_jwt_require asks for more than a valid token", async () => {
  const admin = await sign({ ...CLAIMS, admin: true }, SECRET, "HS256");
  const nobody = await sign({ admin: true }, SECRET, "HS256");
  expect(await Promise.all([admin, nobody, token].map((text) => statusOf("/admin/a.txt", bearer(text))))).toEqual([200, 401, 401]);
  expect(await Promise.all([admin, nobody, token].map((text) => statusOf("/forbidden/a.txt", bearer(text))))).toEqual([200, 200, 403]);
  expect(await statusOf("/forbidden/a.txt")).toBe(401);
});

describe("the key files", () => {
  test("are all asked", async () => {
    for (const key of [SECRET, OTHER]) expect(await statusOf("/two/a.txt", bearer(await sign(CLAIMS, key, "HS256")))).toBe(200);
  });

  test("may be named by what the token says before it is checked", async () => {
    expect(await statusOf("/by-issuer/a.txt", bearer(token))).toBe(200);
    expect(await statusOf("/by-issuer/a.txt", bearer(await sign({ iss: "them" }, SECRET, "HS256")))).toBe(500);
  });

  test("are read again when they have changed, and make what was remembered void", async () => {
    expect(await statusOf("/a.txt", bearer(token))).toBe(200);
    const { privateJwk, publicJwk } = await createPair("ES256");
    writeFileSync(join(server.dir, "keys.json"), keyFileOf(publicJwk));
    expect(await statusOf("/a.txt", bearer(token))).toBe(401);
    expect(await statusOf("/a.txt", bearer(await sign(CLAIMS, privateJwk, "ES256")))).toBe(200);
  });

  test("are not looked at again within auth_jwt_key_cache", async () => {
    expect(await statusOf("/cached/a.txt", bearer(token))).toBe(200);
    rmSync(join(server.dir, "cached.json"));
    expect(await statusOf("/cached/a.txt", bearer(token))).toBe(200);
  });

  test.each([
    ["/missing/a.txt", /open\(\) ".*\/missing\.json" failed \(2: No such file or directory\)/],
    ["/broken/a.txt", /key file ".*\/broken\.json" is refused: it is not a JSON object/],
  ])("on %s answer 500", async (path, line) => {
    expect(await statusOf(path, bearer(token))).toBe(500);
    await inErrorLog(server, line);
  });

  test("that are not configured answer 500", async () => {
    const { answers } = await server.exchange(`GET /a.txt HTTP/1.1\r\nHost: without-keys\r\n${bearer(token)}\r\n\r\n`, { answers: 1 });
    expect(answers[0]?.status).toBe(500);
    await inErrorLog(server, /no "auth_jwt_key_file" or "auth_jwt_key_request" is defined/);
  });
});

describe("satisfy any", () => {
  test("needs no token where the address is enough, and believes none", async () => {
    const { status, field } = await ask("/any/a.txt", bearer(unsigned({ alg: "none" }, { sub: "root" })));
    expect([status, field("X-Seen")]).toEqual([200, "<>"]);
  });

  test("takes a token where the address is not enough", async () => {
    expect([await statusOf("/either/a.txt", bearer(token)), await statusOf("/either/a.txt")]).toEqual([200, 401]);
  });
});

describe("auth_jwt_type", () => {
  const KEYS = keyFileOf(SECRET);

  test("encrypted decrypts, and tells what it found", async () => {
    const { status, field } = await ask("/encrypted/a.txt", bearer(await encrypt({ sub: "me" }, SECRET, "dir", "A256GCM")));
    expect([status, field("X-Seen")]).toEqual([200, 'me {"sub":"me"}']);
    expect(await statusOf("/encrypted/a.txt", bearer(token))).toBe(401);
  });

  test("nested decrypts and checks the signature", async () => {
    writeFileSync(join(server.dir, "keys.json"), KEYS);
    const { status, field } = await ask("/nested/a.txt", bearer(await encrypt(token, SECRET, "dir", "A256GCM")));
    expect([status, field("X-Seen")]).toEqual([200, "me"]);
    expect(await statusOf("/nested/a.txt", bearer(await encrypt({ sub: "me" }, SECRET, "dir", "A256GCM")))).toBe(401);
  });
});

test("the error log never holds a token or a key", () => {
  expect(server.errorLog()).not.toContain(token);
  expect(server.errorLog()).not.toContain(
    createHmac("sha256", "s".repeat(32))
      .update(token.slice(0, token.lastIndexOf(".")))
      .digest("base64url"),
  );
  expect(server.errorLog()).not.toContain(SECRET.k);
});
