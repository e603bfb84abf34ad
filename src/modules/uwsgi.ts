/** `uwsgi_pass`: requests to uWSGI and other uwsgi servers (nginx: ngx_http_uwsgi_module). */

import { optional } from "../config/args.ts";
import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { constantTemplate, type TemplateText } from "../config/template-text.ts";
import { int, keyword, template, text } from "../config/values.ts";
import { defineModule, type Scope } from "../http/module.ts";
import { compileTransport } from "../upstream/compile-transport.ts";
import { flagWords, forwardConf, forwardDirectives } from "../upstream/forward-directives.ts";
import { compileForwardSettings } from "../upstream/forward-settings.ts";
import { type AddressForm, compilePassAddress, mayUseTls } from "../upstream/pass-address.ts";
import { createPassHandler } from "../upstream/pass-handler.ts";
import { createUwsgiProtocol } from "../upstream/uwsgi/protocol.ts";
import { STANDARD_PARAMS } from "../upstream/uwsgi/standard-params.ts";
import { compileVarBlock, type UwsgiParam } from "../upstream/uwsgi/vars.ts";

const LOCATIONS = ["http", "server", "location"] as const;

export const uwsgiDirectives = defineDirectives({
  uwsgi_pass: one({ in: ["location", "if in location", "limit_except"], value: template(), inherits: "pseudo" }),
  uwsgi_param: many({ in: LOCATIONS, args: { name: text(), value: template(), if_not_empty: optional(paramCondition()) } }),
  uwsgi_modifier1: one({ in: LOCATIONS, value: int(0, 255), default: 0 }),
  uwsgi_modifier2: one({ in: LOCATIONS, value: int(0, 255), default: 0 }),
  uwsgi_string: one({ in: LOCATIONS, value: template() }),
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
    const encodeVars = compileVarBlock({
      params: paramsOf(conf, scope),
      passRequestHeaders: conf.uwsgi_pass_request_headers,
      trailingBytes: conf.uwsgi_string === undefined ? undefined : scope.template(conf.uwsgi_string),
    });
    const protocol = createUwsgiProtocol({ modifier1: conf.uwsgi_modifier1, modifier2: conf.uwsgi_modifier2, encodeVars });
    const specifics = {
      prefix: "uwsgi",
      nextUpstream: conf.uwsgi_next_upstream,
      hiddenByDefault: [],
      intercepts404: false,
      contentTypeOf: undefined,
      standsInForServer: false,
      rewriteRedirect: undefined,
      rewriteCookie: undefined,
    };
    const shared = forwardConf(conf, "uwsgi");
    const settings = compileForwardSettings(shared, specifics, scope);
    const findTransport = compileTransport(shared, "uwsgi", mayUseTls(conf.uwsgi_pass, ADDRESS), scope);
    const { deadlines, connections } = scope.services;
    return createPassHandler(
      { settings, protocol, deadlines, connections, findTransport, http2: undefined, passesTrailers: false },
      findTarget,
    );
  },
});

/** nginx sends no CGI variable at all where none is configured, and applications cannot answer that. */
function paramsOf(conf: UwsgiConf, scope: Scope): readonly UwsgiParam[] {
  if (conf.uwsgi_param.length > 0) {
    return conf.uwsgi_param.map((param) => ({
      name: param.name,
      value: scope.template(param.value),
      ifNotEmpty: param.if_not_empty !== undefined,
    }));
  }
  const span = scope.originOf("uwsgi_pass");
  const message = `no "uwsgi_param" is in force for location "${scope.label}": the standard parameters are sent`;
  scope.report({ level: "notice", code: "standard-params", message, ...(span === undefined ? {} : { span }) });
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
