/** The directives that every pass module has under its own prefix: `proxy_read_timeout`, `uwsgi_read_timeout`. Declared once. */

import { optional } from "../config/args.ts";
import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { constantTemplate } from "../config/template-text.ts";
import { count, flag, offset, positiveCount, positiveSize, size, text, time, words } from "../config/values.ts";
import { sizeText } from "../http/size-text.ts";
import { readBind } from "./local-address.ts";
import { tlsRows } from "./tls/tls-directives.ts";

const LOCATIONS = ["http", "server", "location"] as const;

/** By what follows the prefix, with nginx's defaults where one value stands for all. */
const forwardRows = defineDirectives({
  connect_timeout: one({ in: LOCATIONS, value: time(), default: 60_000 }),
  send_timeout: one({ in: LOCATIONS, value: time(), default: 60_000 }),
  read_timeout: one({ in: LOCATIONS, value: time(), default: 60_000 }),
  /** Ours: how long an upgraded connection may be silent both ways. */
  upgrade_timeout: one({ in: LOCATIONS, value: time() }),
  buffering: one({ in: LOCATIONS, value: flag(), default: true }),
  limit_rate: one({ in: LOCATIONS, value: sizeText, default: constantTemplate("0") }),
  buffer_size: one({ in: LOCATIONS, value: size() }),
  buffers: one({ in: LOCATIONS, args: { number: positiveCount(), size: positiveSize() } }),
  busy_buffers_size: one({ in: LOCATIONS, value: size() }),
  max_temp_file_size: one({ in: LOCATIONS, value: offset() }),
  temp_file_write_size: one({ in: LOCATIONS, value: size() }),
  temp_path: one({
    in: LOCATIONS,
    args: { path: text(), level1: optional(positiveCount()), level2: optional(positiveCount()), level3: optional(positiveCount()) },
  }),
  request_buffering: one({ in: LOCATIONS, value: flag(), default: true }),
  pass_request_headers: one({ in: LOCATIONS, value: flag(), default: true }),
  pass_request_body: one({ in: LOCATIONS, value: flag(), default: true }),
  ignore_client_abort: one({ in: LOCATIONS, value: flag(), default: false }),
  force_ranges: one({ in: LOCATIONS, value: flag(), default: false }),
  intercept_errors: one({ in: LOCATIONS, value: flag(), default: false }),
  next_upstream_tries: one({ in: LOCATIONS, value: count(), default: 0 }),
  next_upstream_timeout: one({ in: LOCATIONS, value: time(), default: 0 }),
  bind: one({ in: LOCATIONS, parse: readBind, arity: [1, 2], syntax: "address | off" }),
  socket_keepalive: one({ in: LOCATIONS, value: flag(), default: false }),
  ...tlsRows,
  pass_header: many({ in: LOCATIONS, value: text() }),
  hide_header: many({ in: LOCATIONS, value: text() }),
  ignore_headers: many({
    in: LOCATIONS,
    values: words(
      "X-Accel-Redirect",
      "X-Accel-Expires",
      "X-Accel-Limit-Rate",
      "X-Accel-Buffering",
      "X-Accel-Charset",
      "Expires",
      "Cache-Control",
      "Set-Cookie",
      "Vary",
    ),
  }),
});

type ForwardRows = typeof forwardRows;

/** The rows under a module's prefix, each with its own type. */
export type ForwardDirectives<P extends string> = { readonly [Name in keyof ForwardRows & string as `${P}_${Name}`]: ForwardRows[Name] };

/** What the rows of one module say at a location, without the prefix. */
export type ForwardConf = SettingsOf<ForwardRows>;

export function forwardDirectives<const P extends string>(prefix: P): ForwardDirectives<P> {
  // Holds because every key gets the prefix and keeps its row.
  return Object.fromEntries(Object.entries(forwardRows).map(([name, row]) => [`${prefix}_${name}`, row])) as ForwardDirectives<P>;
}

/** Some of the rows, for a module that has no more of them. */
export function someForwardDirectives<const P extends string, const N extends keyof ForwardRows & string>(prefix: P, names: readonly N[]) {
  // Holds because every key gets the prefix and keeps its row.
  return Object.fromEntries(names.map((name) => [`${prefix}_${name}`, forwardRows[name]])) as unknown as {
    readonly [Name in N as `${P}_${Name}`]: ForwardRows[Name];
  };
}

/** The rows' names without and with a prefix, by prefix: joined anew for every location, they would take a tenth of the time that loading takes. */
const prefixedNames = new Map<string, readonly (readonly [name: string, prefixed: string])[]>();

function namesWith(prefix: string): readonly (readonly [name: string, prefixed: string])[] {
  const known = prefixedNames.get(prefix);
  if (known !== undefined) return known;
  const names = Object.keys(forwardRows).map((name) => [name, `${prefix}_${name}`] as const);
  prefixedNames.set(prefix, names);
  return names;
}

/** Takes the prefix off a module's settings. */
export function forwardConf<P extends string>(conf: SettingsOf<ForwardDirectives<P>>, prefix: P): ForwardConf {
  // Settings are read by name: `forwardDirectives(prefix)` put each of these names there, with the row's own type.
  const settings = conf as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(namesWith(prefix).map(([name, prefixed]) => [name, settings[prefixed]])) as unknown as ForwardConf;
}

/** `*_next_upstream` and its like: flags that may be given in several lines. */
export function flagWords<const W extends string>(...known: readonly W[]) {
  return many({ in: LOCATIONS, values: words(...known) });
}
