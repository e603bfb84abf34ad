/** Requests that nginx answers and foregate answers more safely: paths above the root, fields made of a request, lengths past counting. */

import { startProxyOrigin } from "./proxy-origin.ts";
import { get, request } from "./requests.ts";
import { compareRows } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    client_max_body_size 0;
    root %%DIR%%/www/site;
    location /assets { alias %%DIR%%/www/site/; }
    location /up/ { rewrite ^/up/(.*)$ /../$1 break; }
    location /field { add_header X-Path "$uri" always; return 200 "x"; }
    location /length { return 200 "x"; }
    location /own/ { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /proxy/ { proxy_http_version 1.1; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
}`;

compareRows({
  name: "safer answers",
  conf,
  files: { "www/secret.txt": "secret\n", "www/site/a.txt": "a\n" },
  origins: async () => {
    const origin = await startProxyOrigin();
    return { values: { ORIGIN: origin.port }, stop: () => origin.stop() };
  },
  rows: [
    { name: "an alias with its slash in order", request: get("/assets/a.txt") },
    {
      name: "an alias without the location's slash leads nowhere above",
      request: get("/assets../secret.txt"),
      differs: "paths-above-the-root",
      ours: 403,
    },
    { name: "a rewrite leads nowhere above the root", request: get("/up/secret.txt"), differs: "paths-above-the-root", ours: 403 },
    {
      name: "a decoded line end begins no field",
      request: get("/field%0d%0aX-Forged:%20yes"),
      differs: "line-ends-in-added-fields",
      ours: 200,
    },
    {
      name: "a body of 2^53-1 bytes is announced",
      request: request("GET", "/length", "Content-Length: 9007199254740991"),
      compare: { close: false },
    },
    {
      name: "a body of 2^53 bytes is announced",
      request: request("GET", "/length", "Content-Length: 9007199254740992"),
      compare: { close: false },
      differs: "length-beyond-counting",
      ours: 413,
    },
    {
      name: "a WebSocket handshake passes without being configured",
      request: get("/proxy/x", "Upgrade: websocket", "Connection: Upgrade"),
      differs: "upgrades-by-default",
      ours: 200,
    },
    { name: "another upgrade does not", request: get("/own/x", "Upgrade: h2c", "Connection: Upgrade") },
    {
      name: "what Connection names stays here",
      request: get("/own/x", "Connection: X-Hop", "X-Hop: 1", "Proxy-Connection: keep-alive", "Trailer: X-T"),
      differs: "connection-options",
      ours: 200,
    },
  ],
});
