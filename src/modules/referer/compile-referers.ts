/** Makes the test that a Referer has to pass (nginx: ngx_http_referer_variable, ngx_http_referer_merge_conf). */

import { hostname } from "node:os";
import { type Block, settings } from "../../config/bind.ts";
import type { Arg } from "../../config/tree.ts";
import { blockDirectives } from "../../http/core/block-directives.ts";
import type { DeclareScope } from "../../http/module.ts";
import { readServerName, type ServerName } from "../../http/routing/server-name.ts";
import { addName, createNameTables, type NameTables } from "../../http/routing/server-name-tables.ts";
import { findServer } from "../../http/routing/virtual-server.ts";
import type { RefererSetting } from "./read-referers.ts";

/** Judges the field's value; undefined when there is none. */
export type RefererTest = (referer: string | undefined) => "valid" | "invalid";

interface HostRule {
  /** What the page's path begins with; "" for any. */
  readonly path: string;
}

type HostTables = NameTables<HostRule | undefined>;

/** nginx looks for no longer one. */
const HOST_CHARS_MAX = 255;

/** What is shorter names no page: `http://i.ru`. */
const REFERER_CHARS_MIN = 11;

export function compileReferers(referers: readonly RefererSetting[], scope: DeclareScope): RefererTest {
  const hosts = {
    tables: compileHosts(referers, scope),
    defaultMatch: { payload: undefined, verdict: "default server", name: undefined, captures: undefined },
  } as const;
  const patterns = referers.flatMap((setting) => (setting.kind === "pattern" ? [setting.pattern.regexp] : []));
  const whenMissing = referers.some(({ kind }) => kind === "none") ? "valid" : "invalid";
  const whenBlocked = referers.some(({ kind }) => kind === "blocked") ? "valid" : "invalid";
  return (referer) => {
    if (referer === undefined) return whenMissing;
    const page = referer.length < REFERER_CHARS_MIN ? undefined : /^https?:\/\/(.*)/is.exec(referer)?.[1];
    if (page === undefined) return whenBlocked;
    const host = (/^[^/:]*/.exec(page)?.[0] ?? "").toLowerCase();
    if (host.length > HOST_CHARS_MAX) return "invalid";
    const rule = findServer<HostRule | undefined>(hosts, host).payload;
    if (rule !== undefined) return pathOf(page).startsWith(rule.path) ? "valid" : "invalid";
    return patterns.some((pattern) => pattern.test(page)) ? "valid" : "invalid";
  };
}

/** From the first slash on: a port is skipped. */
function pathOf(page: string): string {
  const slash = page.indexOf("/");
  return slash === -1 ? "" : page.slice(slash);
}

function compileHosts(referers: readonly RefererSetting[], scope: DeclareScope): HostTables {
  const tables: HostTables = createNameTables();
  for (const setting of referers) {
    if (setting.kind === "host") addHost(tables, { text: setting.host, regex: undefined }, setting.path, setting.arg, scope);
    if (setting.kind !== "server_names") continue;
    for (const name of serverNames(scope.block)) addHost(tables, name, "", setting.arg, scope);
  }
  const special = referers.find(({ kind }) => kind === "none" || kind === "blocked");
  const { exact, leading, trailing } = tables.taken;
  if (special !== undefined && exact.size + leading.size + trailing.size === 0) {
    const words = 'the "none" or "blocked" referers are specified in the "valid_referers" directive without any valid referer';
    scope.report({ level: "emerg", code: "invalid-referer", message: words, span: special.arg.span });
  }
  return tables;
}

/** Of the server around a block; one without names has the name "". */
function serverNames(block: Block): readonly ServerName[] {
  let server: Block | undefined = block;
  while (server !== undefined && server.context !== "server") server = server.parent;
  const texts = server === undefined ? [] : settings(server, blockDirectives).server_name.flat();
  if (texts.length === 0) return [{ text: "", regex: undefined }];
  return texts.flatMap(({ text }) => {
    const reading = readServerName(text === "$hostname" ? hostname() : text);
    // A name that is none is told of where it stands.
    return "name" in reading ? [reading.name] : [];
  });
}

function addHost(tables: HostTables, name: ServerName, path: string, { span }: Arg, scope: DeclareScope): void {
  const mistake = addName(tables, name, { path }, "valid_referers");
  if (mistake === undefined) return;
  const message = mistake.level === "warn" ? `conflicting parameter "${name.text}"` : `invalid hostname or wildcard "${name.text}"`;
  scope.report({ level: "emerg", code: "invalid-referer", message, span });
}
