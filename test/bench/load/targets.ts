/** What is wanted of foregate, beside the figures that are found. */

export interface Target {
  /** At most so many times nginx's cost, on Node 20 and from Node 24 on. */
  readonly must: number;
  readonly mustOn24?: number;
  readonly aim: number;
}

/** Throughput of at least 0.7 of nginx's is time per byte of at most 1 ÷ 0.7 of its. */
const THROUGHPUT_MUST = 1 / 0.7;

/** CPU per request over nginx's, by job; for a download the time per byte. */
export const TARGETS: Readonly<Record<string, Target>> = {
  return: { must: 1.6, aim: 1.2 },
  "static-1k": { must: 1.6, aim: 1.2 },
  "static-100k": { must: 1, aim: 0.8 },
  "static-100m": { must: THROUGHPUT_MUST, aim: 1 },
  "proxy-1k": { must: 1.8, aim: 1.3 },
  "proxy-100k": { must: 1.6, aim: 1.2 },
  "uwsgi-tcp": { must: 2.1, mustOn24: 1.7, aim: 1.4 },
  "uwsgi-unix": { must: 2.3, mustOn24: 1.9, aim: 1.6 },
  "tls-1k": { must: 1.8, aim: 1.4 },
  "tls-handshake": { must: 2.3, aim: 1.8 },
  "http2-1k": { must: 5, aim: 3 },
  "gzip-static": { must: 0.8, aim: 0.5 },
  "gzip-proxy": { must: 2.6, aim: 2 },
  everyday: { must: 2, aim: 1.5 },
};

/** p99 at 64 connections over nginx's. */
export const P99_MUST = 1.5;

/** How many times our CPU another server is to take at least. */
export const LEADS: Readonly<Record<string, number>> = {
  caddy: 3,
  apache: 2,
  "http-proxy": 3,
  "fast-proxy": 3,
  "fastify-http-proxy": 3,
};

/** Beside a ratio to nginx: the bound and whether it holds; "" where nothing is wanted. */
export function judge(job: string, ratio: number, nodeMajor: number): string {
  const target = TARGETS[job];
  if (target === undefined || Number.isNaN(ratio)) return "";
  const must = nodeMajor >= 24 ? (target.mustOn24 ?? target.must) : target.must;
  return `≤ ${rounded(must)}, aim ${rounded(target.aim)}: ${ratio <= target.aim ? "aim met" : ratio <= must ? "met" : "MISSED"}`;
}

/** Beside another server's figure: how many times ours it is and whether that is as wanted; "" where nothing is wanted. */
export function judgeLead(peer: string, timesOurs: number): string {
  const wanted = LEADS[peer];
  if (wanted === undefined || Number.isNaN(timesOurs)) return "";
  return `${timesOurs.toFixed(1)} × ours, ≥ ${wanted}: ${timesOurs >= wanted ? "met" : "MISSED"}`;
}

function rounded(bound: number): string {
  return String(Number(bound.toFixed(2)));
}
