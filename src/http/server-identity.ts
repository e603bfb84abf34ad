/** What the server calls itself in `Server` fields, error pages and variables. */

export const FOREGATE_VERSION = "0.1.0";

/** The nginx release whose behaviour is followed; $nginx_version and -V say it to tools that ask. */
export const NGINX_VERSION = "1.31.5";

export const SERVER_NAME = "foregate";

/** The `Server` field's value under `server_tokens`. */
export function serverToken(tokens: "on" | "off" | "build"): string {
  return tokens === "off" ? SERVER_NAME : `${SERVER_NAME}/${FOREGATE_VERSION}`;
}
