/** `proxy_pass`: requests to HTTP servers (nginx: ngx_http_proxy_module). */

import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { flag, oneOf, template, text } from "../config/values.ts";
import { defineModule, type Scope } from "../http/module.ts";
import { perSettings } from "../http/per-settings.ts";
import type { VariableTable } from "../http/variables.ts";
import { compileTransport } from "../upstream/compile-transport.ts";
import { flagWords, forwardConf, forwardDirectives } from "../upstream/forward-directives.ts";
import { compileForwardSettings, withRedirect } from "../upstream/forward-settings.ts";
import { cookieDirectives } from "../upstream/http1/cookie-directives.ts";
import { passPlace } from "../upstream/http1/pass-place.ts";
import { createHttp1Protocol } from "../upstream/http1/protocol.ts";
import { compileRedirects, declareRedirectNames, readRedirect } from "../upstream/http1/redirect-directive.ts";
import { compileCookieRules, declareCookieNames } from "../upstream/http1/rewrite-cookie.ts";
import { compileRedirectRules } from "../upstream/http1/rewrite-redirect.ts";
import { createHttp2Protocol } from "../upstream/http2/protocol.ts";
import { sharedSessions } from "../upstream/http2/shared-sessions.ts";
import { type AddressForm, compilePassAddress, mayUseTls } from "../upstream/pass-address.ts";
import { createPassHandler } from "../upstream/pass-handler.ts";
import { passTarget } from "../upstream/pass-target.ts";
import type { UpstreamProtocol } from "../upstream/upstream-protocol.ts";
import { withProxyHeader } from "../upstream/with-proxy-header.ts";

const LOCATIONS = ["http", "server", "location"] as const;

/** Of most configurations these say the same in all locations: what is made of them is shared. */
const engineDirectives = defineDirectives({
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
  ...cookieDirectives,
  ...forwardDirectives("proxy"),
});

/** What requests are written by. */
const requestDirectives = defineDirectives({
  proxy_set_header: many({ in: LOCATIONS, args: { name: text(), value: template() } }),
  proxy_http_version: one({ in: LOCATIONS, value: oneOf("1.0", "1.1", "2"), default: "1.1" }),
  /** Ours: off for those who rely on upgrades being asked for by `proxy_set_header` alone. */
  proxy_pass_upgrade: one({ in: LOCATIONS, value: flag(), default: true }),
  proxy_method: one({ in: LOCATIONS, value: template() }),
  proxy_set_body: one({ in: LOCATIONS, value: template() }),
});

export const proxyDirectives = defineDirectives({
  proxy_pass: one({ in: ["location", "if in location", "limit_except"], value: template(), inherits: "pseudo" }),
  /** Ours in http: nginx has it in stream and mail. */
  proxy_protocol: one({ in: LOCATIONS, value: flag(), default: false }),
  proxy_protocol_version: one({ in: LOCATIONS, value: oneOf("1", "2"), default: "1" }),
  proxy_pass_trailers: one({ in: LOCATIONS, value: flag(), default: false }),
  proxy_redirect: many({ in: LOCATIONS, parse: readRedirect, arity: [1, 2], syntax: "default | off | redirect replacement" }),
  ...requestDirectives,
  ...engineDirectives,
});

export type ProxyConf = SettingsOf<typeof proxyDirectives>;

const ADDRESS: AddressForm = {
  schemes: [
    { prefix: "http://", defaultPort: 80, usesTls: false },
    { prefix: "https://", defaultPort: 443, usesTls: true },
  ],
  writtenScheme: "always",
  mayHaveUri: true,
};

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
  declare: (conf, scope) => {
    declareRedirectNames(conf.proxy_redirect, scope);
    declareCookieNames(cookieSettings(conf), scope);
  },
  pass: (conf, scope) => {
    if (conf.proxy_pass === undefined) return undefined;
    const address = conf.proxy_pass;
    const findTarget = compilePassAddress(address, ADDRESS, scope);
    if (findTarget === undefined) return undefined;
    const place = passPlace(address, scope);
    const rules = compileRedirects(conf.proxy_redirect, address, place, scope);
    const engine = engineIn(scope);
    const settings = withRedirect(engine.settings, compileRedirectRules(rules));
    const transports = compileTransport(engine.conf, "proxy", mayUseTls(address, ADDRESS), scope);
    const findTransport = conf.proxy_protocol ? withProxyHeader(conf.proxy_protocol_version === "2" ? 2 : 1, transports) : transports;
    const protocol = protocolsIn(scope)(place.length);
    const { deadlines, connections } = scope.services;
    const http2 = conf.proxy_http_version === "2" ? sharedSessions(scope.services) : undefined;
    const plan = { settings, protocol, deadlines, connections, findTransport, http2, passesTrailers: conf.proxy_pass_trailers };
    return createPassHandler(plan, findTarget);
  },
});

const engineIn = perSettings([engineDirectives], (scope) => {
  const settings = scope.settings(engineDirectives);
  const conf = forwardConf(settings, "proxy");
  const specifics = {
    prefix: "proxy",
    nextUpstream: settings.proxy_next_upstream,
    hiddenByDefault: ["Date", "Server", "X-Pad"],
    intercepts404: false,
    contentTypeOf: undefined,
    standsInForServer: true,
    rewriteRedirect: undefined,
    rewriteCookie: compileCookieRules(cookieSettings(settings), scope),
  };
  return { conf, settings: compileForwardSettings(conf, specifics, scope) };
});

function cookieSettings(conf: SettingsOf<typeof cookieDirectives>) {
  return { domains: conf.proxy_cookie_domain, paths: conf.proxy_cookie_path, flags: conf.proxy_cookie_flags };
}

/** By the length of the location's prefix, the only other thing that requests are written by. */
const protocolsIn = perSettings([requestDirectives, engineDirectives], (scope) => {
  const made = new Map<number, UpstreamProtocol>();
  return (prefixLength: number): UpstreamProtocol => {
    const protocol = made.get(prefixLength) ?? createProtocol(scope, prefixLength);
    made.set(prefixLength, protocol);
    return protocol;
  };
});

function createProtocol(scope: Scope, prefixLength: number): UpstreamProtocol {
  const conf = scope.settings(requestDirectives);
  const version = conf.proxy_http_version;
  const settings = {
    setFields: conf.proxy_set_header.map((field) => ({ name: field.name, value: scope.template(field.value) })),
    passRequestHeaders: scope.settings(engineDirectives).proxy_pass_request_headers,
    method: conf.proxy_method === undefined ? undefined : scope.template(conf.proxy_method),
    body: conf.proxy_set_body === undefined ? undefined : scope.template(conf.proxy_set_body),
    prefixLength,
  };
  if (version === "2") return createHttp2Protocol(settings);
  return createHttp1Protocol({ ...settings, version, passUpgrade: conf.proxy_pass_upgrade });
}
