/** `zone` in an `upstream` block: workers share what is known of its servers (nginx: ngx_http_upstream_zone_module). */

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
  return zones.filter((zone) => sizedZone(zone, zones).bytes === 0);
}

/** The zone with its size, which another block may give. */
export function sizedZone(zone: UpstreamZone, zones: readonly UpstreamZone[]): UpstreamZone {
  const bytes = zone.bytes > 0 ? zone.bytes : (zones.find((other) => other.name === zone.name && other.bytes > 0)?.bytes ?? 0);
  return { ...zone, bytes };
}
