/** `userid`: cookies that tell clients apart (nginx: ngx_http_userid_module). */

import { settings } from "../config/bind.ts";
import { defineDirectives, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import type { Report } from "../config/report.ts";
import type { Arg } from "../config/tree.ts";
import { count, joinWords, oneOf, text, words } from "../config/values.ts";
import { findCookie } from "../http/core/variables/request-field-variables.ts";
import { defineModule } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { defineRequestSlot } from "../http/request-slot.ts";
import type { Evaluate } from "../http/template.ts";
import type { VariableRegistry } from "../http/variables.ts";
import { ipBytes } from "../net/ip-address.ts";
import {
  type ClientId,
  createId,
  createIdSequence,
  decodeId,
  encodeId,
  ID_CHARS,
  type IdSequence,
  isId,
  renderId,
} from "./userid/client-id.ts";
import { readCookieExpires, renderExpires } from "./userid/cookie-attributes.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

const useridDirectives = defineDirectives({
  userid: one({ ...LEVELS, value: oneOf("off", "log", "v1", "on"), default: "off" as const }),
  userid_domain: one({ ...LEVELS, value: text(), syntax: "name | none", default: "none" }),
  userid_expires: one({ ...LEVELS, parse: readCookieExpires, arity: 1, syntax: "time | max | off", default: 0 as const }),
  userid_flags: one({
    ...LEVELS,
    values: words("off", "secure", "httponly", "samesite=strict", "samesite=lax", "samesite=none"),
    arity: [1, 3],
    default: ["off"] as const,
    merge: joinWords,
  }),
  userid_mark: one({ ...LEVELS, parse: readMark, arity: 1, syntax: 'letter | digit | "=" | off', default: "" }),
  userid_name: one({ ...LEVELS, value: text(), syntax: "name", default: "uid" }),
  userid_p3p: one({ ...LEVELS, value: text(), syntax: "string | none", default: "none" }),
  userid_path: one({ ...LEVELS, value: text(), syntax: "path", default: "/" }),
  userid_service: one({ ...LEVELS, value: count() }),
});

type Settings = SettingsOf<typeof useridDirectives>;

/** A request's identifiers. */
interface Identity {
  readonly cookie: string;
  readonly got: ClientId | undefined;
  // What the answer is to do; written by `decide`.
  /** Undefined: not decided yet, or nothing to set. */
  set: ClientId | undefined;
  wasReset: boolean;
  isDecided: boolean;
}

const identities = defineRequestSlot<Identity>();
const resets = defineRequestSlot<string>();

/** Of this process, whatever configuration it runs. */
const SEQUENCE: IdSequence = createIdSequence(Math.floor((performance.timeOrigin % 1000) * 1000), process.pid);

export const useridModule = defineModule({
  name: "userid",
  directives: useridDirectives,
  variables: {
    uid_got: (r) => {
      const conf = settingsOf(r);
      const got = conf.userid === "off" ? undefined : identityOf(r, conf).got;
      return got === undefined ? "" : renderId(conf.userid_name, got);
    },
  },
  declare(_conf, { block, variables }) {
    if (block.context !== "http") return;
    // A map may have declared it before.
    if (!variables.isTaken("uid_reset")) {
      variables.addComputed("uid_reset", { get: (r) => resets.get(r) ?? "", set: (r, value) => resets.set(r, value) });
    }
    let reset: Evaluate | undefined;
    const readSet = (r: RequestContext): string => {
      const conf = settingsOf(r);
      reset ??= resetReader(variables);
      const set = sets(conf) ? decide(r, conf, reset).set : undefined;
      return set === undefined ? "" : renderId(conf.userid_name, set);
    };
    variables.add({ uid_set: readSet });
  },
  filter(conf, scope) {
    if (!sets(conf)) return undefined;
    const reset = resetReader(scope.variables);
    const attributes = renderAttributes(conf);
    return (r, response) => {
      if (r.parent !== undefined) return response;
      const identity = decide(r, conf, reset);
      if (identity.set === undefined) return response;
      const expires = renderExpires(conf.userid_expires, Math.floor(Date.now() / 1000));
      response.fields.push("Set-Cookie", `${conf.userid_name}=${cookieValue(identity, conf.userid_mark)}${expires}${attributes}`);
      if (conf.userid_p3p !== "none") response.fields.push("P3P", conf.userid_p3p);
      return response;
    };
  },
});

/** "log" only looks at what clients send. */
function sets(conf: Settings): boolean {
  return conf.userid === "on" || conf.userid === "v1";
}

function settingsOf(r: RequestContext): Settings {
  return settings(r.location.block, useridDirectives);
}

function resetReader(variables: VariableRegistry): Evaluate {
  return variables.resolve("uid_reset") ?? (() => "");
}

function identityOf(r: RequestContext, conf: Settings): Identity {
  const known = identities.get(r);
  if (known !== undefined) return known;
  const cookie = findCookie(r, conf.userid_name) ?? "";
  const identity = { cookie, got: cookie === "" ? undefined : readId(r, cookie), set: undefined, wasReset: false, isDecided: false };
  identities.set(r, identity);
  return identity;
}

function readId(r: RequestContext, cookie: string): ClientId | undefined {
  const id = cookie.length < ID_CHARS ? undefined : decodeId(cookie);
  if (id !== undefined) return isId(id) ? id : undefined;
  logRequestError(r, "error", `client sent ${cookie.length < ID_CHARS ? "too short" : "invalid"} userid cookie "${cookie}"`);
  return undefined;
}

/** What the answer sets, decided once a request: a new identifier, or the one that came with a mark. */
function decide(r: RequestContext, conf: Settings, reset: Evaluate): Identity {
  const identity = identityOf(r, conf);
  if (identity.isDecided) return identity;
  identity.isDecided = true;
  const { got, cookie } = identity;
  if (got !== undefined) {
    const wanted = reset(r);
    if (wanted === "" || wanted === "0") {
      const mark = conf.userid_mark;
      if (mark !== "" && !cookie.startsWith(`${mark}=`, ID_CHARS)) identity.set = got;
      return identity;
    }
    identity.wasReset = true;
    if (wanted === "log") logRequestError(r, "notice", `userid cookie "${renderId(conf.userid_name, got)}" was reset`);
  }
  const version = conf.userid === "v1" ? "v1" : "on";
  identity.set = createId(version, conf.userid_service ?? addressBytes(r), Math.floor(Date.now() / 1000), SEQUENCE);
  return identity;
}

/** The last four bytes of the server's address; zeros for a unix socket. */
function addressBytes(r: RequestContext): Buffer {
  const bytes = ipBytes(r.exchange.connection.localAddress) ?? "\0\0\0\0";
  return Buffer.from(bytes.slice(-4), "latin1");
}

function cookieValue({ cookie, got, set, wasReset }: Identity, mark: string): string {
  const text = got !== undefined && !wasReset ? cookie : encodeId(set ?? Buffer.alloc(0));
  return `${text.slice(0, ID_CHARS)}${mark === "" ? "=" : mark}=`;
}

function renderAttributes(conf: Settings): string {
  const domain = conf.userid_domain === "none" ? "" : `; domain=${conf.userid_domain}`;
  const flags = conf.userid_flags.filter((word) => word !== "off").map((word) => `; ${word}`);
  return `${domain}; path=${conf.userid_path}${flags.join("")}`;
}

function readMark(args: readonly Arg[], report: Report): string | undefined {
  const [arg] = args;
  if (arg?.text === "off") return "";
  if (arg !== undefined && /^[A-Za-z0-9=]$/.test(arg.text)) return arg.text;
  return report.error('"userid_mark" directive value must be "off" or a single letter, digit or "="', arg?.span);
}
