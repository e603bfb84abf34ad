/** What would go upstream, each field and var with the place where it was set. */

import type { Block } from "../../config/bind.ts";
import type { Span } from "../../config/source.ts";
import type { ExplainedContent } from "../../upstream/explain.ts";
import type { ExplainedPair, ExplainedUpstream, Place } from "./explanation.ts";
import { findPlace } from "./place.ts";
import { itemsOf } from "./written-items.ts";

export function describeUpstream(content: ExplainedContent, block: Block): ExplainedUpstream {
  switch (content.protocol) {
    case "none":
      return content;
    case "http": {
      const [requestLine = "", ...lines] = content.head.trimEnd().split("\r\n");
      const pairs = lines.map((line): readonly [string, string] => {
        // HTTP/2's pseudo-fields begin with one.
        const colon = line.indexOf(":", 1);
        return [line.slice(0, colon), line.slice(colon + 2)];
      });
      return { protocol: "http", ...describeTarget(content, block), requestLine, fields: withPlaces(pairs, block, "proxy_set_header") };
    }
    case "memcached":
      return { protocol: "memcached", ...describeTarget(content, block), key: content.key };
    case "uwsgi": {
      const { modifier1, modifier2, blockBytes, vars } = content;
      const target = describeTarget(content, block);
      return { protocol: "uwsgi", ...target, modifier1, modifier2, varsBytes: blockBytes, vars: withPlaces(vars, block, "uwsgi_param") };
    }
  }
}

function describeTarget({ upstream, peers }: Exclude<ExplainedContent, { protocol: "none" }>, block: Block) {
  return { url: upstream, place: findGroupPlace(block, upstream.replace(/^.*?:\/\//, "")), peers };
}

/** Of the `upstream` block of that name; null when the address is written in place. */
function findGroupPlace(block: Block, name: string): Place | null {
  let http: Block | undefined = block;
  while (http !== undefined && http.name !== "http") http = http.parent;
  const group = http === undefined ? undefined : itemsOf(http, "upstream").find((item) => item.name.toLowerCase() === name.toLowerCase());
  return findPlace(group?.span);
}

/** A name that is set twice is sent twice, in the order written. */
function withPlaces(
  pairs: readonly (readonly [name: string, value: string])[],
  block: Block,
  directive: "proxy_set_header" | "uwsgi_param",
): readonly ExplainedPair[] {
  const spans = new Map<string, Span[]>();
  for (const { name, span } of itemsOf(block, directive)) {
    const known = spans.get(name.toLowerCase());
    if (known === undefined) spans.set(name.toLowerCase(), [span]);
    else known.push(span);
  }
  return pairs.map(([name, value]) => ({ name, value, place: findPlace(spans.get(name.toLowerCase())?.shift()) }));
}
