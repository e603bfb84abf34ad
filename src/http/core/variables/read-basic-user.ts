/** The user name of Basic credentials (RFC 7617; nginx: ngx_http_auth_basic_user). */

const BASIC = /^basic +(.*)$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The name before the first colon, not verified by anyone; "" where the field is missing or malformed. */
export function readBasicUser(authorization: string | undefined): string {
  if (authorization === undefined) return "";
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined || !BASE64.test(encoded)) return "";
  const credentials = Buffer.from(encoded, "base64").toString("latin1");
  const colon = credentials.indexOf(":");
  return colon < 0 ? "" : credentials.slice(0, colon);
}
