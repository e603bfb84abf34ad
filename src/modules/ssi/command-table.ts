/** The commands, what they may be given, and where they may stand (nginx: ngx_http_ssi_commands). */

import { SsiMistake } from "./evaluate-text.ts";
import { PARAMS_MAX, type SsiCommand } from "./read-command.ts";

export type SsiCommandName = "include" | "echo" | "config" | "set" | "if" | "elif" | "else" | "endif" | "block" | "endblock";

interface CommandRule {
  readonly allowed: readonly string[];
  readonly mandatory: readonly string[];
  /** Runs in a branch that is not shown: behind an `if`, or behind an `else` too. */
  readonly conditional?: "if" | "else";
}

export const COMMANDS: ReadonlyMap<string, CommandRule> = new Map<SsiCommandName, CommandRule>([
  ["include", { allowed: ["virtual", "file", "wait", "set", "stub"], mandatory: [] }],
  ["echo", { allowed: ["var", "default", "encoding"], mandatory: ["var"] }],
  ["config", { allowed: ["errmsg", "timefmt"], mandatory: [] }],
  ["set", { allowed: ["var", "value"], mandatory: ["var", "value"] }],
  ["if", { allowed: ["expr"], mandatory: ["expr"] }],
  ["elif", { allowed: ["expr"], mandatory: ["expr"], conditional: "if" }],
  ["else", { allowed: [], mandatory: [], conditional: "if" }],
  ["endif", { allowed: [], mandatory: [], conditional: "else" }],
  ["block", { allowed: ["name"], mandatory: ["name"] }],
  ["endblock", { allowed: [], mandatory: [] }],
]);

export type SsiParams = ReadonlyMap<string, string>;

export function readParams(command: SsiCommand, rule: CommandRule): SsiParams | SsiMistake {
  const { name } = command;
  if (command.params.length > PARAMS_MAX) return new SsiMistake(`too many SSI command parameters: "${name}"`);
  const params = new Map<string, string>();
  for (const { key, value } of command.params) {
    if (!rule.allowed.includes(key)) return new SsiMistake(`invalid parameter name: "${key}" in "${name}" SSI command`);
    if (params.has(key)) return new SsiMistake(`duplicate "${key}" parameter in "${name}" SSI command`);
    params.set(key, value);
  }
  const absent = rule.mandatory.find((key) => !params.has(key));
  return absent === undefined ? params : new SsiMistake(`mandatory "${absent}" parameter is absent in "${name}" SSI command`);
}
