/** Reads HTTP/1.x answers out of raw bytes, on its own terms: the product's parser must not vouch for itself (RFC 9112 sections 4, 6, 7). */

import { readChunkedContent } from "./read-chunked-content.ts";

export interface Answer {
  /** "HTTP/1.1"; empty for an HTTP/0.9 answer, which is all body. */
  readonly version: string;
  /** 0 for an HTTP/0.9 answer. */
  readonly status: number;
  readonly reason: string;
  /** In wire order, names as sent, latin1. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Decoded from its framing, latin1. */
  readonly body: string;
  readonly framing: "none" | "length" | "chunked" | "close" | "cut length" | "cut chunked";
}

export interface AnswersRead {
  readonly answers: readonly Answer[];
  /** Bytes after the last complete answer; of an unfinished one when the connection still runs. */
  readonly rest: string;
}

/** The value of the first field of that name, or undefined. */
export function fieldOf(answer: Answer, name: string): string | undefined {
  return fieldsOf(answer, name)[0];
}

/** All values of a field, in wire order. */
export function fieldsOf(answer: Answer, name: string): readonly string[] {
  return answer.fields.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/**
 * Answers in `raw`, as many as are complete. `methods` are those of the requests, in order: an answer to HEAD has no body.
 * With `closed` an answer framed by the close, or cut short, is complete too.
 */
export function readAnswers(raw: string, methods: readonly string[], closed: boolean): AnswersRead {
  const answers: Answer[] = [];
  let at = 0;
  let finals = 0;
  while (at < raw.length) {
    const read = readAnswer(raw, at, methods[finals] ?? "GET", closed);
    if (read === undefined) break;
    answers.push(read.answer);
    if (read.answer.status >= 200 || read.answer.status < 100) finals++;
    at = read.end;
  }
  return { answers, rest: raw.slice(at) };
}

interface AnswerRead {
  readonly answer: Answer;
  readonly end: number;
}

function readAnswer(raw: string, at: number, method: string, closed: boolean): AnswerRead | undefined {
  const statusLine = /^(HTTP\/[\d.]+) (\d+)(?: ([^\r\n]*))?\r?\n/.exec(raw.slice(at, at + 1024));
  if (statusLine === null) {
    if (!closed) return undefined;
    return { answer: { version: "", status: 0, reason: "", fields: [], body: raw.slice(at), framing: "close" }, end: raw.length };
  }
  const headEnd = raw.indexOf("\r\n\r\n", at + statusLine[0].length - 2);
  if (headEnd === -1) return undefined;
  const fields = raw
    .slice(at + statusLine[0].length, headEnd)
    .split("\r\n")
    .filter(Boolean)
    .map(readField);
  const head = { version: statusLine[1] ?? "", status: Number(statusLine[2]), reason: statusLine[3] ?? "", fields };
  const body = readBody(raw, headEnd + 4, bodyFraming(head.status, method, fields), closed);
  return body === undefined ? undefined : { answer: { ...head, body: body.text, framing: body.framing }, end: body.end };
}

function readField(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return colon === -1 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}

type Framing = { readonly kind: "none" | "chunked" | "close" } | { readonly kind: "length"; readonly length: number };

function bodyFraming(status: number, method: string, fields: readonly (readonly [string, string])[]): Framing {
  if (status === 101) return { kind: "close" };
  if (method === "HEAD" || status === 204 || status === 304 || (status >= 100 && status < 200)) return { kind: "none" };
  const value = (name: string): string | undefined => fields.find(([key]) => key.toLowerCase() === name)?.[1];
  if (value("transfer-encoding")?.toLowerCase().endsWith("chunked")) return { kind: "chunked" };
  const length = value("content-length");
  return length !== undefined && /^\d+$/.test(length) ? { kind: "length", length: Number(length) } : { kind: "close" };
}

interface BodyRead {
  readonly text: string;
  readonly framing: Answer["framing"];
  readonly end: number;
}

function readBody(raw: string, at: number, framing: Framing, closed: boolean): BodyRead | undefined {
  switch (framing.kind) {
    case "none":
      return { text: "", framing: "none", end: at };
    case "length": {
      const end = at + framing.length;
      if (raw.length < end && !closed) return undefined;
      return { text: raw.slice(at, end), framing: raw.length < end ? "cut length" : "length", end: Math.min(end, raw.length) };
    }
    case "chunked":
      return readChunks(raw, at, closed);
    case "close":
      return closed ? { text: raw.slice(at), framing: "close", end: raw.length } : undefined;
  }
}

/** A chunked body that the close cut short, or whose framing is broken, is all its raw bytes. */
function readChunks(raw: string, at: number, closed: boolean): BodyRead | undefined {
  const content = readChunkedContent(raw, at);
  if (content !== undefined) return { text: content.text, framing: "chunked", end: content.end };
  return closed ? { text: raw.slice(at), framing: "cut chunked", end: raw.length } : undefined;
}
