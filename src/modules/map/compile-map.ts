/** The lookup of a `map`: exact keys, then wildcards, then regular expressions in order (nginx: ngx_http_map_find). */

import type { NamedCapture } from "../../http/compiled.ts";
import { captureNamed } from "../../http/enter-location.ts";
import type { Scope } from "../../http/module.ts";
import { declareNames } from "../../http/pattern.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { addName, createNameTables } from "../../http/routing/server-name-tables.ts";
import { findServer, type ServerNames } from "../../http/routing/virtual-server.ts";
import { constantTemplateOf, type Evaluate, type Template } from "../../http/template.ts";
import type { MapSetting } from "./read-map.ts";

export function compileMap(setting: MapSetting, scope: Scope): Evaluate {
  const source = scope.template(setting.source).evaluate;
  const fallback = setting.fallback === undefined ? constantTemplateOf("") : scope.template(setting.fallback);
  const findKey = setting.hasHostnames ? compileHostnames(setting, scope) : compileKeys(setting, scope);
  const findPattern = compilePatterns(setting, scope);
  return (r) => {
    const text = source(r);
    // nginx: an empty text is compared with no pattern, and the default is all that can match beside the key "".
    const value = findKey(text.toLowerCase()) ?? (text === "" ? undefined : findPattern?.(r, text)) ?? fallback;
    return value.constant ?? value.evaluate(r);
  };
}

type FindKey = (text: string) => Template | undefined;

function compileKeys(setting: MapSetting, scope: Scope): FindKey {
  const values = new Map([...setting.keys].map(([key, value]) => [key, scope.template(value)]));
  return (text) => values.get(text);
}

function compileHostnames(setting: MapSetting, scope: Scope): FindKey {
  const tables = createNameTables<Template | undefined>();
  for (const [key, value] of setting.keys) {
    const mistake = addName(tables, { text: key, regex: undefined }, scope.template(value), "map");
    if (mistake === undefined) continue;
    const message = mistake.level === "warn" ? `conflicting parameter "${key}"` : `invalid hostname or wildcard "${key}"`;
    scope.report({ level: "emerg", code: "invalid-map-key", message, ...(value.span === undefined ? {} : { span: value.span }) });
  }
  const names: ServerNames<Template | undefined> = {
    tables,
    defaultMatch: { payload: undefined, verdict: "default server", name: undefined, captures: undefined },
  };
  return (text) => findServer(names, text.endsWith(".") ? text.slice(0, -1) : text).payload;
}

interface CompiledPattern {
  readonly regexp: RegExp;
  readonly names: readonly NamedCapture[];
  readonly value: Template;
}

/** What matches leaves its captures, also to whoever evaluated the variable. */
function compilePatterns(setting: MapSetting, scope: Scope): ((r: RequestContext, text: string) => Template | undefined) | undefined {
  if (setting.patterns.length === 0) return undefined;
  const patterns = setting.patterns.map(
    ({ pattern, value }): CompiledPattern => ({
      regexp: pattern.regexp,
      names: declareNames(pattern, scope),
      value: scope.template(value),
    }),
  );
  return (r, text) => {
    for (const { regexp, names, value } of patterns) {
      const captures = regexp.exec(text);
      if (captures === null) continue;
      r.captures = captures;
      captureNamed(r, captures, names);
      return value;
    }
    return undefined;
  };
}
