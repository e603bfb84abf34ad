/** From the request target to the URI that locations match: decoded once, dots resolved, slashes merged. Source: nginx ngx_http_parse_complex_uri. */

/** A target's path and query. */
export interface NormalTarget {
  /** Decoded path, always beginning with a slash: `$uri`. */
  readonly uri: string;
  /** Query without question mark, as sent; "" without one: `$args`. */
  readonly args: string;
  /** Whether the path differs in kind from what was sent (escapes, dots, slashes, fragment): proxy_pass must then escape it anew. */
  readonly complex: boolean;
}

/** `merge_slashes`: runs of slashes become one, or stay. */
export type SlashRule = "merge" | "keep";

const COMPLEX = /[%#]|\/[./]/;

/**
 * Normalises an origin-form target (`/path?query#fragment`, or `?query` of an absolute-form one without path). Undefined where nginx answers
 * 400: a broken escape, `%00`, or dots that lead above the root. An escaped slash is a slash before dots are resolved.
 */
export function normalizeTarget(target: string, slashes: SlashRule): NormalTarget | undefined {
  const question = target.indexOf("?");
  const path = question === -1 ? target : target.slice(0, question);
  if (path !== "" && !COMPLEX.test(path)) return { uri: path, args: question === -1 ? "" : argsOf(target, question + 1), complex: false };
  return normalizeComplex(target, question, slashes);
}

function normalizeComplex(target: string, question: number, slashes: SlashRule): NormalTarget | undefined {
  const fragment = target.indexOf("#");
  const hasArgs = question !== -1 && (fragment === -1 || question < fragment);
  const pathEnd = hasArgs ? question : fragment === -1 ? target.length : fragment;
  const decoded = pathEnd === 0 ? "/" : decodePath(target.slice(0, pathEnd));
  if (decoded === undefined) return undefined;
  const uri = resolveDots(decoded, slashes);
  if (uri === undefined) return undefined;
  return { uri, args: hasArgs ? argsOf(target, question + 1) : "", complex: true };
}

/** A fragment ends the query, too. */
function argsOf(target: string, from: number): string {
  const fragment = target.indexOf("#", from);
  return fragment === -1 ? target.slice(from) : target.slice(from, fragment);
}

function decodePath(path: string): string | undefined {
  if (!path.includes("%")) return path;
  if (/%(?![0-9A-Fa-f]{2})|%00/.test(path)) return undefined;
  return path.replace(/%(..)/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function resolveDots(path: string, slashes: SlashRule): string | undefined {
  const segments: string[] = [];
  const parts = path.split("/");
  const last = parts.length - 1;
  // parts[0] is the nothing before the first slash
  for (let index = 1; index <= last; index++) {
    const part = parts[index] ?? "";
    if (part === "..") {
      if (segments.length === 0) return undefined;
      segments.pop();
    } else if (part !== "." && (part !== "" || (slashes === "keep" && index < last))) segments.push(part);
  }
  const tail = parts[last] ?? "";
  const endsInSlash = tail === "" || tail === "." || tail === "..";
  const joined = `/${segments.join("/")}`;
  return endsInSlash && segments.length > 0 ? `${joined}/` : joined;
}
