/** The written directives that had a part in an outcome, besides those that the steps name already. */

import { type Block, originOf } from "../../config/bind.ts";
import type { Span } from "../../config/source.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { ExplainedAnswer, ExplainedSetting, ExplainedStep, ExplainedUpstream } from "./explanation.ts";
import { findPlace } from "./place.ts";
import { itemsOf, type WrittenItem } from "./written-items.ts";

export interface Outcome {
  readonly r: RequestContext;
  readonly steps: readonly ExplainedStep[];
  readonly upstream: ExplainedUpstream | null;
  readonly answer: ExplainedAnswer | null;
}

/** When a directive is told of; the first row that fits counts, and one that no row fits is told of always. */
const RULES: readonly (readonly [directives: RegExp, matters: (outcome: Outcome) => boolean])[] = [
  // The steps and the request that goes upstream show these.
  [/^(?:server_name|listen|upstream|try_files|index|error_page|rewrite_steps|types|proxy_set_header|uwsgi_param|\w+_pass)$/, () => false],
  // What belongs to the process, to connections and to logs.
  [
    /^(?:worker_|events$|pid$|user$|daemon$|master_process$|error_log$|access_log$|log_|open_log_|rewrite_log$|uninitialized_)/,
    () => false,
  ],
  [
    /^(?:keepalive_|lingering_|send_|reset_|server_tokens$|client_header_|client_body_|large_client_|request_pool_|connection_)/,
    () => false,
  ],
  [/^(?:client_max_body_size)$/, ({ r }) => r.exchange.body.declaredLength !== 0],
  [/^(?:root|alias)$/, ({ steps, upstream }) => looksForFiles(steps) || sendsRoot(upstream)],
  [/^(?:etag|if_modified_since|max_ranges)$/, ({ answer }) => answer !== null && answer.file !== null],
  [/^default_type$/, ({ r, answer }) => answer !== null && fieldOf(answer, "content-type") === r.location.settings.defaultType],
  [
    /^(?:absolute_redirect|port_in_redirect|server_name_in_redirect)$/,
    ({ answer }) => answer !== null && fieldOf(answer, "location") !== undefined,
  ],
  [/^recursive_error_pages$/, ({ steps }) => steps.some(({ step }) => step === "error_page")],
  [/^gzip/, ({ r }) => r.head.field("accept-encoding") !== undefined],
  [/^proxy_ssl_/, ({ upstream }) => goesTo("https:", upstream)],
  [/^uwsgi_ssl_/, ({ upstream }) => goesTo("suwsgi:", upstream)],
  [/^proxy_/, ({ upstream }) => upstream?.protocol === "http"],
  [/^memcached_/, ({ upstream }) => upstream?.protocol === "memcached"],
  [/^uwsgi_/, ({ upstream }) => upstream?.protocol === "uwsgi"],
];

/** From the inside out. */
export function settingsThatMatter(block: Block, outcome: Outcome): readonly ExplainedSetting[] {
  const found: ExplainedSetting[] = [];
  for (let at: Block | undefined = block; at !== undefined; at = at.parent) {
    for (const [key, origin] of Object.entries(at.origins)) {
      const name = origin.name.text;
      if (originOf(block, key) !== origin || !matters(key === "root" ? name : key, outcome)) continue;
      const items = itemsOf(block, key);
      const spans = items.length === 0 ? [origin.span] : items.filter((item) => isSent(name, item, outcome)).map((item) => item.span);
      for (const span of spans) found.push({ text: directiveText(name, span), place: findPlace(span), block: blockName(at) });
    }
  }
  return found;
}

function matters(directive: string, outcome: Outcome): boolean {
  const rule = RULES.find(([directives]) => directives.test(directive));
  return rule === undefined || rule[1](outcome);
}

/** An `add_header` without "always" adds nothing to errors. */
function isSent(directive: string, { name }: WrittenItem, { answer }: Outcome): boolean {
  return directive !== "add_header" || answer === null || fieldOf(answer, name.toLowerCase()) !== undefined;
}

function looksForFiles(steps: readonly ExplainedStep[]): boolean {
  return steps.some(({ step }) => step === "static" || step === "index" || step === "try_files");
}

function goesTo(scheme: string, upstream: ExplainedUpstream | null): boolean {
  return upstream !== null && upstream.protocol !== "none" && upstream.url.startsWith(scheme);
}

function sendsRoot(upstream: ExplainedUpstream | null): boolean {
  return upstream?.protocol === "uwsgi" && upstream.vars.some(({ name }) => name === "DOCUMENT_ROOT");
}

function fieldOf({ fields }: ExplainedAnswer, name: string): string | undefined {
  return fields.find(([given]) => given.toLowerCase() === name)?.[1];
}

/** The whole directive around a place in it, its line breaks made blanks. */
function directiveText(name: string, { source: { text }, start, end }: Span): string {
  const from = text.lastIndexOf(name, start);
  const semicolon = text.indexOf(";", end);
  return text.slice(from < 0 ? start : from, semicolon < 0 ? end : semicolon).replace(/\s+/g, " ");
}

function blockName(block: Block): string {
  return block.name === "" ? "main" : [block.name, ...block.args.map((arg) => arg.text)].join(" ");
}
