/** The first line of a request: method, target, version. Source: RFC 9112 section 3, nginx ngx_http_parse_request_line. */

import { HeadRefusal } from "./head-refusal.ts";
import { parseHost } from "./host.ts";

/** The parts of a request line; `version` is 9, 10 or 11 and `authority` the host and port of an absolute-form target, as sent. */
export interface RequestLine {
  readonly method: string;
  /** Path, query and fragment exactly as sent (`$request_uri`); without scheme and authority. */
  readonly target: string;
  readonly authority: string | undefined;
  readonly version: number;
}

/** Whether what nginx forgives is forgiven: see `strict_http`. */
export type LineRules = "nginx" | "strict";

const METHOD = /^[A-Z_-]+/;
const CLEAN_TARGET = /^\/[^\x00-\x20\x7f]*$/;
const TARGET_CONTROL = /[\x00-\x1f\x7f]/;
const ABSOLUTE_FORM = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(\[[A-Za-z0-9:._~!$&'()*+,;=-]*\](?::[0-9]*)?|[A-Za-z0-9.-]*(?::[0-9]*)?)(?=[/?]|$)/;
const AUTHORITY_FORM = /^(?:\[[A-Za-z0-9:.]+\]|[A-Za-z0-9.-]+):[0-9]+$/;
const VERSION = /^HTTP\/([1-9])([0-9]*)\.([0-9]{1,3})( *)$/;
const NOT_STRICT_TARGET = /[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]/;

/** Reads a line without its end. The usual `METHOD /path HTTP/1.1` costs one search and one regular expression. */
export function parseRequestLine(line: string, rules: LineRules): RequestLine | HeadRefusal {
  if (rules === "nginx" && line.endsWith(" HTTP/1.1")) {
    const space = line.indexOf(" ");
    const method = line.slice(0, space);
    const target = line.slice(space + 1, -9);
    if (isUsualMethod(method) && CLEAN_TARGET.test(target)) return { method, target, authority: undefined, version: 11 };
  }
  return readUnusualLine(line, rules);
}

/** Whether the beginning of a line can still become a request line; undefined when it can. Lets garbage be answered before its line ends. */
export function refuseLineStart(start: string): HeadRefusal | undefined {
  const method = METHOD.exec(start)?.[0].length ?? 0;
  if (method === 0 || (method < start.length && start.charCodeAt(method) !== 32)) return refuse(400, "client sent invalid method", start);
  const control = TARGET_CONTROL.exec(start);
  // a lone CR at the very end may still be the first half of the line's end
  if (control === null || (control[0] === "\r" && control.index === start.length - 1)) return undefined;
  return refuse(400, "client sent invalid request", start);
}

function isUsualMethod(method: string): boolean {
  switch (method) {
    case "GET":
    case "HEAD":
    case "POST":
    case "PUT":
    case "DELETE":
    case "OPTIONS":
    case "PATCH":
      return true;
    default:
      return false;
  }
}

function readUnusualLine(line: string, rules: LineRules): RequestLine | HeadRefusal {
  const methodEnd = line.indexOf(" ");
  const method = line.slice(0, methodEnd === -1 ? line.length : methodEnd);
  if (methodEnd === -1 || METHOD.exec(method)?.[0] !== method) return refuse(400, "client sent invalid method", line);
  if (TARGET_CONTROL.test(line)) return refuse(400, "client sent invalid request", line);

  const targetStart = skipSpaces(line, methodEnd);
  const targetEnd = endOfWord(line, targetStart);
  const versionStart = skipSpaces(line, targetEnd);
  const target = readTarget(method, line.slice(targetStart, targetEnd));
  if (target === undefined) return refuse(400, "client sent invalid request", line);
  const version = readVersion(line.slice(versionStart));
  if (version === undefined) return refuse(400, "client sent invalid request", line);
  if (version === "unsupported") return refuse(505, "client sent invalid version", line);
  if (rules === "strict" && !isStrict(line, target.target, version)) return refuse(400, "client sent invalid request", line);
  if (version === 9 && method !== "GET") return new HeadRefusal(400, "client sent invalid method in HTTP/0.9 request", line, "line", 9);
  if (target.authority !== undefined && parseHost(target.authority) === undefined) {
    return refuse(400, "client sent invalid host in request line", line);
  }
  return { method, target: target.target, authority: target.authority, version };
}

/** Origin-form, absolute-form, and for CONNECT authority-form; undefined for anything else, the asterisk included. */
function readTarget(method: string, word: string): { readonly target: string; readonly authority: string | undefined } | undefined {
  if (word.startsWith("/")) return { target: word, authority: undefined };
  if (method === "CONNECT" && AUTHORITY_FORM.test(word)) return { target: "/", authority: word };
  const absolute = ABSOLUTE_FORM.exec(word);
  if (absolute === null) return undefined;
  const origin = word.slice(absolute[0].length);
  // nginx: "http://host" asks for "/", and "http://host?a" keeps "?a" as its request URI
  return { target: origin === "" ? "/" : origin, authority: absolute[1] ?? "" };
}

/** 9 for nothing at all, 10, 11 (and above), "unsupported" from HTTP/2 on, undefined for what is no version. */
function readVersion(word: string): number | "unsupported" | undefined {
  if (word === "") return 9;
  const parts = VERSION.exec(word);
  if (parts === null) return /^HTTP\/(?:[2-9]|1[0-9])/.test(word) ? "unsupported" : undefined;
  if (parts[1] !== "1" || parts[2] !== "") return "unsupported";
  return Number(parts[3]) === 0 ? 10 : 11;
}

function isStrict(line: string, target: string, version: number): boolean {
  return version !== 9 && /^[^ ]+ [^ ]+ HTTP\/1\.[01]$/.test(line) && !NOT_STRICT_TARGET.test(target);
}

function skipSpaces(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === 32) at++;
  return at;
}

function endOfWord(line: string, from: number): number {
  const space = line.indexOf(" ", from);
  return space === -1 ? line.length : space;
}

function refuse(status: number, reason: string, line: string): HeadRefusal {
  const end = line.search(/[\r\n]/);
  return new HeadRefusal(status, reason, end === -1 ? line : line.slice(0, end), "line");
}
