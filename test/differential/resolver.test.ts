/** Names that a variable brings into `proxy_pass`, and the resolver that is asked for them. */

import { startDnsServer } from "../harness/dns-server.ts";
import { startOrigin } from "../harness/origin.ts";
import { get } from "./requests.ts";
import { compareRows } from "./run-rows.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function origins() {
  const origin = await startOrigin(() => OK);
  const dns = await startDnsServer({ "app.test": ["127.0.0.1"], "two.test": ["127.0.0.1", "127.0.0.1"], "empty.test": [] });
  return {
    values: { ORIGIN: origin.port, DNS: dns.port },
    stop: async () => {
      await Promise.all([origin.stop(), dns.stop()]);
    },
  };
}

const conf = `
events {}
http {
  upstream group.test { server 127.0.0.1:%%ORIGIN%%; }
  server {
    listen 127.0.0.1:%%PORT%%;
    add_header X-Peer $upstream_addr always;
    location /resolved { resolver 127.0.0.1:%%DNS%% valid=30s ipv6=off; proxy_pass http://$arg_host:%%ORIGIN%%; }
    location /timeout { resolver 127.0.0.1:%%DNS%% ipv6=off; resolver_timeout 5s; proxy_pass http://$arg_host:%%ORIGIN%%; }
    location /none { proxy_pass http://$arg_host; }
    location /literal { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
}`;

const compare = { fields: ["x-peer"], close: false } as const;

compareRows({
  name: "resolver",
  conf,
  origins,
  rows: [
    { name: "a name that resolves", request: get("/resolved?host=app.test"), compare },
    { name: "the same again", request: get("/resolved?host=APP.test"), compare },
    { name: "a name with two addresses that are one", request: get("/resolved?host=two.test"), compare: { ...compare, fields: [] } },
    { name: "a name that does not exist", request: get("/resolved?host=absent.test"), compare: { ...compare, fields: [] } },
    { name: "a name without an address", request: get("/resolved?host=empty.test"), compare: { ...compare, fields: [] } },
    { name: "a name under resolver_timeout", request: get("/timeout?host=app.test"), compare },
    { name: "an address", request: get("/resolved?host=127.0.0.1"), compare },
    { name: "a name without a resolver", request: get("/none?host=app.test"), compare: { ...compare, fields: [] } },
    { name: "a group's name without a resolver", request: get("/none?host=group.test"), compare },
    { name: "localhost without a resolver", request: get("/none?host=localhost"), compare: { ...compare, fields: [] } },
    { name: "no name at all", request: get("/none?host="), compare: { ...compare, fields: [] } },
  ],
});
