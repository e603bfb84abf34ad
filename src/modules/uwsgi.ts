/** `uwsgi_pass`: requests to uWSGI and other uwsgi servers (nginx: ngx_http_uwsgi_module). */

import { optional } from "../config/args.ts";
import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { constantTemplate, type TemplateText } from "../config/template-text.ts";
import { int, keyword, template, text } from "../config/values.ts";
import { defineModule, type Scope } from "../http/module.ts";
import { perSettings } from "../http/per-settings.ts";
import { compileTransport } from "../upstream/compile-transport.ts";
import { flagWords, forwardConf, forwardDirectives } from "../upstream/forward-directives.ts";
import { compileForwardSettings } from "../upstream/forward-settings.ts";
import { type AddressForm, compilePassAddress, mayUseTls } from "../upstream/pass-address.ts";
import { createPassHandler } from "../upstream/pass-handler.ts";
import { createUwsgiProtocol } from "../upstream/uwsgi/protocol.ts";
import { STANDARD_PARAMS } from "../upstream/uwsgi/standard-params.ts";
import { compileVarBlock, type UwsgiParam } from "../upstream/uwsgi/vars.ts";

const LOCATIONS = ["http", "server", "location"] as const;

/** Of most configurations these say the same in all locations: what is made of them is shared. */
const engineDirectives = defineDirectives({
  uwsgi_next_upstream: flagWords(
    "error",
    "timeout",
    "invalid_header",
    "non_idempotent",
    "updating",
    "http_500",
    "http_503",
    "http_403",
    "http_404",
    "http_429",
    "off",
  ),
  ...forwardDirectives("uwsgi"),
});

/** What requests are written by. */
const requestDirectives = defineDirectives({
  uwsgi_param: many({ in: LOCATIONS, args: { name: text(), value: template(), if_not_empty: optional(paramCondition()) } }),
  uwsgi_modifier1: one({ in: LOCATIONS, value: int(0, 255), default: 0 }),
  uwsgi_modifier2: one({ in: LOCATIONS, value: int(0, 255), default: 0 }),
  uwsgi_string: one({ in: LOCATIONS, value: template() }),
});

export const uwsgiDirectives = defineDirectives({
  uwsgi_pass: one({ in: ["location", "if in location", "limit_except"], value: template(), inherits: "pseudo" }),
  ...requestDirectives,
  ...engineDirectives,
});

const ADDRESS: AddressForm = {
  schemes: [
    { prefix: "uwsgi://", defaultPort: undefined, usesTls: false },
    { prefix: "suwsgi://", defaultPort: undefined, usesTls: true },
  ],
  writtenScheme: "maybe",
  mayHaveUri: false,
};

type UwsgiConf = SettingsOf<typeof uwsgiDirectives>;

export const uwsgiModule = defineModule({
  name: "uwsgi",
  directives: uwsgiDirectives,
  pass: (conf, scope) => {
    if (conf.uwsgi_pass === undefined) return undefined;
    const findTarget = compilePassAddress(conf.uwsgi_pass, ADDRESS, scope);
    if (findTarget === undefined) return undefined;
    if (conf.uwsgi_param.length === 0) noteStandardParams(scope);
    const protocol = protocolIn(scope);
    const engine = engineIn(scope);
    const { settings } = engine;
    const findTransport = compileTransport(engine.conf, "uwsgi", mayUseTls(conf.uwsgi_pass, ADDRESS), scope);
    const { deadlines, connections } = scope.services;
    return createPassHandler(
      { settings, protocol, deadlines, connections, findTransport, http2: undefined, passesTrailers: false },
      findTarget,
    );
  },
});

const engineIn = perSettings([engineDirectives], (scope) => {
  const settings = scope.settings(engineDirectives);
  const conf = forwardConf(settings, "uwsgi");
  const specifics = {
    prefix: "uwsgi",
    nextUpstream: settings.uwsgi_next_upstream,
    hiddenByDefault: [],
    intercepts404: false,
    contentTypeOf: undefined,
    standsInForServer: false,
    rewriteRedirect: undefined,
    rewriteCookie: undefined,
  };
  return { conf, settings: compileForwardSettings(conf, specifics, scope) };
});

const protocolIn = perSettings([requestDirectives, engineDirectives], (scope) => {
  const conf = scope.settings(requestDirectives);
  const encodeVars = compileVarBlock({
    params: conf.uwsgi_param.length === 0 ? standardParams(scope) : conf.uwsgi_param.map((param) => compileParam(param, scope)),
    passRequestHeaders: scope.settings(engineDirectives).uwsgi_pass_request_headers,
    trailingBytes: conf.uwsgi_string === undefined ? undefined : scope.template(conf.uwsgi_string),
  });
  return createUwsgiProtocol({ modifier1: conf.uwsgi_modifier1, modifier2: conf.uwsgi_modifier2, encodeVars });
});

function compileParam({ name, value, if_not_empty }: UwsgiConf["uwsgi_param"][number], scope: Scope): UwsgiParam {
  return { name, value: scope.template(value), ifNotEmpty: if_not_empty !== undefined };
}

function noteStandardParams(scope: Scope): void {
  const span = scope.originOf("uwsgi_pass");
  const message = `no "uwsgi_param" is in force for location "${scope.label}": the standard parameters are sent`;
  scope.report({ level: "notice", code: "standard-params", message, ...(span === undefined ? {} : { span }) });
}

/** nginx sends no CGI variable at all where none is configured, and applications cannot answer that. */
function standardParams(scope: Scope): readonly UwsgiParam[] {
  return STANDARD_PARAMS.map(({ name, variable, ifNotEmpty }) => ({ name, value: scope.template(variableText(variable)), ifNotEmpty }));
}

function variableText(variable: string): TemplateText {
  return { ...constantTemplate(`$${variable}`), parts: [{ variable, span: undefined }] };
}

/** nginx calls any other word an invalid parameter. */
function paramCondition() {
  const value = keyword("if_not_empty");
  return {
    ...value,
    read: (arg: Parameters<typeof value.read>[0], report: Parameters<typeof value.read>[1]) =>
      arg.text === "if_not_empty" ? value.read(arg, report) : report.error(`invalid parameter "${arg.text}"`, arg.span),
  };
}
