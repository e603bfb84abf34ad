/** What a `server` block is called and listens on, known before anything in it is compiled. */

import { hostname } from "node:os";
import type { Block } from "../config/bind.ts";
import { settings } from "../config/bind.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import type { Span } from "../config/source.ts";
import { partSpan } from "../config/tree.ts";
import type { NamedCapture } from "../http/compiled.ts";
import { blockDirectives, type ServerNameText } from "../http/core/block-directives.ts";
import { type ListenSpec, parseListen } from "../http/core/listen-address.ts";
import { readServerName, type ServerName } from "../http/routing/server-name.ts";
import type { VariableRegistry } from "../http/variables.ts";

export interface ServerDraft {
  readonly block: Block;
  readonly names: readonly ServerName[];
  /** Where each name was written. */
  readonly nameSpans: ReadonlyMap<ServerName, Span>;
  readonly namedCaptures: readonly NamedCapture[];
  readonly listens: readonly { readonly spec: ListenSpec; readonly span: Span }[];
}

export function draftServer(block: Block, variables: VariableRegistry, diagnostics: Diagnostic[]): ServerDraft {
  const conf = settings(block, blockDirectives);
  const given = conf.server_name.flat();
  const nameSpans = new Map<ServerName, Span>();
  const names = given.flatMap((name) => readName(name, nameSpans, diagnostics));
  const groups = new Set(names.flatMap((name) => groupNames(name.regex)));
  return {
    block,
    names: names.length === 0 ? [EMPTY_NAME] : names,
    nameSpans,
    namedCaptures: [...groups].map((group) => ({ index: variables.declare(group), group })),
    listens: conf.listen.length === 0 ? [{ spec: defaultListen(), span: block.span }] : conf.listen.flat(),
  };
}

/** A server without server_name answers to no name at all: it is found as an address's default. */
const EMPTY_NAME: ServerName = { text: "", regex: undefined };

/** nginx: port 80 where it may be bound, else 8000. */
function defaultListen(): ListenSpec {
  const parsed = parseListen([process.getuid?.() === 0 ? "*:80" : "*:8000"]);
  if ("error" in parsed) throw new TypeError(`Cannot read the default listen address: ${parsed.error}`);
  return parsed.listens[0] as ListenSpec;
}

function readName({ text, arg }: ServerNameText, spans: Map<ServerName, Span>, diagnostics: Diagnostic[]): readonly ServerName[] {
  const reading = readServerName(text === "$hostname" ? hostname() : text);
  if ("error" in reading) {
    const { error, start, end, hint } = reading;
    diagnostics.push({
      level: "emerg",
      code: "invalid-server-name",
      message: error,
      span: partSpan(arg, start, end),
      ...(hint === "" ? {} : { hint }),
    });
    return [];
  }
  if (reading.warning !== undefined)
    diagnostics.push({ level: "warn", code: "suspicious-server-name", message: reading.warning, span: arg.span });
  spans.set(reading.name, arg.span);
  return [reading.name];
}

/** An expression with an empty branch added matches anything, and shows which groups it has. */
function groupNames(regex: RegExp | undefined): readonly string[] {
  if (regex === undefined) return [];
  return Object.keys(new RegExp(`${regex.source}|`, regex.flags).exec("")?.groups ?? {});
}
