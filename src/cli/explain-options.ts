/** The command line of `foregate explain`: what to ask the configuration, in curl's spelling where curl has one. */

import { asBytes, type ConfigOptions, type OptionError } from "./options.ts";

export interface ExplainOptions extends ConfigOptions {
  /** As written: "http://example.com/a?b", "example.com/a" or "/a". */
  readonly url: string;
  /** -X */
  readonly method: string;
  /** -H, in order: name and value, without the blanks around the value. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** --json */
  readonly json: boolean;
}

export const EXPLAIN_USAGE = `Usage: foregate explain [-c filename] [-p prefix] [-g directives]
                        [-X method] [-H 'Name: value']... [--json] URL

Says which server and location answer a request, and why, without sending it.

Options:
  -c, -p, -g    : as without explain
  -X method     : request method (default: GET)
  -H field      : a request header field; may be given several times
  --json        : machine-readable output
`;

const VALUE_FLAGS = new Map([
  ["-c", "file name"],
  ["-p", "directory name"],
  ["-g", "parameter"],
  ["-e", "file name"],
  ["-X", "method"],
  ["-H", "field"],
]);

/** `args` are the words behind "explain"; undefined where they ask for help. */
export function parseExplainOptions(args: readonly string[]): ExplainOptions | OptionError | undefined {
  const values = new Map<string, string>();
  const fields: (readonly [string, string])[] = [];
  let url: string | undefined;
  let json = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    const flag = word.slice(0, 2);
    const what = VALUE_FLAGS.get(flag);
    if (word === "-h" || word === "-?" || word === "--help") return undefined;
    if (word === "--json") json = true;
    else if (what !== undefined) {
      const value = word.length > 2 ? word.slice(2) : args[++at];
      if (value === undefined) return { error: `option "${flag}" requires ${what}` };
      if (flag !== "-H") values.set(flag, asBytes(value));
      else {
        const field = parseField(asBytes(value));
        if (field === undefined) return { error: `invalid field "${value}": it must be "Name: value"` };
        fields.push(field);
      }
    } else if (word.startsWith("-")) return { error: `invalid option: "${word}"` };
    else if (url !== undefined) return { error: `one URL at a time: "${url}" was given before "${word}"` };
    else url = word;
  }
  if (url === undefined) return { error: "explain requires a URL" };
  return {
    url: asBytes(url),
    method: values.get("-X") ?? "GET",
    fields,
    json,
    conf: values.get("-c"),
    prefix: values.get("-p"),
    directives: values.get("-g"),
    errorLog: values.get("-e"),
  };
}

function parseField(text: string): readonly [name: string, value: string] | undefined {
  const [, name, value] = /^([^\s:]+)[ \t]*:[ \t]*(.*?)[ \t]*$/s.exec(text) ?? [];
  return name === undefined || value === undefined ? undefined : [name, value];
}
