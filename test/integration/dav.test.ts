/** What dav_methods promise that no answer shows: permissions, whole files, and destinations that lead nowhere else. */

import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    client_body_buffer_size 1k;
    location /dav/ { dav_methods PUT MKCOL COPY MOVE DELETE; }
    location /open/ { dav_methods PUT MKCOL; create_full_put_path on; dav_access group:rw all:r; }
    location /alias/ { alias %%DIR%%/www/dav/; dav_methods COPY MOVE; }
  }
}`;

const files = { "www/dav/a.txt": "a\n", "www/dav/tree/b.txt": "b\n", "www/open/": "" };

let server: RunningServer;
beforeAll(async () => {
  server = await startForegate({ conf, files });
});
afterAll(() => server.stop());

async function statusOf(method: string, target: string, ...fields: readonly string[]): Promise<number> {
  const lines = [`${method} ${target} HTTP/1.1`, "Host: localhost", ...fields].join("\r\n");
  const { answers } = await server.exchange(`${lines}\r\n\r\n`);
  return answers[0]?.status ?? 0;
}

const modeOf = (path: string): string => (lstatSync(join(server.dir, "www", path)).mode & 0o777).toString(8);

test("dav_access is what a file gets, and a directory with the right to enter it", async () => {
  expect(await statusOf("PUT", "/dav/new.txt", "Content-Length: 0")).toBe(201);
  expect(modeOf("dav/new.txt")).toBe("600");
  expect(await statusOf("PUT", "/open/made/new.txt", "Content-Length: 0")).toBe(201);
  expect(modeOf("open/made/new.txt")).toBe("664");
  expect(await statusOf("MKCOL", "/dav/private/")).toBe(201);
  expect(modeOf("dav/private")).toBe("700");
});

test("PUT leaves the old file and nothing else where the client breaks off", async () => {
  const result = await server.exchange("PUT /dav/a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nonly the beginning", {
    halfClose: true,
  });
  expect(result.answers.filter(({ status }) => status < 300)).toEqual([]);
  expect(readFileSync(join(server.dir, "www/dav/a.txt"), "latin1")).toBe("a\n");
  expect(readdirSync(join(server.dir, "www/dav")).filter((name) => name.startsWith("."))).toEqual([]);
});

test.each(["/x", "/", "/alia", "/dav/b.txt", "/alias/../x"])("COPY from an alias to %j is refused", async (destination) => {
  expect(await statusOf("COPY", "/alias/a.txt", `Destination: ${destination}`)).toBeOneOf([400, 409]);
  expect(existsSync(join(server.dir, "www/dav/b.txt"))).toBe(false);
});

test.each(["/dav/tree/inner/", "/dav/tree/", "/dav/", "/dav//tree//"])("COPY of a directory to %j is refused", async (destination) => {
  expect(await statusOf("COPY", "/dav/tree/", `Destination: ${destination}`)).toBe(403);
  expect(readdirSync(join(server.dir, "www/dav/tree"))).toEqual(["b.txt"]);
});
