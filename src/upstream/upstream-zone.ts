/** `zone` in an `upstream` block (nginx: ngx_http_upstream_zone_module). Its memory is not needed: every worker keeps its own account. */

import { parseSize } from "../config/parse-number.ts";
import type { Report } from "../config/report.ts";
import type { Span } from "../config/source.ts";
import type { Arg } from "../config/tree.ts";

export interface UpstreamZone {
  readonly name: string;
  /** 0: another block gives it. */
  readonly bytes: number;
  readonly span: Span;
}

/** nginx: eight pages. */
const BYTES_MIN = 32_768;

export function readZone([name, size]: readonly Arg[], report: Report): UpstreamZone | undefined {
  if (name === undefined || name.text === "") return report.error('invalid zone name ""', name?.span);
  if (size === undefined) return { name: name.text, bytes: 0, span: report.span };
  const bytes = parseSize(size.text);
  if (bytes === undefined) return report.error(`invalid zone size "${size.text}"`, size.span);
  if (bytes < BYTES_MIN) return report.error(`zone "${name.text}" is too small`, size.span);
  return { name: name.text, bytes, span: report.span };
}

/** The zones that no block gives a size. */
export function zonesWithoutSize(zones: readonly UpstreamZone[]): readonly UpstreamZone[] {
  const sized = new Set(zones.filter((zone) => zone.bytes > 0).map((zone) => zone.name));
  return zones.filter((zone) => !sized.has(zone.name));
}
