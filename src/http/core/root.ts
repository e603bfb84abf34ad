/** `root` and `alias`: which file a URI names (nginx: ngx_http_core_module, ngx_http_map_uri_to_path). */

import type { Block } from "../../config/bind.ts";
import { defineDirectives, one } from "../../config/define-directives.ts";
import type { Report } from "../../config/report.ts";
import { constantTemplate, parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import type { Scope } from "../module.ts";
import type { RequestContext } from "../request-context.ts";
import { logRequestError } from "../request-log.ts";
import { defineRequestSlot } from "../request-slot.ts";
import type { Evaluate } from "../template.ts";
import type { LocationSettings } from "./location-settings.ts";

export const rootDirectives = defineDirectives({
  root: one({
    in: ["http", "server", "location", "if in location"],
    parse: readRoot,
    arity: 1,
    syntax: "path",
    default: constantTemplate("html"),
    slot: "root",
  }),
  alias: one({ in: ["location"], parse: readRoot, arity: 1, syntax: "path", slot: "root" }),
});

/** What an alias in force stands for: the location's name at the start of the URI, or in a regex location the whole URI. */
export interface Alias {
  readonly kind: "prefix" | "whole";
  /** Of the location that `alias` was written in. */
  readonly locationName: string;
}

/** Set where `try_files` found a file below the alias of a regex location: the URI then stands behind the alias (nginx: add_uri_to_alias). */
export const uriFollowsAlias = defineRequestSlot<boolean>();

/** A ".." between slashes, which a normalised URI never has: it comes from a rewrite or from an alias that ends with a slash its location lacks. */
const DOT_SEGMENT = /(?:^|\/)\.\.(?:\/|$)/;

/**
 * How a location finds files; asked once per location, reports what is wrong with `alias`.
 * `mapPath` gives "" where no path exists below the root or alias: see `refuseUnmapped`.
 */
export function compileRoot(scope: Scope): Pick<LocationSettings, "mapPath" | "documentRoot"> {
  const setting = scope.settings(rootDirectives).root;
  const alias = aliasOf(scope.block);
  if (alias !== undefined) checkAlias(alias, setting.value, scope);
  const documentRoot = alias === undefined ? compileRootPath(setting.value, scope) : compilePath(setting.value, scope);
  if (alias === undefined) {
    return { documentRoot, mapPath: (r, uri) => (uri.charCodeAt(0) === 0x2f && staysBelow(uri) ? documentRoot(r) + uri : "") };
  }
  if (alias.kind === "whole") return { documentRoot, mapPath: wholeAliasMap(documentRoot, setting.value) };
  const { locationName } = alias;
  const mapPath = (r: RequestContext, uri: string): string => {
    if (!uri.startsWith(locationName)) return "";
    const base = documentRoot(r);
    const rest = uri.slice(locationName.length);
    return rest.indexOf("..") === -1 || staysBelow(base.slice(-1) + rest) ? base + rest : "";
  };
  return { documentRoot, mapPath };
}

/** The alias in force in a block; undefined where it is `root`. An inherited alias still stands for the outer location's name. */
export function aliasOf(block: Block): Alias | undefined {
  let origin: Block | undefined = block;
  while (origin !== undefined && origin.origins["root"] === undefined) origin = origin.parent;
  if (origin?.origins["root"]?.name.text !== "alias") return undefined;
  const [first, second] = origin.args;
  const [, modifier, name] =
    /^(=|\^~|~\*|~)?(.*)$/s.exec(second === undefined ? (first?.text ?? "") : `${first?.text}${second.text}`) ?? [];
  return { kind: modifier?.startsWith("~") ? "whole" : "prefix", locationName: name ?? "" };
}

/** True when no segment of the path leads upward. */
export function staysBelow(path: string): boolean {
  return path.indexOf("..") === -1 || !DOT_SEGMENT.test(path);
}

/** The status for a URI that `mapPath` has no path for, with its log line. nginx answers 500 where a rewritten URI meets an alias. */
export function refuseUnmapped(r: RequestContext): number {
  if (!r.uri.startsWith("/")) {
    // Only a rewrite makes such a URI; nginx looks for a file whose name begins with the root's.
    logRequestError(r, "error", `"${r.uri}" names no file: it has no slash at its start`);
    return 404;
  }
  if (!staysBelow(r.uri)) {
    logRequestError(r, "error", `"${r.uri}" leads outside of the root`);
    return 403;
  }
  const { label, modifier, name } = r.location;
  if ((modifier === "" || modifier === "=" || modifier === "^~") && r.uri.startsWith(name)) {
    logRequestError(r, "error", `"${r.uri}" leads outside of the alias of location "${name}"`);
    return 403;
  }
  logRequestError(r, "alert", `"alias" cannot be used in location "${name === "" ? label : name}" where URI was rewritten`);
  return 500;
}

function readRoot(args: readonly Arg[], report: Report): TemplateText | undefined {
  const [arg] = args;
  const value = arg === undefined ? undefined : parseTemplateText(arg, report);
  for (const part of value?.parts ?? []) {
    if (typeof part === "string" || !/^(?:document_root|realpath_root)$/.test(part.variable)) continue;
    return report.error(`the $${part.variable} variable cannot be used in the "${report.directive}" directive`, part.span);
  }
  return value;
}

function checkAlias(alias: Alias, value: TemplateText, scope: Scope): void {
  const { locationName } = alias;
  const span = value.span;
  const place = span === undefined ? {} : { span };
  if (locationName.startsWith("@")) {
    const message = 'the "alias" directive cannot be used inside the named location';
    scope.report({ level: "emerg", code: "alias-in-named-location", message, ...place });
  } else if (
    alias.kind === "prefix" &&
    value.text.endsWith("/") &&
    !locationName.endsWith("/") &&
    scope.block.origins["root"] !== undefined
  ) {
    const message = `location "${locationName}" has no final slash but its alias has: "${locationName}../" would lead above the alias`;
    scope.report({
      level: "warn",
      code: "alias-traversal",
      message,
      ...place,
      hint: `write location "${locationName}/"; until then such URIs are refused`,
    });
  }
}

/** `root /` and `root /srv/` mean "" and "/srv": URIs begin with their own slash. */
function compileRootPath(value: TemplateText, scope: Scope): Evaluate {
  const last = value.parts.at(-1);
  if (value.text === "/") return () => "";
  if (typeof last !== "string" || !last.endsWith("/")) return compilePath(value, scope);
  const shorter = last.slice(0, -1);
  const parts = shorter === "" ? value.parts.slice(0, -1) : [...value.parts.slice(0, -1), shorter];
  return compilePath({ text: value.text.slice(0, -1), span: value.span, parts }, scope);
}

/** Relative values are below the prefix (nginx: ngx_conf_full_name). */
function compilePath(value: TemplateText, scope: Scope): Evaluate {
  const { prefix } = scope.paths;
  const { constant, evaluate } = scope.template(value);
  if (constant !== undefined) {
    const path = constant.startsWith("/") ? constant : prefix + constant;
    return () => path;
  }
  return (r) => {
    const path = evaluate(r);
    return path.charCodeAt(0) === 0x2f ? path : prefix + path;
  };
}

function wholeAliasMap(documentRoot: Evaluate, value: TemplateText): LocationSettings["mapPath"] {
  const writtenUpward = !staysBelow(value.text);
  return (r, uri) => {
    const path = uriFollowsAlias.get(r) === true ? documentRoot(r) + uri : documentRoot(r);
    return writtenUpward || staysBelow(path) ? path : "";
  };
}
