/** Which server each method of an `upstream` block chooses: the same as nginx for the same key, client and servers. */

import { startOrigin } from "../harness/origin.ts";
import { request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const PORTS = ["A", "B", "C", "D", "E"] as const;

async function origins() {
  const started = await Promise.all(PORTS.map(() => startOrigin(() => OK)));
  return {
    values: Object.fromEntries(PORTS.map((name, index) => [name, started[index]?.port ?? 0])),
    stop: async () => {
      await Promise.all(started.map((origin) => origin.stop()));
    },
  };
}

const servers = (...parameters: readonly string[]): string =>
  PORTS.map((name, index) => `server 127.0.0.1:%%${name}%% ${parameters[index] ?? ""};`).join(" ");

const conf = `
events {}
http {
  set_real_ip_from 127.0.0.1;
  real_ip_header X-Client;
  upstream hash { hash $arg_key; ${servers("", "weight=3", "", "weight=2")} }
  upstream hash_down { hash $arg_key; ${servers("", "down", "", "weight=2 down")} }
  upstream ring { hash $arg_key consistent; ${servers("", "weight=3", "", "weight=2")} }
  upstream ring_down { hash "$uri-$arg_key" consistent; ${servers("down", "", "", "down")} }
  upstream ring_names { hash $arg_key consistent; server localhost:%%A%%; server 127.0.0.1:%%B%%; server 127.0.0.2:%%C%% down; }
  upstream ip { ip_hash; ${servers("", "weight=3", "", "weight=2")} }
  upstream ip_down { ip_hash; ${servers("down", "", "", "weight=2 down")} }
  upstream ip_backup { server 127.0.0.1:%%A%% backup; ip_hash; server 127.0.0.1:%%B%%; server 127.0.0.1:%%C%%; }
  upstream least { least_conn; ${servers("", "weight=3", "", "weight=2")} }
  upstream only_backup { least_conn; server 127.0.0.1:%%A%% down; server 127.0.0.1:%%B%% down; server 127.0.0.1:%%C%% backup; }
  upstream refused { hash $arg_key; server 127.0.0.1:1 max_fails=1 fail_timeout=60s; ${servers()} }
  upstream ring_refused { hash $arg_key consistent; server 127.0.0.1:1 max_fails=0; ${servers()} }
  upstream all_down { hash $arg_key; server 127.0.0.1:1 down; server 127.0.0.1:2 down; }
  server {
    listen 127.0.0.1:%%PORT%%;
    add_header X-Peer $upstream_addr always;
    location ~ ^/(?<group>[a-z_]+)$ { proxy_pass http://$group; }
  }
}`;

const compare = { fields: ["x-peer"], body: false, close: false } as const;
const KEYS = ["", "a", "b", "key", "another key", "%c3%a4", "0", "1", "2", "3", "session-4711", "x".repeat(300)];
const CLIENTS = ["192.0.2.1", "192.0.2.200", "192.0.3.1", "10.0.0.1", "203.0.113.77", "2001:db8::1", "2001:db8::2", "::ffff:10.1.2.3"];

const keyed = (group: string): Row[] =>
  KEYS.map((key, index) => ({
    name: `${group} of key ${index} "${key.slice(0, 20)}"`,
    request: request("GET", `/${group}?key=${key.replaceAll(" ", "+")}`),
    compare,
  }));

const addressed = (group: string): Row[] =>
  CLIENTS.map((client) => ({ name: `${group} of ${client}`, request: request("GET", `/${group}`, `X-Client: ${client}`), compare }));

const repeated = (group: string, times: number): Row[] =>
  Array.from({ length: times }, (_, index) => ({ name: `${group}, time ${index}`, request: request("GET", `/${group}`), compare }));

compareRows({
  name: "balancing methods",
  conf,
  origins,
  rows: [
    ...["hash", "hash_down", "ring", "ring_down", "ring_names", "refused", "ring_refused", "all_down"].flatMap(keyed),
    ...["ip", "ip_down", "ip_backup"].flatMap(addressed),
    ...repeated("least", 14),
    ...repeated("only_backup", 2),
  ],
});
