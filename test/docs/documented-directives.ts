/** What the pages say of each directive: nginx's documentation and foregate's tables, brought together by module and name. */

import { TABLES } from "../../src/boot/tables.ts";
import type { Directive } from "../../src/config/directive.ts";
import { unsupportedDirectives } from "../../src/modules/unsupported.ts";
import { upstreamBlockDirectives } from "../../src/upstream/upstream-block.ts";
import { DIRECTIVE_NOTES, type DirectiveNote } from "./directive-notes.ts";
import { type NginxDirective, readNginxDirectives } from "./read-tables.ts";

/** "own": nginx has no such directive. */
export type Support = "same" | "differs" | "ignored" | "refused" | "own";

export interface DocumentedDirective extends NginxDirective {
  /** Undefined: foregate does not read it. */
  readonly row: Directive | undefined;
  readonly support: Support;
  readonly note: DirectiveNote | undefined;
  /** Why it is ignored or refused. */
  readonly why: string | undefined;
}

export const OWN_MODULE = "foregate's own";
const UPSTREAM_MODULE = "ngx_http_upstream_module";

/** Rows by name; those of an `upstream` block, whose names also stand elsewhere, apart. */
export const tableRows: ReadonlyMap<string, Directive> = new Map(TABLES.flatMap((table) => Object.entries(table)));
export const upstreamRows: ReadonlyMap<string, Directive> = new Map(Object.entries(upstreamBlockDirectives));

/** In nginx's order of modules; foregate's own last. */
export function documentedDirectives(): readonly DocumentedDirective[] {
  return readNginxDirectives().map(documented);
}

/** The name by which notes know a directive: `upstream server`, where `server` is another. */
export function noteName({ module, name }: NginxDirective): string {
  return module === UPSTREAM_MODULE && tableRows.has(name) && upstreamRows.has(name) ? `upstream ${name}` : name;
}

/** Read before the tables are asked: config/include.ts. */
const WITHOUT_ROW: ReadonlySet<string> = new Set(["include"]);

function documented(directive: NginxDirective): DocumentedDirective {
  const { module, name } = directive;
  const row = rowOf(directive);
  const note = DIRECTIVE_NOTES[noteName(directive)];
  if (module === OWN_MODULE) return { ...directive, row, note, support: "own", why: undefined };
  if (WITHOUT_ROW.has(name)) return { ...directive, row, note, support: "same", why: undefined };
  if (row === undefined) return { ...directive, row, note: undefined, support: "refused", why: whyRefused(module, name) };
  if (row.kind === "ignored") return { ...directive, row, note, support: "ignored", why: row.why };
  if (note?.refused !== undefined) return { ...directive, row, note, support: "refused", why: note.refused };
  return { ...directive, row, note, support: note?.differs === undefined ? "same" : "differs", why: undefined };
}

function rowOf({ module, name }: NginxDirective): Directive | undefined {
  if (module.startsWith("ngx_stream")) return undefined;
  return module === UPSTREAM_MODULE
    ? (upstreamRows.get(name) ?? (name === "upstream" ? tableRows.get(name) : undefined))
    : tableRows.get(name);
}

function whyRefused(module: string, name: string): string {
  return unsupportedDirectives.get(module.startsWith("ngx_stream") ? "stream" : name)?.why ?? "not supported yet";
}
