/** Reads the arguments of `valid_referers` (nginx: ngx_http_valid_referers). */

import type { Report } from "../../config/report.ts";
import { type Arg, argFrom } from "../../config/tree.ts";
import { readPattern, type TranslatedPattern } from "../../http/pattern.ts";

export type RefererSetting =
  /** No Referer; one without a scheme; the server's own names. */
  | { readonly kind: "none" | "blocked" | "server_names"; readonly arg: Arg }
  /** A host or wildcard in lower case, and what the page's path begins with: "" for any. */
  | { readonly kind: "host"; readonly host: string; readonly path: string; readonly arg: Arg }
  /** Of what follows the scheme. */
  | { readonly kind: "pattern"; readonly pattern: TranslatedPattern; readonly arg: Arg };

export function readReferers(args: readonly Arg[], report: Report): readonly RefererSetting[] {
  return args.flatMap((arg) => readReferer(arg, report) ?? []);
}

function readReferer(arg: Arg, report: Report): RefererSetting | undefined {
  const { text } = arg;
  if (text === "") return report.error(`invalid referer "${text}"`, arg.span);
  if (text === "none" || text === "blocked" || text === "server_names") return { kind: text, arg };
  if (text.startsWith("~")) {
    if (text === "~") return report.error(`empty regex in "${text}"`, arg.span);
    const pattern = readPattern(argFrom(arg, 1), true, report);
    return pattern === undefined ? undefined : { kind: "pattern", pattern, arg };
  }
  const slash = text.indexOf("/");
  const host = slash === -1 ? text : text.slice(0, slash);
  return { kind: "host", host: host.toLowerCase(), path: slash === -1 ? "" : text.slice(slash), arg };
}
