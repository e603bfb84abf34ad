/** memcached_pass as a whole: connections that are kept, unix sockets, the error log, explain, and hostile servers. */

import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { get, request } from "../differential/requests.ts";
import { NOT_FOUND, startFakeMemcached, valueAnswer } from "../harness/fake-memcached.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate } from "./run-program.ts";

const conf = `
http {
  upstream kept { server 127.0.0.1:%%MEMCACHED%%; keepalive 4; }
  server {
    listen 127.0.0.1:%%PORT%%;
    set $memcached_key $arg_k;
    location / { memcached_pass kept; }
    location /once { memcached_pass 127.0.0.1:%%MEMCACHED%%; }
  }
}`;

describe("memcached_pass", () => {
  test("keeps its connection after a value and after END, and after nothing else", { timeout: 20_000 }, async () => {
    await using memcached = await startFakeMemcached((key) => {
      if (key === "missing") return NOT_FOUND;
      if (key === "wrong") return "VALUE wrong 0 4\r\nbody\r\nENT\r\n";
      if (key === "error") return "SERVER_ERROR busy\r\n";
      return valueAnswer(key, key);
    });
    await using server = await startForegate({ conf, values: { MEMCACHED: memcached.port } });
    const ask = async (key: string, method = "GET"): Promise<number> => {
      const { answers } = await server.exchange(request(method, `/?k=${key}`));
      return answers[0]?.status ?? 0;
    };
    for (const key of ["a", "missing", "b", "a", "missing"]) await ask(key);
    expect(memcached.connections).toBe(1);
    // Each leaves something behind that would be taken for the next answer.
    expect([await ask("wrong"), await ask("a"), await ask("error"), await ask("a")]).toEqual([200, 200, 502, 200]);
    expect(memcached.connections).toBe(3);
    expect([await ask("a", "HEAD"), await ask("a")]).toEqual([200, 200]);
    expect(memcached.connections).toBe(4);
  });

  test("a kept connection that memcached closed is opened anew", { timeout: 20_000 }, async () => {
    await using memcached = await startFakeMemcached((key) => ({ parts: [valueAnswer(key, "v")], ending: "close" }));
    await using server = await startForegate({ conf, values: { MEMCACHED: memcached.port } });
    for (let i = 0; i < 5; i++) expect((await server.exchange(get("/?k=a"))).answers[0]?.body).toBe("v");
  });

  test("a client's bytes never become a second command", { timeout: 20_000 }, async () => {
    await using memcached = await startFakeMemcached((key) => valueAnswer(key, "v"));
    await using server = await startForegate({
      conf: conf.replace("$arg_k", "$uri"),
      values: { MEMCACHED: memcached.port },
    });
    await server.exchange(get("/a%0d%0aset%20x%200%200%201%0d%0ay%09%25"));
    expect(memcached.asked.map(({ key }) => key)).toEqual(["/a%0D%0Aset%20x%200%200%201%0D%0Ay%09%25"]);
  });

  test("writes nginx's lines to the error log", { timeout: 20_000 }, async () => {
    await using memcached = await startFakeMemcached((key) => {
      if (key === "missing") return NOT_FOUND;
      return key === "wrong" ? "VALUE wrong 0 4\r\nbody\r\nENT\r\n" : "SERVER_ERROR busy\r\n";
    });
    await using server = await startForegate({ conf, values: { MEMCACHED: memcached.port } });
    for (const key of ["missing", "wrong", "error", ""]) await server.exchange(get(`/?k=${key}`));
    const log = server.errorLog();
    const upstream = `upstream: "memcached://127.0.0.1:${memcached.port}"`;
    expect(log).toMatch(/\[info\] .*key: "missing" was not found by memcached/);
    expect(log).toMatch(/\[error\] .*memcached sent invalid trailer while reading upstream/);
    expect(log).toMatch(/\[error\] .*memcached sent invalid response: "SERVER_ERROR busy" while reading response header from upstream/);
    expect(log).toMatch(/\[error\] .*the "\$memcached_key" variable is not set/);
    expect(log).toContain(upstream);
  });

  test("is reached over a unix socket", { timeout: 20_000 }, async () => {
    const directory = createPrefix({});
    const path = join(directory, "m.sock");
    await using memcached = await startFakeMemcached((key) => valueAnswer(key, `over ${key}`), path);
    await using server = await startForegate({
      conf: conf
        .replace("server 127.0.0.1:%%MEMCACHED%%", `server unix:${path}`)
        .replace("pass 127.0.0.1:%%MEMCACHED%%", `pass unix:${path}`),
    });
    for (const target of ["/?k=a", "/once?k=b"]) expect((await server.exchange(get(target))).answers[0]?.status).toBe(200);
    expect(memcached.asked.map(({ key }) => key)).toEqual(["a", "b"]);
    removePrefix(directory);
  });

  test("gives up a server that sends a line without an end", { timeout: 20_000 }, async () => {
    const endless = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      const write = (): void => {
        while (socket.write("x".repeat(65_536)));
      };
      socket.on("drain", write).once("data", write);
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    const address = endless.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await using server = await startForegate({ conf, values: { MEMCACHED: port } });
    expect((await server.exchange(get("/?k=a"))).answers[0]?.status).toBe(502);
    expect(server.errorLog()).toMatch(/upstream sent too big header/);
    await new Promise((resolve) => endless.close(resolve));
  });

  test("explain shows the command", { timeout: 20_000 }, async () => {
    const directory = createPrefix({
      "nginx.conf": `events {} http { server { listen 127.0.0.1:1; set $memcached_key "$uri?$args"; location / { memcached_pass 127.0.0.1:2; } } }`,
    });
    const { stdout } = runForegate(["explain", "-c", join(directory, "nginx.conf"), "http://127.0.0.1:1/a%20b?c"], directory);
    expect(stdout).toContain("upstream memcached://127.0.0.1:2");
    expect(stdout).toContain("get /a%20b?c");
    removePrefix(directory);
  });

  test("a configuration that never sets the key is refused", { timeout: 20_000 }, async () => {
    const directory = createPrefix({
      "nginx.conf": "events {} http { server { listen 127.0.0.1:1; location / { memcached_pass 127.0.0.1:2; } } }",
    });
    const { code, stderr } = runForegate(["-t", "-c", join(directory, "nginx.conf")], directory);
    expect(code).toBe(1);
    expect(stderr).toContain('unknown "memcached_key" variable');
    removePrefix(directory);
  });
});
