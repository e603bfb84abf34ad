/** `allow` and `deny`: who may come in, by address (nginx: ngx_http_access_module). */

import { defineDirectives, many } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import type { Report } from "../config/report.ts";
import type { Span } from "../config/source.ts";
import type { Arg } from "../config/tree.ts";
import type { Value } from "../config/value.ts";
import { accessDirectives } from "../http/core/access-directives.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { type Cidr, isInCidr, parseCidr } from "../net/cidr.ts";
import { ipBytes, unmapIpv4 } from "../net/ip-address.ts";

type AddressRange = Cidr | "all" | "unix:";

const addressRange: Value<AddressRange> = { syntax: "address | CIDR | unix: | all", read: readRange };

/** Rules of both kinds make one list, which a block has to itself or inherits whole. */
const RULE = { in: ["http", "server", "location", "limit_except"], value: addressRange, slot: "access_rules" } as const;

const directives = defineDirectives({ allow: many(RULE), deny: many(RULE) });

export const accessModule = defineModule({
  name: "access",
  directives,
  phases: {
    access(conf, scope) {
      const rules = conf.access_rules;
      if (rules.length === 0) return undefined;
      const byKind = { unix: rulesFor(rules, isForUnix), ipv4: rulesFor(rules, isForBytes(4)), ipv6: rulesFor(rules, isForBytes(16)) };
      const isLogged = scope.settings(accessDirectives).satisfy === "all";
      return (r) => judge(r, findRule(byKind, r.exchange.connection.remoteAddress), isLogged);
    },
  },
});

interface Rule {
  readonly directive: "allow" | "deny";
  readonly value: AddressRange;
  readonly span: Span | undefined;
}

/** nginx keeps a list for each kind of address; `all` stands in each. */
interface RulesByKind {
  readonly unix: readonly Rule[];
  readonly ipv4: readonly Rule[];
  readonly ipv6: readonly Rule[];
}

function rulesFor(rules: SettingsOf<typeof directives>["access_rules"], isFor: (range: AddressRange) => boolean): readonly Rule[] {
  return rules.filter((rule) => isFor(rule.value));
}

function isForUnix(range: AddressRange): boolean {
  return range === "all" || range === "unix:";
}

function isForBytes(addressBytes: number): (range: AddressRange) => boolean {
  return (range) => range === "all" || (typeof range === "object" && range.addressBytes === addressBytes);
}

/** The first rule that an address meets. "no address" stands for text that is none: rules are there, and it fits none of them. */
function findRule({ unix, ipv4, ipv6 }: RulesByKind, address: string): Rule | "no address" | undefined {
  if (address === "unix:") return unix[0];
  const bytes = ipBytes(address);
  if (bytes === undefined) return "no address";
  // nginx: an IPv4 client of a dual-stack socket is judged by the rules for IPv4 wherever there are some.
  const plain = ipv4.length === 0 ? bytes : unmapIpv4(bytes);
  for (const rule of plain.length === 4 ? ipv4 : ipv6) {
    if (rule.value === "all" || (typeof rule.value === "object" && isInCidr(plain, rule.value))) return rule;
  }
  return undefined;
}

function judge(r: RequestContext, rule: Rule | "no address" | undefined, isLogged: boolean): Verdict {
  if (rule === undefined) return undefined;
  const isAllowed = rule !== "no address" && rule.directive === "allow";
  if (r.trace !== undefined && rule !== "no address") {
    const { remoteAddress } = r.exchange.connection;
    r.trace({ step: rule.directive, subject: remoteAddress, text: isAllowed ? "may come in" : "is refused", won: true, span: rule.span });
  }
  if (isAllowed) return "allow";
  if (isLogged) logRequestError(r, "error", "access forbidden by rule");
  return 403;
}

function readRange(arg: Arg, report: Report): AddressRange | undefined {
  if (arg.text === "all" || arg.text === "unix:") return arg.text;
  const cidr = parseCidr(arg.text);
  if (cidr === undefined) return report.error(`invalid parameter "${arg.text}"`, arg.span);
  if (cidr.hasMeaninglessBits) report.warn(`low address bits of ${arg.text} are meaningless`, arg.span);
  return cidr;
}
