/** `listen … so_keepalive`: the system probes clients that say nothing; other parameters that Node.js cannot set are told of. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { openClient } from "./client-socket.ts";

/** Which timer the server's end of a connection has: "02" is that of keep-alive probes (proc_net_tcp.txt). */
function timerOf(serverPort: number, clientPort: number): string | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");
  const line = new RegExp(`:${hex(serverPort)} [0-9A-F]+:${hex(clientPort)} 01 \\S+ (\\d\\d):`).exec(
    readFileSync("/proc/net/tcp", "latin1"),
  );
  return line?.[1];
}

test.each([
  ["so_keepalive=on", "02"],
  ["so_keepalive=600s::", "02"],
  ["so_keepalive=off", "00"],
  ["", "00"],
])('listen with "%s" gives its connections timer %s', async (parameter, timer) => {
  await using server = await startForegate({
    conf: `http { server { listen 127.0.0.1:%%PORT%% ${parameter}; location / { return 200 "served\\n"; } } }`,
  });
  const client = await openClient(server.port(), get("/"));
  await client.arrival(/served/);
  expect(timerOf(server.port(), client.socket.localPort ?? 0)).toBe(timer);
  client.socket.destroy();
});

test("what one server's listen says of the socket holds where another one's comes first", async () => {
  const conf = `http {
    server { listen 127.0.0.1:%%PORT%%; location / { return 200 "served\\n"; } }
    server { listen 127.0.0.1:%%PORT%% so_keepalive=on; server_name other; }
  }`;
  await using server = await startForegate({ conf });
  const client = await openClient(server.port(), get("/"));
  await client.arrival(/served/);
  expect(timerOf(server.port(), client.socket.localPort ?? 0)).toBe("02");
  client.socket.destroy();
});
