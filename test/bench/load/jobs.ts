/** The jobs of the load bench: what is asked of every server, and the one right answer. */

export type Work = "return" | "static" | "proxy" | "uwsgi-tcp" | "uwsgi-unix";

export interface Job {
  readonly name: string;
  readonly work: Work;
  /** Request target; for static and proxy jobs also the name of the file served. */
  readonly path: string;
  /** The body every answer must have, ASCII. */
  readonly body: string;
}

export const RETURN_BODY = "ok";
export const BODY_1K = textOf(1024);
export const BODY_100K = textOf(100 * 1024);

export const JOBS: readonly Job[] = [
  { name: "return", work: "return", path: "/", body: RETURN_BODY },
  { name: "static-1k", work: "static", path: "/1k.txt", body: BODY_1K },
  { name: "static-100k", work: "static", path: "/100k.txt", body: BODY_100K },
  { name: "proxy-1k", work: "proxy", path: "/1k.txt", body: BODY_1K },
  { name: "proxy-100k", work: "proxy", path: "/100k.txt", body: BODY_100K },
  { name: "uwsgi-tcp", work: "uwsgi-tcp", path: "/", body: BODY_1K },
  { name: "uwsgi-unix", work: "uwsgi-unix", path: "/", body: BODY_1K },
];

/** Printable text of exactly `bytes` bytes in which no two lines are alike, so a shifted or repeated slice is noticed. */
function textOf(bytes: number): string {
  let text = "";
  for (let line = 0; text.length < bytes; line++) text += `line ${line} of the body that the load bench asks for\n`;
  return text.slice(0, bytes);
}
