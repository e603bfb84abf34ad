/** `proxy_pass`: requests to HTTP servers (nginx: ngx_http_proxy_module). */

import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { oneOf, template, text } from "../config/values.ts";
import { defineModule, type Scope } from "../http/module.ts";
import type { VariableTable } from "../http/variables.ts";
import { flagWords, forwardConf, forwardDirectives } from "../upstream/forward-directives.ts";
import { compileForwardSettings } from "../upstream/forward-settings.ts";
import { passPlace } from "../upstream/http1/pass-place.ts";
import { createHttp1Protocol } from "../upstream/http1/protocol.ts";
import { compileRedirects, readRedirect } from "../upstream/http1/redirect-directive.ts";
import { compileRedirectRules } from "../upstream/http1/rewrite-redirect.ts";
import { compilePassAddress } from "../upstream/pass-address.ts";
import { createPassHandler } from "../upstream/pass-handler.ts";
import { passTarget } from "../upstream/pass-target.ts";

const LOCATIONS = ["http", "server", "location"] as const;

export const proxyDirectives = defineDirectives({
  proxy_pass: one({ in: ["location", "if in location", "limit_except"], value: template(), inherits: "pseudo" }),
  proxy_set_header: many({ in: LOCATIONS, args: { name: text(), value: template() } }),
  proxy_http_version: one({ in: LOCATIONS, value: oneOf("1.0", "1.1"), default: "1.1" }),
  proxy_method: one({ in: LOCATIONS, value: template() }),
  proxy_set_body: one({ in: LOCATIONS, value: template() }),
  proxy_redirect: many({ in: LOCATIONS, parse: readRedirect, arity: [1, 2], syntax: "default | off | redirect replacement" }),
  proxy_next_upstream: flagWords(
    "error",
    "timeout",
    "invalid_header",
    "non_idempotent",
    "updating",
    "http_500",
    "http_502",
    "http_503",
    "http_504",
    "http_403",
    "http_404",
    "http_429",
    "off",
  ),
  ...forwardDirectives("proxy"),
});

export type ProxyConf = SettingsOf<typeof proxyDirectives>;

const HTTP_PORT = 80;

const proxyVariables: VariableTable = {
  proxy_host: (r) => passTarget(r)?.host ?? "",
  proxy_port: (r) => passTarget(r)?.port ?? "",
  /** The client's X-Forwarded-For with its address added. */
  proxy_add_x_forwarded_for: (r) => {
    const before = r.head.field("x-forwarded-for");
    const { remoteAddress } = r.exchange.connection;
    return before === undefined ? remoteAddress : `${before}, ${remoteAddress}`;
  },
};

export const proxyModule = defineModule({
  name: "proxy",
  directives: proxyDirectives,
  variables: proxyVariables,
  pass: (conf, scope) => {
    if (conf.proxy_pass === undefined) return undefined;
    const address = conf.proxy_pass;
    const findTarget = compilePassAddress(address, { scheme: "http", defaultPort: HTTP_PORT, isSchemeOptional: false }, scope);
    if (findTarget === undefined) return undefined;
    const place = passPlace(address, scope);
    const rules = compileRedirects(conf.proxy_redirect, address, place, scope);
    const specifics = {
      prefix: "proxy",
      nextUpstream: conf.proxy_next_upstream,
      hiddenByDefault: ["Date", "Server", "X-Pad"],
      standsInForServer: true,
      rewriteRedirect: compileRedirectRules(rules),
    };
    const settings = compileForwardSettings(forwardConf(conf, "proxy"), specifics, scope);
    const protocol = protocolFor(conf, place.length, scope);
    return createPassHandler({ settings, protocol, deadlines: scope.services.deadlines }, findTarget);
  },
});

function protocolFor(conf: ProxyConf, prefixLength: number, scope: Scope) {
  return createHttp1Protocol({
    version: conf.proxy_http_version,
    setFields: conf.proxy_set_header.map((field) => ({ name: field.name, value: scope.template(field.value) })),
    passRequestHeaders: conf.proxy_pass_request_headers,
    method: conf.proxy_method === undefined ? undefined : scope.template(conf.proxy_method),
    body: conf.proxy_set_body === undefined ? undefined : scope.template(conf.proxy_set_body),
    prefixLength,
  });
}
