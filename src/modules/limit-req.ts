/** `limit_req_zone`, `limit_req`: requests of a key pass at a rate; more are delayed, then rejected (nginx: ngx_http_limit_req_module). */

import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { flag, oneOf, statusCode } from "../config/values.ts";
import { defineModule, type Scope } from "../http/module.ts";
import type { Handler, Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { defineLastingSlot } from "../http/request-slot.ts";
import { declareZones, findZone, linkZones, refuseRepeatedZones, zonesOf } from "../http/shared-zones.ts";
import { readZoneKeys, type ZoneKey } from "../http/zone-keys.ts";
import type { LogLevel } from "../log/error-log.ts";
import type { RequestLimit, RequestOutcome } from "../zone/request-limiter.ts";
import { readLimit, readRequestZone } from "./limit-req/read-settings.ts";
import { waitOut } from "./limit-req/wait-out.ts";

type Status = "PASSED" | "DELAYED" | "REJECTED" | "DELAYED_DRY_RUN" | "REJECTED_DRY_RUN";

/** nginx: a request is judged once, whatever locations it comes through. */
const status = defineLastingSlot<Status>();

const LOCATIONS = ["http", "server", "location"] as const;

const directives = defineDirectives({
  limit_req_zone: many({ in: ["http"], parse: readRequestZone, arity: 3, syntax: "key zone=name:size rate=rate", inherits: false }),
  limit_req: many({ in: LOCATIONS, parse: readLimit, arity: [1, 3], syntax: "zone=name [burst=number] [nodelay | delay=number]" }),
  limit_req_log_level: one({ in: LOCATIONS, value: oneOf("info", "notice", "warn", "error"), default: "error" }),
  limit_req_status: one({ in: LOCATIONS, value: statusCode(400, 599), default: 503 }),
  limit_req_dry_run: one({ in: LOCATIONS, value: flag(), default: false }),
});

export const limitReqModule = defineModule({
  name: "limit_req",
  directives,
  declare(conf, scope) {
    declareZones(conf.limit_req_zone, "limit_req_zone", scope);
    refuseRepeatedZones(conf.limit_req, "limit_req", scope);
  },
  link: (_conf, scope) => linkZones("limit_req", scope),
  variables: { limit_req_status: (r) => status.get(r.main) ?? "" },
  phases: { preaccess: createHandler },
});

/** nginx: a delay is told of one level below a rejection. */
const DELAY_LEVELS = { info: "info", notice: "info", warn: "notice", error: "warn" } as const;

/** What a location says to do with an outcome. */
interface Reaction {
  readonly limits: readonly RequestLimit[];
  readonly rejectLevel: LogLevel;
  readonly delayLevel: LogLevel;
  readonly status: number;
  readonly isDry: boolean;
}

function createHandler(conf: SettingsOf<typeof directives>, scope: Scope): Handler | undefined {
  const limits: RequestLimit[] = [];
  const keys: ZoneKey[] = [];
  for (const { zone: name, burst, delay, span } of conf.limit_req) {
    const zone = findZone("limit_req", name, span, scope);
    if (zone === undefined) continue;
    limits.push({ zone: zone.identity, rate: zone.rate, burst, delay });
    keys.push({ evaluate: zone.evaluateKey, text: zone.identity.key });
  }
  if (limits.length === 0) return undefined;
  const limiter = zonesOf(scope.services).requestLimiter(limits);
  const level = conf.limit_req_log_level;
  const { limit_req_status: rejected, limit_req_dry_run: isDry } = conf;
  const reaction: Reaction = { limits, rejectLevel: level, delayLevel: DELAY_LEVELS[level], status: rejected, isDry };
  return (r) => {
    if (status.get(r.main) !== undefined) return undefined;
    const outcome = limiter.take(readZoneKeys(r, keys, KEY_BYTES_MAX));
    return outcome instanceof Promise ? outcome.then((settled) => react(r, settled, reaction)) : react(r, outcome, reaction);
  };
}

/** nginx: a key's length stands in two octets. */
const KEY_BYTES_MAX = 65_535;

function react(r: RequestContext, outcome: RequestOutcome, reaction: Reaction): Verdict | Promise<Verdict> {
  const name = reaction.limits[outcome.limit]?.zone.name ?? "";
  if (r.trace !== undefined)
    r.trace({ step: "limit_req", subject: name, text: `${outcome.verdict}`, won: outcome.verdict !== "unlimited" });
  switch (outcome.verdict) {
    case "unlimited":
      return undefined;
    case "passed":
      status.set(r.main, "PASSED");
      return undefined;
    case "delayed":
      return delay(r, outcome, name, reaction);
    case "full":
      logRequestError(r, "alert", `could not allocate node in limit_req zone "${name}"`);
      return reject(r, reaction);
    case "rejected":
      logRequestError(r, reaction.rejectLevel, `limiting requests${dryRun(reaction)}, excess: ${inRequests(outcome)} by zone "${name}"`);
      return reject(r, reaction);
  }
}

function reject(r: RequestContext, reaction: Reaction): Verdict {
  status.set(r.main, reaction.isDry ? "REJECTED_DRY_RUN" : "REJECTED");
  return reaction.isDry ? undefined : reaction.status;
}

function delay(r: RequestContext, outcome: RequestOutcome, name: string, reaction: Reaction): Verdict | Promise<Verdict> {
  logRequestError(r, reaction.delayLevel, `delaying request${dryRun(reaction)}, excess: ${inRequests(outcome)}, by zone "${name}"`);
  status.set(r.main, reaction.isDry ? "DELAYED_DRY_RUN" : "DELAYED");
  return reaction.isDry ? undefined : waitOut(r, outcome.delayMs);
}

function dryRun({ isDry }: Reaction): string {
  return isDry ? ", dry run" : "";
}

/** Thousandths as nginx writes them: 1.998. */
function inRequests({ excess }: RequestOutcome): string {
  return (excess / 1000).toFixed(3);
}
