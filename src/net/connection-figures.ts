/** How many clients' connections there are, and what they are doing (nginx: ngx_http_stub_status_module). */

export interface ConnectionFigures {
  /** Open ones, those that wait included. */
  readonly active: number;
  /** Since the start, as are the next two. */
  readonly accepted: number;
  /** Not cut at once for want of room. */
  readonly handled: number;
  readonly requests: number;
  /** A head is being read. */
  readonly reading: number;
  /** A request is being served. */
  readonly writing: number;
  /** Between two requests. */
  readonly waiting: number;
}

/** What a count goes through and adds to. */
export type ConnectionCount = { -readonly [K in keyof ConnectionFigures]: number };

export function noConnections(): ConnectionCount {
  return { active: 0, accepted: 0, handled: 0, requests: 0, reading: 0, writing: 0, waiting: 0 };
}

/** nginx: a request counts from its first byte. */
export function countRequestBeingRead(count: ConnectionCount): void {
  count.reading++;
  count.requests++;
}

export function sumFigures(all: readonly ConnectionFigures[]): ConnectionFigures {
  const sum = noConnections();
  for (const figures of all) for (const name of Object.keys(sum) as (keyof ConnectionFigures)[]) sum[name] += figures[name];
  return sum;
}

/** What remains true of a process that has ended. */
export function pastFigures({ accepted, handled, requests }: ConnectionFigures): ConnectionFigures {
  return { ...noConnections(), accepted, handled, requests };
}
