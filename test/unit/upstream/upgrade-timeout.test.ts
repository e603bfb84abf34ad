import { expect, it } from "vitest";
import { constantTemplate } from "../../../src/config/template-text.ts";
import type { Scope } from "../../../src/http/module.ts";
import type { ForwardConf } from "../../../src/upstream/forward-directives.ts";
import { compileForwardSettings } from "../../../src/upstream/forward-settings.ts";

const SPECIFICS = {
  prefix: "proxy",
  nextUpstream: [],
  hiddenByDefault: [],
  intercepts404: false,
  contentTypeOf: undefined,
  standsInForServer: true,
  rewriteRedirect: undefined,
  rewriteCookie: undefined,
};
const CONF = {
  limit_rate: constantTemplate("0"),
  read_timeout: 60_000,
  send_timeout: 50_000,
  pass_header: [],
  hide_header: [],
  ignore_headers: [],
};

/** Settings for a location in which the directives of `conf` are written. */
function tunnelOf(conf: Partial<ForwardConf>) {
  // The settings read no more of a scope than these.
  const scope = {
    paths: { prefix: "/p/" },
    originOf: (name: string) => (name.slice("proxy_".length) in conf ? { source: undefined, start: 0, end: 0 } : undefined),
  } as unknown as Scope;
  return compileForwardSettings({ ...CONF, ...conf } as unknown as ForwardConf, SPECIFICS, scope).tunnel;
}

it("an upgraded connection may be silent for an hour where nothing is written", () => {
  expect(tunnelOf({})).toEqual({ idleTimeoutMs: 3_600_000, sendTimeoutMs: 50_000 });
});

it("a read_timeout that is written holds for upgraded connections, as in nginx", () => {
  expect(tunnelOf({ read_timeout: 60_000 }).idleTimeoutMs).toBe(60_000);
});

it("upgrade_timeout wins", () => {
  expect(tunnelOf({ read_timeout: 5000, upgrade_timeout: 7000 }).idleTimeoutMs).toBe(7000);
});
