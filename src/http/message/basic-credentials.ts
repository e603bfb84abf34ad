/** The credentials of Basic authentication (RFC 7617; nginx: ngx_http_auth_basic_user). */

export interface BasicCredentials {
  /** Never empty. Both are latin1 text. */
  readonly user: string;
  readonly password: string;
}

const BASIC = /^basic +(.*)$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Verified by no one. Undefined where an Authorization field is missing, of another scheme, malformed, or names no user. */
export function readBasicCredentials(authorization: string | undefined): BasicCredentials | undefined {
  if (authorization === undefined) return undefined;
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined || !BASE64.test(encoded)) return undefined;
  const credentials = Buffer.from(encoded, "base64").toString("latin1");
  const colon = credentials.indexOf(":");
  return colon <= 0 ? undefined : { user: credentials.slice(0, colon), password: credentials.slice(colon + 1) };
}
