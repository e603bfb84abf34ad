/** The arguments of a zone's directive: a key, `zone=name:size`, and what else it takes (nginx: ngx_http_limit_req_zone). */

import { parseSize } from "../config/parse-number.ts";
import type { Report } from "../config/report.ts";
import type { Span } from "../config/source.ts";
import { parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import type { ZoneIdentity, ZoneUse } from "../zone/zone-identity.ts";

/** nginx: eight pages. */
const ZONE_BYTES_MIN = 8 * 4096;

/** The key and the `zone=name:size` of a zone's directive. */
export interface ZoneSetting {
  readonly identity: ZoneIdentity;
  readonly key: TemplateText;
  /** limit_req: thousandths of a request a second; 0 for limit_conn. */
  readonly rate: number;
  readonly span: Span;
}

/** `readOther` takes what is neither the key nor `zone=`, and returns whether it could. */
export function readZone(
  use: ZoneUse,
  [keyArg, ...others]: readonly Arg[],
  report: Report,
  readOther: (arg: Arg) => boolean,
): Omit<ZoneSetting, "rate"> | undefined {
  if (keyArg === undefined) return undefined;
  const key = parseTemplateText(keyArg, report);
  if (key === undefined) return undefined;
  let named: Pick<ZoneIdentity, "name" | "sizeBytes"> | undefined;
  for (const arg of others) {
    if (arg.text.startsWith("zone=")) {
      named = readNameAndSize(arg, report);
      if (named === undefined) return undefined;
    } else if (!readOther(arg)) {
      return undefined;
    }
  }
  if (named === undefined || named.name === "") return report.error(`"${report.directive}" must have "zone" parameter`);
  return { identity: { use, ...named, key: keyArg.text }, key, span: report.span };
}

function readNameAndSize(arg: Arg, report: Report): Pick<ZoneIdentity, "name" | "sizeBytes"> | undefined {
  const [, name = "", size = ""] = /^zone=([^:]*):(.*)$/s.exec(arg.text) ?? [];
  const sizeBytes = parseSize(size);
  if (sizeBytes === undefined) return report.error(`invalid zone size "${arg.text}"`, arg.span);
  if (sizeBytes < ZONE_BYTES_MIN) return report.error(`zone "${arg.text}" is too small`, arg.span);
  return { name, sizeBytes };
}
