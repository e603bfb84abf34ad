/** What `foregate explain` found out about a request, as data: printed as text or as JSON. All text is latin1. */

import type { ExplainedContent } from "../../upstream/explain.ts";

export interface ExplainedStep {
  readonly step: string;
  readonly text: string;
  readonly won: boolean | undefined;
  /** "conf/site.conf:12"; undefined where nothing written decided. */
  readonly place: string | undefined;
}

/** A setting in force where the request ended up. */
export interface ExplainedSetting {
  /** The directive as written, with its arguments. */
  readonly text: string;
  readonly place: string;
  /** The block it was written in: "server", "location /", "http". */
  readonly block: string;
}

export interface ExplainedAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  /** Octets; -1: not known beforehand. */
  readonly contentLength: number;
  readonly location: string | undefined;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface Explanation {
  readonly request: string;
  readonly listen: { readonly address: string; readonly place: string; readonly why: string };
  readonly server: { readonly name: string; readonly place: string | undefined };
  readonly steps: readonly ExplainedStep[];
  readonly location: { readonly label: string; readonly place: string | undefined };
  readonly settings: readonly ExplainedSetting[];
  /** What would be sent to an upstream; undefined when foregate answers by itself. */
  readonly upstream: ExplainedContent | undefined;
  /** What the client would get; undefined when that is the upstream's to say. */
  readonly answer: ExplainedAnswer | undefined;
}
