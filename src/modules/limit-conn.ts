/** `limit_conn_zone`, `limit_conn`: how many requests of a key are under way at once (nginx: ngx_http_limit_conn_module). */

import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { flag, oneOf, statusCode } from "../config/values.ts";
import { defineModule, type Scope } from "../http/module.ts";
import type { Handler, Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { defineLastingSlot } from "../http/request-slot.ts";
import { declareZones, findZone, linkZones, refuseRepeatedZones, ZONES, zonesOf } from "../http/shared-zones.ts";
import { readZoneKeys, type ZoneKey } from "../http/zone-keys.ts";
import type { LogLevel } from "../log/error-log.ts";
import type { ConnectionLimit, ConnectionOutcome, Hold } from "../zone/connection-limiter.ts";
import { readConnectionLimit, readConnectionZone } from "./limit-conn/read-settings.ts";

type Status = "PASSED" | "REJECTED" | "REJECTED_DRY_RUN";

/** nginx: a request is judged once, whatever locations it comes through. */
const status = defineLastingSlot<Status>();
const held = defineLastingSlot<Hold>();

const LOCATIONS = ["http", "server", "location"] as const;

const directives = defineDirectives({
  limit_conn_zone: many({ in: ["http"], parse: readConnectionZone, arity: 2, syntax: "key zone=name:size", inherits: false }),
  limit_conn: many({ in: LOCATIONS, parse: readConnectionLimit, arity: 2, syntax: "zone number" }),
  limit_conn_log_level: one({ in: LOCATIONS, value: oneOf("info", "notice", "warn", "error"), default: "error" }),
  limit_conn_status: one({ in: LOCATIONS, value: statusCode(400, 599), default: 503 }),
  limit_conn_dry_run: one({ in: LOCATIONS, value: flag(), default: false }),
});

export const limitConnModule = defineModule({
  name: "limit_conn",
  directives,
  declare(conf, scope) {
    declareZones(conf.limit_conn_zone, "limit_conn_zone", scope);
    refuseRepeatedZones(conf.limit_conn, "limit_conn", scope);
  },
  link: (_conf, scope) => linkZones("limit_conn", scope),
  variables: { limit_conn_status: (r) => status.get(r.main) ?? "" },
  phases: { preaccess: createHandler },
  // In all locations: a request may end in another one than it was counted in.
  log: (_conf, scope) => ([...scope.all(ZONES).values()].some(({ identity }) => identity.use === "limit_conn") ? release : undefined),
});

function release(r: RequestContext): void {
  held.get(r)?.release();
}

/** What a location says to do with an outcome. */
interface Reaction {
  readonly limits: readonly ConnectionLimit[];
  readonly level: LogLevel;
  readonly status: number;
  readonly isDry: boolean;
}

function createHandler(conf: SettingsOf<typeof directives>, scope: Scope): Handler | undefined {
  const limits: ConnectionLimit[] = [];
  const keys: ZoneKey[] = [];
  for (const { zone: name, max, span } of conf.limit_conn) {
    const zone = findZone("limit_conn", name, span, scope);
    if (zone === undefined) continue;
    limits.push({ zone: zone.identity, max });
    keys.push({ evaluate: zone.evaluateKey, text: zone.identity.key });
  }
  if (limits.length === 0) return undefined;
  const limiter = zonesOf(scope.services).connectionLimiter(limits);
  const reaction: Reaction = { limits, level: conf.limit_conn_log_level, status: conf.limit_conn_status, isDry: conf.limit_conn_dry_run };
  return (r) => {
    if (status.get(r.main) !== undefined) return undefined;
    const outcome = limiter.take(readZoneKeys(r, keys, KEY_BYTES_MAX));
    return outcome instanceof Promise ? outcome.then((settled) => react(r, settled, reaction)) : react(r, outcome, reaction);
  };
}

/** nginx: a key's length stands in one octet. */
const KEY_BYTES_MAX = 255;

function react(r: RequestContext, { verdict, limit, hold }: ConnectionOutcome, reaction: Reaction): Verdict {
  const name = reaction.limits[limit]?.zone.name ?? "";
  if (r.trace !== undefined) r.trace({ step: "limit_conn", subject: name, text: verdict, won: verdict !== "unlimited" });
  if (verdict === "unlimited") return undefined;
  if (verdict === "passed") {
    status.set(r.main, "PASSED");
    if (hold !== undefined) held.set(r.main, hold);
    return undefined;
  }
  if (verdict === "full") logRequestError(r, "crit", `ngx_slab_alloc() failed: no memory in limit_conn_zone "${name}"`);
  else logRequestError(r, reaction.level, `limiting connections${reaction.isDry ? ", dry run," : ""} by zone "${name}"`);
  status.set(r.main, reaction.isDry ? "REJECTED_DRY_RUN" : "REJECTED");
  return reaction.isDry ? undefined : reaction.status;
}
