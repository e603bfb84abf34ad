/** The jobs of the load bench: what is asked of every server, how, and the one right answer. */
import { numberedText, proseText } from "./bodies.ts";

/** What the server does for an answer. */
export type Work = "return" | "static" | "proxy" | "uwsgi-tcp" | "uwsgi-unix" | "everyday";
/** h2c is HTTP/2 without TLS, which the client begins unasked (RFC 9113, section 3.3). */
export type Protocol = "http" | "https" | "h2" | "h2c";

export interface Job {
  readonly name: string;
  readonly work: Work;
  readonly protocol: Protocol;
  /** Request target. */
  readonly path: string;
  /** Name of the file behind the answer; "" when there is none. */
  readonly file: string;
  /** The body every answer must have, ASCII, ... */
  readonly body: string;
  /** ... so many times over. */
  readonly copies: number;
  /** Whether the client asks for gzip and must get it. */
  readonly gzip: boolean;
  /** Whether each request has a connection of its own, with a whole handshake where there is TLS. */
  readonly closes: boolean;
  /** "download" is one connection that asks for the next body when it has one; such a job is judged by the time per byte, others by CPU. */
  readonly load: "many" | "download";
}

export const RETURN_BODY = "ok";
const BODY_1K = numberedText(1024);
const BODY_100K = numberedText(100 * 1024);
const PROSE_10K = proseText(10 * 1024);

export const JOBS: readonly Job[] = [
  defineJob("return", "return", "", RETURN_BODY),
  defineJob("static-1k", "static", "1k.txt", BODY_1K),
  defineJob("static-100k", "static", "100k.txt", BODY_100K),
  defineJob("static-100m", "static", "100m.txt", BODY_100K, { copies: 1024, load: "download" }),
  defineJob("proxy-1k", "proxy", "1k.txt", BODY_1K),
  defineJob("proxy-100k", "proxy", "100k.txt", BODY_100K),
  defineJob("uwsgi-tcp", "uwsgi-tcp", "", BODY_1K),
  defineJob("uwsgi-unix", "uwsgi-unix", "", BODY_1K),
  defineJob("tls-1k", "static", "1k.txt", BODY_1K, { protocol: "https" }),
  defineJob("tls-handshake", "static", "1k.txt", BODY_1K, { protocol: "https", closes: true }),
  defineJob("http2-1k", "static", "1k.txt", BODY_1K, { protocol: "h2" }),
  defineJob("http2-clear-1k", "static", "1k.txt", BODY_1K, { protocol: "h2c" }),
  defineJob("gzip-static", "static", "prose.txt", PROSE_10K, { gzip: true }),
  defineJob("gzip-proxy", "proxy", "prose.txt", PROSE_10K, { gzip: true }),
  defineJob("everyday", "everyday", "1k.txt", BODY_1K, { path: "/old/1k.txt" }),
];

function defineJob(name: string, work: Work, file: string, body: string, differences: Partial<Job> = {}): Job {
  return {
    name,
    work,
    protocol: "http",
    path: `/${file}`,
    file,
    body,
    copies: 1,
    gzip: false,
    closes: false,
    load: "many",
    ...differences,
  };
}

/** Whether clients speak TLS. */
export function isSecure({ protocol }: Job): boolean {
  return protocol === "https" || protocol === "h2";
}

/** Whether clients speak HTTP/2. */
export function isHttp2({ protocol }: Job): boolean {
  return protocol === "h2" || protocol === "h2c";
}

/** Fields that each request of the job carries. */
export function fieldsOf({ gzip, closes }: Job): Readonly<Record<string, string>> {
  return { ...(gzip ? { "Accept-Encoding": "gzip" } : {}), ...(closes ? { Connection: "close" } : {}) };
}

/** What the job is asked at; the certificate is for this name. */
export function urlOf({ protocol, path }: Job, port: number): string {
  return protocol === "http" || protocol === "h2c" ? `http://127.0.0.1:${port}${path}` : `https://localhost:${port}${path}`;
}
