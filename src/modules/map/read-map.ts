/** Reads a `map` block's lines (nginx: ngx_http_map_block, ngx_http_map). */

import type { Line } from "../../config/directive.ts";
import type { Report } from "../../config/report.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import { type Arg, argFrom } from "../../config/tree.ts";
import { type ComputedVariable, readVariableName } from "../../http/computed-variable.ts";
import { readPattern, type TranslatedPattern } from "../../http/pattern.ts";

export interface MapSetting extends ComputedVariable {
  readonly source: TemplateText;
  /** What the source is compared with, in lower case, a wildcard where `hasHostnames`. */
  readonly keys: ReadonlyMap<string, TemplateText>;
  readonly patterns: readonly { readonly pattern: TranslatedPattern; readonly value: TemplateText }[];
  readonly fallback: TemplateText | undefined;
  /** Keys are host names with wildcards: `*.example.com`, `.example.com`, `www.example.*`. */
  readonly hasHostnames: boolean;
}

export function readMap(lines: readonly Line[], report: Report, args: readonly Arg[]): MapSetting | undefined {
  const [sourceArg, variableArg] = args;
  if (sourceArg === undefined || variableArg === undefined) return undefined;
  const source = parseTemplateText(sourceArg, report);
  const variable = readVariableName(variableArg, report);
  if (source === undefined || variable === undefined) return undefined;
  const content = new MapContent(report);
  for (const line of lines) content.read(line);
  const { keys, patterns, fallback, hasHostnames, isVolatile } = content;
  return { source, variable, variableSpan: variableArg.span, keys, patterns, fallback, hasHostnames, isVolatile };
}

/** Filled line by line. */
class MapContent {
  readonly keys = new Map<string, TemplateText>();
  readonly patterns: { pattern: TranslatedPattern; value: TemplateText }[] = [];
  fallback: TemplateText | undefined = undefined;
  hasHostnames = false;
  isVolatile = false;
  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  read({ name, args, span }: Line): void {
    const [valueArg] = args;
    if (args.length === 0 && name.text === "hostnames") {
      this.hasHostnames = true;
    } else if (args.length === 0 && name.text === "volatile") {
      this.isVolatile = true;
    } else if (valueArg === undefined || args.length !== 1) {
      this.report.error("invalid number of the map parameters", span);
    } else {
      const value = parseTemplateText(valueArg, this.report);
      if (value !== undefined) this.add(name, value);
    }
  }

  private add(name: Arg, value: TemplateText): void {
    if (name.text === "default") {
      if (this.fallback !== undefined) this.report.error("duplicate default map parameter", name.span);
      this.fallback = value;
    } else if (name.text.startsWith("~")) {
      const isCaseless = name.text.startsWith("~*");
      const pattern = readPattern(argFrom(name, isCaseless ? 2 : 1), isCaseless, this.report);
      if (pattern !== undefined) this.patterns.push({ pattern, value });
    } else {
      // A backslash keeps a key from being read as one of the words above.
      const key = (name.text.startsWith("\\") ? name.text.slice(1) : name.text).toLowerCase();
      if (this.keys.has(key)) this.report.error(`conflicting parameter "${key}"`, name.span);
      this.keys.set(key, value);
    }
  }
}
