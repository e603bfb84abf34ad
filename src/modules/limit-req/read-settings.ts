/** The arguments of `limit_req_zone` and `limit_req`, in amounts of thousandths of a request (nginx: ngx_http_limit_req_zone, ngx_http_limit_req). */

import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import type { Arg } from "../../config/tree.ts";
import { readZone, type ZoneSetting } from "../../http/zone-setting.ts";
import { DELAYS_NOTHING } from "../../zone/request-limiter.ts";

export function readRequestZone(args: readonly Arg[], report: Report): ZoneSetting | undefined {
  let rate = 1000;
  const setting = readZone("limit_req", args, report, (arg) => {
    if (!arg.text.startsWith("rate=")) return report.error(`invalid parameter "${arg.text}"`, arg.span) ?? false;
    const read = readRate(arg.text.slice(5));
    if (read === undefined) return report.error(`invalid rate "${arg.text}"`, arg.span, "as in 10r/s or 30r/m") ?? false;
    rate = read;
    return true;
  });
  return setting === undefined ? undefined : { ...setting, rate };
}

/** nginx: without a unit it is a second's. */
function readRate(text: string): number | undefined {
  const [, amount = "", unit] = /^(\d+)(r\/s|r\/m)?$/.exec(text) ?? [];
  const requests = Number(amount);
  if (requests === 0 || !Number.isSafeInteger(requests * 1000)) return undefined;
  return Math.floor((requests * 1000) / (unit === "r/m" ? 60 : 1));
}

export interface LimitSetting {
  readonly zone: string;
  readonly burst: number;
  readonly delay: number;
  readonly span: Span;
}

export function readLimit(args: readonly Arg[], report: Report): LimitSetting | undefined {
  let zone: string | undefined;
  let burst = 0;
  let delay = 0;
  for (const arg of args) {
    const [, name, value = ""] = /^(zone|burst|delay)=(.*)$/s.exec(arg.text) ?? [];
    if (name === "zone") {
      zone = value;
    } else if (arg.text === "nodelay") {
      delay = DELAYS_NOTHING;
    } else if (name === undefined) {
      return report.error(`invalid parameter "${arg.text}"`, arg.span);
    } else {
      const amount = /^\d+$/.test(value) ? Number(value) * 1000 : 0;
      if (amount === 0 || !Number.isSafeInteger(amount)) return report.error(`invalid ${name} value "${arg.text}"`, arg.span);
      if (name === "burst") burst = amount;
      else delay = amount;
    }
  }
  if (zone === undefined) return report.error(`"${report.directive}" must have "zone" parameter`);
  return { zone, burst, delay, span: report.span };
}
