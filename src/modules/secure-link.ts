/** `secure_link`: whether a link bears the right hash, and is still in time (nginx: ngx_http_secure_link_module). */

import type { Block } from "../config/bind.ts";
import { defineDirectives, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { template, text } from "../config/values.ts";
import { defineLocationValue } from "../http/location-value.ts";
import { defineModule, type Scope } from "../http/module.ts";
import { defineRequestSlot } from "../http/request-slot.ts";
import type { Evaluate } from "../http/template.ts";
import { checkLink, readLink } from "./secure-link/check-link.ts";
import { linkBehindHash } from "./secure-link/link-behind-hash.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

export const secureLinkDirectives = defineDirectives({
  secure_link: one({ ...LEVELS, value: template(), syntax: "expression" }),
  secure_link_md5: one({ ...LEVELS, value: template(), syntax: "expression" }),
  secure_link_secret: one({ ...LEVELS, value: text(), syntax: "word" }),
});

/** `$secure_link` of a location. */
const links = defineLocationValue<Evaluate>();

/** The time that came with the link, known once `$secure_link` was asked for. */
const expiries = defineRequestSlot<string>();

const SETTINGS = Object.keys(secureLinkDirectives);

export const secureLinkModule = defineModule({
  name: "secure_link",
  directives: secureLinkDirectives,
  variables: {
    secure_link: (r) => links.get(r)?.(r) ?? "",
    secure_link_expires: (r) => expiries.get(r) ?? "",
  },
  declare(_conf, scope) {
    const { own } = scope.block;
    if (own["secure_link_secret"] === undefined || (own["secure_link"] === undefined && own["secure_link_md5"] === undefined)) return;
    const message = '"secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5"';
    const span = scope.originOf("secure_link_secret");
    scope.report({ level: "emerg", code: "mixed-secure-link", message, ...(span === undefined ? {} : { span }) });
  },
  phases: {
    /** Answers nothing: keeps what the variable evaluates. */
    preaccess(conf, scope) {
      const link = compileLink(conf, scope);
      if (link !== undefined) links.keep(scope, link);
      return undefined;
    },
  },
});

/** The innermost block that says anything of links chooses between the two ways of hashing. */
function compileLink(conf: SettingsOf<typeof secureLinkDirectives>, scope: Scope): Evaluate | undefined {
  const { secure_link: link, secure_link_md5: md5, secure_link_secret: secret } = conf;
  let block: Block | undefined = scope.block;
  while (block !== undefined && !SETTINGS.some((setting) => block?.own[setting] !== undefined)) block = block.parent;
  if (block === undefined) return undefined;
  if (secret !== undefined && block.own["secure_link_secret"] !== undefined) return (r) => linkBehindHash(r.head.target, secret);
  const value = link === undefined ? undefined : scope.template(link).evaluate;
  const hashed = md5 === undefined ? undefined : scope.template(md5).evaluate;
  if (value === undefined || hashed === undefined) return () => "";
  return (r) => {
    const link = readLink(value(r));
    if (link === undefined) return "";
    // Before the hashed text is evaluated, which may name $secure_link_expires.
    if (link.expires !== "") expiries.set(r, link.expires);
    const verdict = checkLink(link, hashed(r), Date.now() / 1000);
    return verdict === "wrong" ? "" : verdict === "good" ? "1" : "0";
  };
}
