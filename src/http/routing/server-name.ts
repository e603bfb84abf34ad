/** The names that a server_name directive may give (nginx: "Server names", ngx_http_core_server_name). */
import { translatePcre } from "./pcre.ts";

/** A name in lower case, or a pattern with its `~`. */
export interface ServerName {
  readonly text: string;
  readonly regex: RegExp | undefined;
}

export type ServerNameReading =
  | { readonly name: ServerName; readonly warning?: string }
  /** `start` and `end` are offsets in the argument; a hint may be empty. */
  | { readonly error: string; readonly start: number; readonly end: number; readonly hint: string };

/** Reads one argument of server_name. The text `$hostname` is the caller's to replace. */
export function readServerName(text: string): ServerNameReading {
  if ((text.startsWith("*") && (text.length < 3 || text[1] !== ".")) || text === ".") {
    return refuse(text, `server name "${text}" is invalid`, 'a wildcard is a whole label: "*.example.com"');
  }
  const reading = text.startsWith("~") ? readPattern(text) : { name: { text: text.toLowerCase(), regex: undefined } };
  return "name" in reading && text.includes("/") ? { ...reading, warning: `server name "${text}" has suspicious symbols` } : reading;
}

function readPattern(text: string): ServerNameReading {
  const pattern = text.slice(1);
  if (pattern === "") return refuse(text, `empty regex in server name "${text}"`, "");
  // nginx: hosts are compared in lower case, so a pattern with a capital letter is compiled without regard to case.
  const translation = translatePcre(pattern, { caseless: /[A-Z]/.test(pattern) });
  if (!("refusal" in translation)) return { name: { text, regex: translation.regexp } };
  const { message, start, end, hint } = translation.refusal;
  return { error: `${message} in "${pattern}"`, start: start + 1, end: end + 1, hint: hint ?? "" };
}

function refuse(text: string, error: string, hint: string): ServerNameReading {
  return { error, start: 0, end: text.length, hint };
}
