/** What a token says before anyone has checked it, and whether its time has come (RFC 7515, section 3.1; RFC 7519, section 4.1). */

import { isJsonObject, type JsonObject, parseJson } from "./json.ts";

export interface Token {
  /** The JOSE header, of the outermost layer. */
  readonly header: JsonObject;
  /** Empty while they are encrypted. */
  readonly claims: JsonObject;
  /** `$jwt_payload`: what an encrypted token held; "" for others. */
  readonly payload: string;
}

export const NO_CLAIMS: JsonObject = {};

const BASE64URL = /^[\w-]*$/;

/** Trusts nothing. Undefined for what is not a token in compact form: three parts when signed, five when encrypted. */
export function readToken(text: string): Token | undefined {
  const parts = text.split(".", 6);
  const [headerPart = "", claimsPart = ""] = parts;
  if (parts.length !== 3 && parts.length !== 5) return undefined;
  const header = readPart(headerPart);
  const claims = parts.length === 3 ? readPart(claimsPart) : NO_CLAIMS;
  return header === undefined || claims === undefined ? undefined : { header, claims, payload: "" };
}

/** Undefined for what is no JSON object. */
export function readClaims(payload: Uint8Array): JsonObject | undefined {
  const claims = parseJson(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
  return isJsonObject(claims) ? claims : undefined;
}

/** Why `exp` or `nbf` forbid the use of a token now; undefined when they do not. Times in seconds. */
export function whyNotNow({ exp, nbf }: JsonObject, now: number, leeway: number): string | undefined {
  if (exp !== undefined && (typeof exp !== "number" || Number.isNaN(exp))) return '"exp" is not a number';
  if (nbf !== undefined && (typeof nbf !== "number" || Number.isNaN(nbf))) return '"nbf" is not a number';
  if (exp !== undefined && now >= exp + leeway) return "it has expired";
  return nbf !== undefined && now < nbf - leeway ? "it is not valid yet" : undefined;
}

function readPart(part: string): JsonObject | undefined {
  if (!BASE64URL.test(part)) return undefined;
  const value = parseJson(Buffer.from(part, "base64url"));
  return isJsonObject(value) ? value : undefined;
}
