/** `split_clients`: a variable whose value is drawn by a hash of a text, in fixed shares (nginx: ngx_http_split_clients_module). */

import { defineDirectives, manyLines } from "../config/define-directives.ts";
import type { Line } from "../config/directive.ts";
import type { Report } from "../config/report.ts";
import { parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import { type ComputedVariable, declareComputedVariable, readVariableName } from "../http/computed-variable.ts";
import { type Declaration, defineModule, type Scope } from "../http/module.ts";
import type { Evaluate } from "../http/template.ts";
import { murmurHash2 } from "./split-clients/murmur-hash.ts";

interface SplitSetting extends ComputedVariable {
  readonly source: TemplateText;
  readonly shares: readonly Share[];
}

interface Share {
  /** Hundredths of a percent; 0 for `*`, which takes the rest. */
  readonly hundredths: number;
  /** nginx: as written, a "$" in it names no variable. */
  readonly value: string;
}

export const splitClientsDirectives = defineDirectives({
  split_clients: manyLines({ in: ["http"], arity: 2, inherits: false, parse: readSplit, syntax: "string $variable { ... }" }),
});

interface DeclaredSplit {
  readonly setting: SplitSetting;
  link(evaluate: Evaluate): void;
}

const SPLITS: Declaration<DeclaredSplit> = { kind: "split_clients" };

export const splitClientsModule = defineModule({
  name: "split_clients",
  directives: splitClientsDirectives,
  declare(conf, scope) {
    for (const [index, setting] of conf.split_clients.entries()) {
      const link = declareComputedVariable(setting, scope);
      if (link !== undefined) scope.declare(SPLITS, String(index), { setting, link });
    }
  },
  link(_conf, scope) {
    for (const { setting, link } of scope.all(SPLITS).values()) link(compileSplit(setting, scope));
  },
});

const ALL_HUNDREDTHS = 10_000;
const HASH_MAX = 0xffffffff;

function readSplit(lines: readonly Line[], report: Report, args: readonly Arg[]): SplitSetting | undefined {
  const [sourceArg, variableArg] = args;
  if (sourceArg === undefined || variableArg === undefined) return undefined;
  const source = parseTemplateText(sourceArg, report);
  const variable = readVariableName(variableArg, report);
  const shares = lines.flatMap((line) => readShare(line, report) ?? []);
  if (!areWithinAll(shares)) return report.error("percent total is greater than 100%");
  return source === undefined || variable === undefined
    ? undefined
    : { source, variable, variableSpan: variableArg.span, isVolatile: false, shares };
}

/** nginx: behind `*` there is nothing left to share. */
function areWithinAll(shares: readonly Share[]): boolean {
  let sum = 0;
  return shares.every(({ hundredths }) => {
    sum = hundredths === 0 ? ALL_HUNDREDTHS : sum + hundredths;
    return sum <= ALL_HUNDREDTHS;
  });
}

function readShare({ name, args, span }: Line, report: Report): Share | undefined {
  const [valueArg] = args;
  if (valueArg === undefined || args.length !== 1) return report.error("invalid number of the split_clients parameters", span);
  const value = valueArg.text;
  if (name.text === "*") return { hundredths: 0, value };
  const [, whole = "", fraction = ""] = /^(\d+)(?:\.(\d{1,2}))?%$/.exec(name.text) ?? [];
  const hundredths = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return hundredths > 0 ? { hundredths, value } : report.error(`invalid percent value "${name.text}"`, name.span, "as in 12.5%");
}

/** Each share ends at its part of all hashes; `*` has what is left. */
function compileSplit({ source, shares }: SplitSetting, scope: Scope): Evaluate {
  const text = scope.template(source).evaluate;
  let sum = 0;
  const ends = shares.map(({ hundredths, value }) => {
    sum += hundredths;
    const end = hundredths === 0 ? HASH_MAX : Math.floor((sum * HASH_MAX) / ALL_HUNDREDTHS);
    return { end, value };
  });
  return (r) => {
    const hash = murmurHash2(text(r));
    return ends.find(({ end }) => hash < end)?.value ?? "";
  };
}
