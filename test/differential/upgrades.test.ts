/** Upgrades: what is asked of the origin, which answers pass, and how a tunnel ends. The origin switches where the target says so, and echoes. */

import { startScriptedServer } from "../integration/scripted-server.ts";
import { get, head, request, withContent } from "./requests.ts";
import { compareRows } from "./run-rows.ts";

const ORIGIN = "http://127.0.0.1:%%ORIGIN%%";
const CLASSIC = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    ${CLASSIC}
    location / { proxy_pass ${ORIGIN}; }
    location /silent/ { proxy_read_timeout 300ms; proxy_pass ${ORIGIN}; }
    location /dressed/ { add_header X-Always yes always; add_header X-Sometimes yes; expires 1h; gzip on; gzip_types *; proxy_pass ${ORIGIN}; }
    location /hidden/ { proxy_hide_header X-Own; proxy_buffering off; proxy_pass ${ORIGIN}; }
    location /refused/ { return 403; proxy_pass ${ORIGIN}; }
    location /plain/ { proxy_set_header X-Own yes; proxy_pass ${ORIGIN}; }
    location /uwsgi/ { uwsgi_param REQUEST_URI $request_uri; uwsgi_read_timeout 300ms; uwsgi_pass 127.0.0.1:%%ORIGIN%%; }
  }
}`;

const ASK = ["Connection: Upgrade", "Upgrade: echo"];
const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nX-Own: 1\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n";
const NO_BODY = "Content-Length: 0\r\n\r\n";

compareRows({
  name: "upgrades",
  conf,
  origins: async () => {
    const tunnels = new WeakSet<object>();
    const origin = await startScriptedServer((socket, text) => {
      if (tunnels.has(socket)) {
        socket.write(text, "latin1");
        if (text.includes("bye")) socket.end();
      } else if (text.includes("/switch")) {
        tunnels.add(socket);
        socket.write(`${SWITCHING}hello `, "latin1");
        // What came together with the request.
        if (text.includes("bye")) socket.end(text.slice(text.indexOf("\r\n\r\n") + 4), "latin1");
      } else if (text.includes("/426")) socket.write(`HTTP/1.1 426 Upgrade Required\r\nUpgrade: echo\r\nConnection: Upgrade\r\n${NO_BODY}`);
      else socket.write(`HTTP/1.1 200 OK\r\nX-Upgrade: ${/^upgrade: (.*)\r$/im.exec(text)?.[1] ?? "none"}\r\n${NO_BODY}`);
    });
    return { values: { ORIGIN: origin.port }, stop: origin.stop };
  },
  rows: [
    { name: "a tunnel that the origin closes", request: [get("/switch", ...ASK), /hello $/, "one ", /one $/, "bye"] },
    { name: "a tunnel that the client closes", request: [get("/switch", ...ASK), /hello $/], halfClose: true },
    { name: "bytes behind the request are for the origin", request: `${get("/switch", ...ASK)}bye` },
    { name: "a request with content", request: [withContent("POST", "/switch", "abc", ...ASK), /hello $/, "bye"] },
    { name: "a silent tunnel is cut after proxy_read_timeout", request: [get("/silent/switch", ...ASK), /hello $/] },
    { name: "a silent tunnel is cut after uwsgi_read_timeout", request: [get("/uwsgi/switch", ...ASK), /hello $/] },
    { name: "filters see the 101", request: [get("/dressed/switch", ...ASK), /hello $/, "bye"] },
    { name: "hidden fields of the 101", request: [get("/hidden/switch", ...ASK), /hello $/, "bye"] },
    { name: "access comes first", request: get("/refused/switch", ...ASK) },
    { name: "an answer that asks for an upgrade", request: get("/426") },
    { name: "an answer that does not switch", request: get("/page", ...ASK) },
    { name: "a request without an upgrade", request: get("/page") },
    { name: "any method may ask", request: request("OPTIONS", "/page", ...ASK) },
    { name: "without proxy_set_header", request: get("/plain/page", ...ASK), differs: "upgrades-by-default", ours: 200 },
    {
      name: "to HTTP/2 in clear text",
      request: get("/page", "Connection: Upgrade", "Upgrade: h2c"),
      differs: "upgrades-to-http2",
      ours: 200,
    },
    {
      name: "an HTTP/1.0 client gets no tunnel",
      request: [head("GET /switch HTTP/1.0", "Host: x", ...ASK), 100, "bye"],
      differs: "unrequested-upgrade",
      ours: 502,
    },
    {
      name: "a client that does not say Connection: upgrade gets no tunnel",
      request: [get("/switch", "Upgrade: echo"), 100, "bye"],
      differs: "unrequested-upgrade",
      ours: 502,
    },
  ],
});
