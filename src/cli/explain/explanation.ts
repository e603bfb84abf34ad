/** What `foregate explain` found out about a request, as data: printed as text or, as it is, as JSON (docs/explain.md). All text is latin1. */

/** Where something was written. */
export interface Place {
  /** Path of the file, or "command line" for -g. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface ExplainedStep {
  /** A directive's name where there is one, else "server", "location", "static", "internal redirect" or "error_log". */
  readonly step: string;
  /** What was tried; null where the step says it all. */
  readonly subject: string | null;
  readonly text: string;
  /** True: it decided something; false: it was tried or passed over; null: neither. */
  readonly won: boolean | null;
  /** Null where nothing written decided. */
  readonly place: Place | null;
}

/** A directive that had a part in the outcome. */
export interface ExplainedSetting {
  /** As written, without the semicolon. */
  readonly text: string;
  readonly place: Place;
  /** The block it stands in: "server", "location /", "http". */
  readonly block: string;
}

/** A field or var that goes upstream. */
export interface ExplainedPair {
  readonly name: string;
  readonly value: string;
  /** Where it was set; null for what foregate sends by itself, and for the client's own fields. */
  readonly place: Place | null;
}

export interface ExplainedPeer {
  readonly server: string;
  readonly weight: number;
  readonly backup: boolean;
  readonly down: boolean;
}

interface ExplainedTarget {
  /** Scheme and group or address: "http://api", "uwsgi://127.0.0.1:3031". */
  readonly url: string;
  /** Of the `upstream` block; null for an address written in place. */
  readonly place: Place | null;
  readonly peers: readonly ExplainedPeer[];
}

/** The request as the upstream would get it. */
export type ExplainedUpstream =
  | (ExplainedTarget & { readonly protocol: "http"; readonly requestLine: string; readonly fields: readonly ExplainedPair[] })
  | (ExplainedTarget & {
      readonly protocol: "uwsgi";
      readonly modifier1: number;
      readonly modifier2: number;
      /** Octets of the vars, to be held against uWSGI's buffer-size. */
      readonly varsBytes: number;
      readonly vars: readonly ExplainedPair[];
    })
  | (ExplainedTarget & { readonly protocol: "memcached"; readonly key: string })
  /** It would not be sent at all. */
  | { readonly protocol: "none"; readonly problem: string };

export interface ExplainedAnswer {
  readonly status: number;
  /** "" where the connection closes without an answer (444). */
  readonly reason: string;
  /** In the order sent, without Server, Date and what belongs to the connection. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The file that is sent; null when it is none. */
  readonly file: string | null;
  /** The text of `return`; null for other bodies. */
  readonly body: string | null;
}

export interface Explanation {
  /** The request line. */
  readonly request: string;
  readonly listen: { readonly address: string; readonly why: string; readonly place: Place };
  readonly steps: readonly ExplainedStep[];
  /** Where the request ended up, after every redirect. */
  readonly server: { readonly name: string; readonly place: Place | null };
  /** The label as written; "" where no location matched and the server's own settings hold. */
  readonly location: { readonly label: string; readonly place: Place | null };
  readonly settings: readonly ExplainedSetting[];
  /** Null when foregate answers by itself. */
  readonly upstream: ExplainedUpstream | null;
  /** Null when that is the upstream's to say. */
  readonly answer: ExplainedAnswer | null;
}
