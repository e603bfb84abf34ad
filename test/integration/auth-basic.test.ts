/** `auth_basic` and `auth_delay`: password files that change, what is logged, and how long a refusal takes. */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { get, request } from "../differential/requests.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { inErrorLog } from "./await-log.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name first;
    auth_basic "site";
    auth_basic_user_file users;
    root %%DIR%%/www;
    location / { }
    location /delayed { auth_delay 400ms; }
    location /any { satisfy any; allow 192.0.2.1; auth_delay 400ms; }
    location /forbidden { satisfy any; deny all; auth_basic off; }
  }
}`;

const SHA512 = "$6$salt$egUxKNxDs8kPfh8iPMNcosMhb2eWah6d3R44JDm5Rj/j/XWR5E33QPd0YmHXoDHOIDR6kL5D3JcQcz0O8FHE00";
const USERS = `alice:{PLAIN}secret\nbob:${SHA512}\nold:abNANd1rDfiNc\n`;

const basic = (credentials: string): string => `Authorization: Basic ${Buffer.from(credentials).toString("base64")}`;

let server: RunningServer;

beforeAll(async () => {
  const pages = Object.fromEntries(["", "delayed/", "any/", "forbidden/"].map((folder) => [`www/${folder}a.txt`, "page"]));
  server = await startForegate({ conf, files: { users: USERS, ...pages } });
});
afterAll(() => server.stop());
beforeEach(() => writeFileSync(join(server.dir, "users"), USERS));

async function statuses(...requests: readonly string[]): Promise<readonly number[]> {
  const { answers } = await server.exchange(requests.join(""), { answers: requests.length });
  return answers.map(({ status }) => status);
}

const as = (credentials: string): string => get("/a.txt", basic(credentials));

describe("the password file", () => {
  test("is read again when it has changed", async () => {
    expect(await statuses(as("alice:secret"), as("carol:new"))).toEqual([200, 401]);
    writeFileSync(join(server.dir, "users"), "carol:{PLAIN}new\n");
    expect(await statuses(as("alice:secret"), as("carol:new"))).toEqual([401, 200]);
  });

  test("is missed when it is gone, and found again", async () => {
    rmSync(join(server.dir, "users"));
    expect(await statuses(as("alice:secret"))).toEqual([403]);
    await inErrorLog(
      server,
      /\[error\].*open\(\) ".*\/users" failed \(2: No such file or directory\), client: 127\.0\.0\.1, server: first/,
    );
    writeFileSync(join(server.dir, "users"), USERS);
    expect(await statuses(as("alice:secret"))).toEqual([200]);
  });

  test("takes a password back that was remembered", async () => {
    expect(await statuses(as("bob:secret"), as("bob:secret"))).toEqual([200, 200]);
    writeFileSync(join(server.dir, "users"), USERS.replace("egUxKNxDs8", "egUxKNxDs9"));
    expect(await statuses(as("bob:secret"))).toEqual([401]);
  });
});

test("many clients with the same slow password are let in together", async () => {
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => statuses(as("bob:secret"), as("bob:wrong"))));
  expect(new Set(outcomes.map(String))).toEqual(new Set(["200,401"]));
});

describe("the error log tells", () => {
  test.each([
    ["a wrong password", "alice:wrong", /\[error\].*user "alice": password mismatch, client: 127\.0\.0\.1/],
    ["an unknown user", "mallory:x", /\[error\].*user "mallory" was not found in ".*\/users"/],
    [
      "a kind of password that is not supported",
      "old:secret",
      /\[error\].*user "old": its password is kept in a way that is not supported/,
    ],
    ["a name with line ends, escaped", "a\r\nb:x", /user "a\\x0D\\x0Ab" was not found/],
  ])("%s", async (_name, credentials, pattern) => {
    expect(await statuses(as(credentials))).toEqual([401]);
    await inErrorLog(server, pattern);
  });

  test("of no password at all only at info", async () => {
    expect(await statuses(get("/a.txt"))).toEqual([401]);
    await inErrorLog(server, /\[info\].*no user\/password was provided for basic authentication/);
  });

  test("never the password", () => expect(server.errorLog()).not.toMatch(/secret|wrong/));

  test("of a refusal by address under satisfy any", async () => {
    expect(await statuses(get("/forbidden/a.txt"))).toEqual([403]);
    await inErrorLog(server, /\[error\].*access forbidden by rule.*request: "GET \/forbidden/);
  });
});

describe("auth_delay", () => {
  const timed = async (text: string): Promise<readonly [status: number | undefined, ms: number]> => {
    const started = performance.now();
    const [status] = await statuses(text);
    return [status, performance.now() - started];
  };

  test.each(["/delayed/a.txt", "/any/a.txt"])("holds a refusal on %s back, and nothing else", async (path) => {
    const [refused, refusedMs] = await timed(get(path));
    expect(refused).toBe(401);
    expect(refusedMs).toBeGreaterThan(390);
    const [letIn, letInMs] = await timed(get(path, basic("alice:secret")));
    expect(letIn).toBe(200);
    expect(letInMs).toBeLessThan(300);
    await inErrorLog(server, /\[error\].*delaying unauthorized request/);
  });

  test("does not hold up a client that has gone", async () => {
    const { raw } = await server.exchange([request("GET", "/delayed/a.txt"), 50], { timeoutMs: 100 });
    expect(raw).toBe("");
    expect(await statuses(as("alice:secret"))).toEqual([200]);
  });
});
