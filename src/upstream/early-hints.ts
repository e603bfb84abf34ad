/** What an upstream sends ahead of its answer, for clients that can make use of it (RFC 8297; nginx: ngx_http_upstream_process_early_hints). */

import { isHopByHop } from "../http/message/fields.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ForwardPlan } from "./forward-plan.ts";

export const EARLY_HINTS = 103;
const HINTS_STATUS = String(EARLY_HINTS);

/** Of one attempt. */
export class EarlyHints {
  private readonly r: RequestContext;
  private readonly hidden: ReadonlySet<string>;
  private passedTo = 0;

  constructor(r: RequestContext, hidden: ReadonlySet<string>) {
    this.r = r;
    this.hidden = hidden;
  }

  /** Passes the hints on that end at an offset of the peer's bytes: once, however often these are read. */
  passUpTo(end: number, names: readonly string[], values: readonly string[]): void {
    if (end <= this.passedTo) return;
    this.passedTo = end;
    this.pass(names.flatMap((name, index) => [name, values[index] as string])); // the lists run in step
  }

  /** An interim answer of any kind, as fields. */
  passHttp2(fields: readonly string[]): void {
    if (fields[fields.indexOf(":status") + 1] === HINTS_STATUS) this.pass(fields);
  }

  /** `fields` is flat: name, value. */
  private pass(fields: readonly string[]): void {
    const { exchange, response } = this.r;
    if (response !== undefined || exchange.gone) return;
    const passed: string[] = [];
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const name = fields[i] as string; // the loop's condition says that both are there
      if (this.mayPass(name.toLowerCase())) passed.push(name, fields[i + 1] as string);
    }
    if (passed.length > 0) exchange.sendEarlyHints?.(passed);
  }

  private mayPass(lowerName: string): boolean {
    return !lowerName.startsWith(":") && lowerName !== "content-length" && !isHopByHop(lowerName) && !this.hidden.has(lowerName);
  }
}

/** Undefined where hints are skipped: nginx passes those of HTTP servers, to clients that know interim answers. */
export function earlyHintsFor(r: RequestContext, plan: ForwardPlan): EarlyHints | undefined {
  const { passesEarlyHints } = r.location.settings;
  if (passesEarlyHints === undefined || plan.protocol.name !== "http" || r.parent !== undefined || r.head.version < 11) return undefined;
  return passesEarlyHints(r) ? new EarlyHints(r, plan.settings.fields.hidden) : undefined;
}
