/** `log_format`: read from the configuration, compiled to one closure that makes a line. */

import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import { parseTemplateText, type TemplateText, type TemplateVariable } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import { emptyValueTest } from "../../http/core/variables/empty-value.ts";
import { escapeJson } from "../../http/message/escape-json.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Evaluate } from "../../http/template.ts";
import { escapeDefault, type LogEscaping } from "./escape-log-value.ts";

/** A log format as written. */
export interface LogFormat {
  readonly name: string;
  readonly escaping: LogEscaping;
  /** The format's strings, joined without anything between them. */
  readonly parts: readonly (string | TemplateVariable)[];
  /** Undefined for the predefined one. */
  readonly span: Span | undefined;
}

/** nginx's predefined format. */
export const COMBINED: LogFormat = {
  name: "combined",
  escaping: "default",
  parts: combinedParts('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'),
  span: undefined,
};

/** What compiling a format asks of the configuration. */
export interface LogFormatScope {
  /** The reader of a variable; one that nothing declares is reported and reads "". */
  readerOf(variable: TemplateVariable): Evaluate;
  /** The variable is nginx's own, not declared by `set`, `map` or a named capture. */
  isBuiltIn(name: string): boolean;
}

/** Reads `name [escape=default|json|none] string …`; mistakes are reported in nginx's words. */
export function parseLogFormat(args: readonly Arg[], report: Report): LogFormat | undefined {
  const [name, second, ...rest] = args;
  if (name === undefined || second === undefined) return undefined;
  const escaping = readEscaping(second, report);
  if (escaping === undefined) return undefined;
  const strings = escaping === "absent" ? [second, ...rest] : rest;
  const texts: TemplateText[] = [];
  for (const string of strings) {
    const text = parseFormatText(string, report);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  const parts = texts.flatMap((text) => text.parts);
  return { name: name.text, escaping: escaping === "absent" ? "default" : escaping, parts, span: report.span };
}

/** Makes the line of a request with its line end. */
export function compileLogFormat(format: LogFormat, scope: LogFormatScope): (r: RequestContext) => string {
  const literals: string[] = [];
  const values: Evaluate[] = [];
  let literal = "";
  for (const part of format.parts) {
    if (typeof part === "string") {
      literal += part;
      continue;
    }
    literals.push(literal);
    literal = "";
    values.push(logValue(part, format.escaping, scope));
  }
  const end = `${literal}\n`;
  return (r) => {
    let line = "";
    for (let i = 0; i < values.length; i++) {
      // Holds because both arrays are filled in step.
      line += (literals[i] as string) + (values[i] as Evaluate)(r);
    }
    return line + end;
  };
}

/** Variables made of digits, letters, spaces and `/:+-.` alone need no escaping. */
const PLAIN = new Set([
  "body_bytes_sent",
  "bytes_sent",
  "connection",
  "connection_requests",
  "connection_time",
  "msec",
  "pid",
  "pipe",
  "remote_addr",
  "request_id",
  "request_length",
  "request_time",
  "scheme",
  "server_port",
  "status",
  "time_iso8601",
  "time_local",
]);

function logValue(variable: TemplateVariable, escaping: LogEscaping, scope: LogFormatScope): Evaluate {
  const name = variable.variable;
  const read = scope.readerOf(variable);
  if (escaping === "none" || PLAIN.has(name)) return read;
  if (escaping === "json") return (r) => escapeJson(read(r));
  // nginx: what `set` or `map` made is a value, be it empty.
  if (!scope.isBuiltIn(name)) return (r) => escapeDefault(read(r));
  const isValue = emptyValueTest(name);
  return (r) => {
    const value = read(r);
    if (value !== "") return escapeDefault(value);
    return isValue(r) ? "" : "-";
  };
}

function readEscaping(arg: Arg, report: Report): LogEscaping | "absent" | undefined {
  const word = /^escape=(.*)$/s.exec(arg.text)?.[1];
  if (word === undefined) return "absent";
  if (word === "default" || word === "json" || word === "none") return word;
  return report.error(`unknown log format escaping "${word}"`, arg.span, "default, json and none are known");
}

/** nginx words a "$" without a name as an invalid parameter here. */
function parseFormatText(arg: Arg, report: Report): TemplateText | undefined {
  const worded: Report = {
    ...report,
    error: (message, at, hint) => {
      const from = at === undefined ? 0 : Math.max(0, at.start - arg.span.start - (arg.quoted ? 1 : 0));
      return report.error(message === "invalid variable name" ? `invalid parameter "${arg.text.slice(from)}"` : message, at, hint);
    },
  };
  return parseTemplateText(arg, worded);
}

function combinedParts(text: string): readonly (string | TemplateVariable)[] {
  return text.split(/\$(\w+)/).map((part, index) => (index % 2 === 0 ? part : { variable: part, span: undefined }));
}
