/** Short ways to write the raw requests of the tables. */

/** A request with `Host: localhost`, further field lines, and no content. */
export function get(target: string, ...fieldLines: readonly string[]): string {
  return request("GET", target, ...fieldLines);
}

/** A request of any method with `Host: localhost` and no content. */
export function request(method: string, target: string, ...fieldLines: readonly string[]): string {
  return head(`${method} ${target} HTTP/1.1`, "Host: localhost", ...fieldLines);
}

/** A request with `Host: localhost`, its content and the Content-Length that fits it. */
export function withContent(method: string, target: string, content: string, ...fieldLines: readonly string[]): string {
  return request(method, target, ...fieldLines, `Content-Length: ${content.length}`) + content;
}

/** A GET to `/` with exactly these field lines. */
export function withFields(...fieldLines: readonly string[]): string {
  return head("GET / HTTP/1.1", ...fieldLines);
}

/** The given lines and the empty one, each ended by CRLF. */
export function head(...lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}
