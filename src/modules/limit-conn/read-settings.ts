/** The arguments of `limit_conn_zone` and `limit_conn` (nginx: ngx_http_limit_conn_zone, ngx_http_limit_conn). */

import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import type { Arg } from "../../config/tree.ts";
import { readZone, type ZoneSetting } from "../../http/zone-setting.ts";

export function readConnectionZone(args: readonly Arg[], report: Report): ZoneSetting | undefined {
  const setting = readZone("limit_conn", args, report, (arg) => report.error(`invalid parameter "${arg.text}"`, arg.span) ?? false);
  return setting === undefined ? undefined : { ...setting, rate: 0 };
}

export interface ConnectionLimitSetting {
  readonly zone: string;
  readonly max: number;
  readonly span: Span;
}

/** nginx: a count stands in two octets. */
const MAX = 65_535;

export function readConnectionLimit([zone, number]: readonly Arg[], report: Report): ConnectionLimitSetting | undefined {
  if (zone === undefined || number === undefined) return undefined;
  const max = /^\d+$/.test(number.text) ? Number(number.text) : 0;
  if (max === 0) return report.error(`invalid number of connections "${number.text}"`, number.span);
  if (max > MAX) return report.error("connection limit must be less 65536", number.span);
  return { zone: zone.text, max, span: report.span };
}
