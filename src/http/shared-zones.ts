/** Zones that the configuration declares (`limit_req_zone`, `limit_conn_zone`): their names, and where the process keeps what is counted in them. */

import type { Span } from "../config/source.ts";
import type { TemplateText } from "../config/template-text.ts";
import { LocalZones } from "../zone/local-zones.ts";
import type { ZoneIdentity, ZoneUse } from "../zone/zone-identity.ts";
import type { Zones } from "../zone/zones.ts";
import type { Declaration, DeclareScope, Scope, Services } from "./module.ts";
import type { Evaluate } from "./template.ts";
import type { ZoneSetting } from "./zone-setting.ts";

export interface DeclaredZone {
  readonly identity: ZoneIdentity;
  readonly keyText: TemplateText;
  /** What is counted by; written once, by linkZones(). */
  evaluateKey: Evaluate;
  /** limit_req: thousandths of a request a second; 0 for limit_conn. */
  readonly rate: number;
}

export const ZONES: Declaration<DeclaredZone> = { kind: "shared memory zone" };

/** Under which key `Services.shared` has them: a worker that asks its master puts its own there before a configuration is loaded. */
export const ZONES_KEY = "zones";
const IN_FORCE_KEY = "zones in force";

export function zonesOf(services: Pick<Services, "shared">): Zones {
  return services.shared<Zones>(ZONES_KEY, () => new LocalZones());
}

/** By name, those of the configuration being served, which a next one has to agree with. */
export function zonesInForce(services: Pick<Services, "shared">): Map<string, ZoneIdentity> {
  return services.shared(IN_FORCE_KEY, () => new Map<string, ZoneIdentity>());
}

/** Makes zones known, unless a name is taken or counts by something else in the configuration being served. */
export function declareZones(settings: readonly ZoneSetting[], directive: string, scope: DeclareScope): void {
  const inForce = zonesInForce(scope.services);
  for (const [index, { identity, key, rate, span }] of settings.entries()) {
    const { name } = identity;
    const mistake = disagreement(identity, inForce.get(name));
    if (mistake !== undefined) refuse(scope, mistake, span);
    if (scope.declare(ZONES, name, { identity, keyText: key, evaluateKey: () => "", rate })) continue;
    const earlier = settings.slice(0, index).find((setting) => setting.identity.name === name);
    refuse(scope, describeTaken(identity, earlier?.identity, directive), span);
  }
}

/** Compiles the keys of one kind of zones, once all variables are known. */
export function linkZones(use: ZoneUse, scope: Scope): void {
  for (const zone of scope.all(ZONES).values()) {
    if (zone.identity.use === use) zone.evaluateKey = scope.template(zone.keyText).evaluate;
  }
}

/** nginx: what a zone of the same name and size has counted is kept over a reload, so that it has to be counted by the same key. */
function disagreement({ use, name, sizeBytes, key }: ZoneIdentity, former: ZoneIdentity | undefined): string | undefined {
  if (former === undefined || former.use !== use || former.sizeBytes !== sizeBytes || former.key === key) return undefined;
  const subject = use === "limit_req" ? "limit_req" : "limit_conn_zone";
  return `${subject} "${name}" uses the "${key}" key while previously it used the "${former.key}" key`;
}

function describeTaken({ name, sizeBytes }: ZoneIdentity, earlier: ZoneIdentity | undefined, directive: string): string {
  if (earlier === undefined) return `the shared memory zone "${name}" is already declared for a different use`;
  if (earlier.sizeBytes === sizeBytes) return `${directive} "${name}" is already bound to key "${earlier.key}"`;
  return `the size ${sizeBytes} of shared memory zone "${name}" conflicts with already declared size ${earlier.sizeBytes}`;
}

/** A block may name a zone once. */
export function refuseRepeatedZones(
  limits: readonly { readonly zone: string; readonly span: Span }[],
  directive: string,
  scope: DeclareScope,
): void {
  // What is inherited has been looked at where it is written.
  if (!(directive in scope.block.own)) return;
  const seen = new Set<string>();
  for (const { zone, span } of limits) {
    if (seen.has(zone)) refuse(scope, `"${directive}" directive is duplicate`, span);
    seen.add(zone);
  }
}

/** The zone that a limit names, or undefined and reported. */
export function findZone(use: ZoneUse, name: string, span: Span, scope: Scope): DeclaredZone | undefined {
  const zone = scope.find(ZONES, name);
  if (zone === undefined) refuse(scope, `zero size shared memory zone "${name}"`, span, `no ${use}_zone declares it`);
  else if (zone.identity.use !== use) refuse(scope, `the shared memory zone "${name}" is already declared for a different use`, span);
  return zone?.identity.use === use ? zone : undefined;
}

function refuse(scope: DeclareScope, message: string, span: Span, hint?: string): void {
  scope.report({ level: "emerg", code: "invalid-zone", message, span, ...(hint === undefined ? {} : { hint }) });
}
