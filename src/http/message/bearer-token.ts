/** The token of Bearer authentication (RFC 6750, section 2.1). */

const BEARER = /^bearer +/i;

/** Verified by no one, its characters neither. "" where an Authorization field is missing, of another scheme or has no token. */
export function readBearerToken(authorization: string | undefined): string {
  const scheme = authorization === undefined ? undefined : BEARER.exec(authorization)?.[0];
  return authorization === undefined || scheme === undefined ? "" : authorization.slice(scheme.length);
}
