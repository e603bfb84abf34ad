/** The user name of Basic credentials (RFC 7617; nginx: ngx_http_auth_basic_user). */

import { readBasicCredentials } from "../../message/basic-credentials.ts";

/** The name before the first colon, not verified by anyone; "" where the field is missing or malformed. */
export function readBasicUser(authorization: string | undefined): string {
  return readBasicCredentials(authorization)?.user ?? "";
}
