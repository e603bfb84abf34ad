import { describe, expect, test } from "vitest";
import type { RequestContext } from "../../../src/http/request-context.ts";
import { realipModule } from "../../../src/modules/realip.ts";
import type { ProxyHeader } from "../../../src/net/proxy-protocol.ts";
import { makeRequest } from "../http/core/variables/request-fixture.ts";
import { compileHandler } from "./compile-handler.ts";

const TRUST = "set_real_ip_from 192.0.2.0/24;";

function ask(conf: string, fields: readonly (readonly [string, string])[], proxyHeader?: ProxyHeader): RequestContext {
  const { handler } = compileHandler(realipModule, "post_read", conf);
  const { r } = makeRequest({ fields, remoteAddress: "192.0.2.7" });
  if (proxyHeader !== undefined) r.exchange.connection.proxyHeader = proxyHeader;
  expect(handler?.(r)).toBeUndefined();
  return r;
}

function clientOf({ exchange: { connection } }: RequestContext): string {
  return `${connection.remoteAddress} ${connection.remotePort}`.trimEnd();
}

describe("the address is read", () => {
  test.each([
    ["", [["X-Real-IP", "1.2.3.4"]], "1.2.3.4"],
    ["", [["X-Forwarded-For", "1.2.3.4"]], "192.0.2.7 40000"],
    ["", [], "192.0.2.7 40000"],
    [
      "",
      [
        ["X-Real-IP", "1.1.1.1"],
        ["X-Real-IP", "2.2.2.2"],
      ],
      "2.2.2.2",
    ],
    ["real_ip_header CF-Connecting-IP;", [["cf-connecting-ip", "1.2.3.4:5"]], "1.2.3.4 5"],
    ["real_ip_header X-Forwarded-For;", [["X-Forwarded-For", "1.1.1.1, 192.0.2.9"]], "192.0.2.9"],
    ["real_ip_header X-Forwarded-For; real_ip_recursive on;", [["X-Forwarded-For", "1.1.1.1, 192.0.2.9"]], "1.1.1.1"],
  ] as const)("with %j from %j: %s", (conf, fields, client) => {
    expect(clientOf(ask(`${TRUST} ${conf} server { }`, fields))).toBe(client);
  });

  test("from the PROXY protocol's header", () => {
    const header = { sourceAddress: "2001:DB8::1", sourcePort: "99", destinationAddress: "::1", destinationPort: "80", tlvs: "" };
    const conf = `${TRUST} real_ip_header proxy_protocol; server { }`;
    expect(clientOf(ask(conf, [["X-Real-IP", "1.2.3.4"]], header))).toBe("2001:db8::1 99");
    expect(clientOf(ask(conf, [["X-Real-IP", "1.2.3.4"]]))).toBe("192.0.2.7 40000");
    expect(clientOf(ask(conf, [], { ...header, sourceAddress: "" }))).toBe("192.0.2.7 40000");
  });
});

test("the connection's own facts stay as they are, and the request knows them", () => {
  const { handler } = compileHandler(realipModule, "post_read", `${TRUST} server { }`);
  const { r } = makeRequest({ fields: [["X-Real-IP", "1.2.3.4"]], remoteAddress: "192.0.2.7" });
  const own = r.exchange.connection;
  handler?.(r);
  expect([own.remoteAddress, own.remotePort]).toEqual(["192.0.2.7", "40000"]);
  expect(r.exchange.connection).toEqual({ ...own, remoteAddress: "1.2.3.4", remotePort: "", original: own });
  handler?.(r);
  expect(r.exchange.connection.original).toBe(own);
});

test("a location asks again only when it says otherwise than its server", () => {
  const handlerOf = (conf: string) => compileHandler(realipModule, "preaccess", conf).handler;
  expect(handlerOf(`${TRUST} server { real_ip_header X-A; location / { } }`)).toBeUndefined();
  expect(handlerOf(`${TRUST} server { }`)).toBeUndefined();
  expect(handlerOf(`${TRUST} server { location / { real_ip_header X-A; } }`)).toBeDefined();
  expect(handlerOf(`${TRUST} server { location / { real_ip_recursive on; location /inner { } } }`)).toBeDefined();
  expect(handlerOf("server { location / { real_ip_header X-A; } }")).toBeUndefined();
});

describe("set_real_ip_from", () => {
  test.each([
    ["10.0.0.1/8", ["warn: low address bits of 10.0.0.1/8 are meaningless"]],
    ["10.0.0.0/33", ['emerg: host not found in set_real_ip_from "10.0.0.0/33"']],
    ["10.1", ['emerg: host not found in set_real_ip_from "10.1"']],
    ["unix:/path", ['emerg: host not found in set_real_ip_from "unix:/path"']],
    ["balancer.example", []],
    ["unix:", []],
    ["::1", []],
  ])("%s gives %j", (name, messages) => {
    const { diagnostics } = compileHandler(realipModule, "post_read", `set_real_ip_from ${name}; server { }`);
    expect(diagnostics.map(({ level, message }) => `${level}: ${message}`)).toEqual(messages);
  });
});
