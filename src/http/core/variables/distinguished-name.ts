/**
 * Names in certificates as nginx prints them, from Node's form: one attribute a line in the order of the certificate, values escaped by RFC 2253
 * but for bytes above 127 (OpenSSL: X509_NAME_print_ex with XN_FLAG_SEP_MULTILINE).
 */

/** `CN=client,O=Example,C=US` (RFC 2253): the last attribute first, bytes above 127 escaped. */
export function rfc2253Name(lines: string | undefined): string {
  if (lines === undefined || lines === "") return "";
  const escaped = Buffer.from(lines, "utf8")
    .toString("latin1")
    .replace(/[\x80-\xff]/g, hexEscape);
  return escaped
    .split("\n")
    .reverse()
    .map((attribute) => attribute.replace(/([^\\]) \+ /g, "$1+"))
    .join(",");
}

/** `/C=US/O=Example/CN=client`, nginx's form before 1.11.6 (OpenSSL: X509_NAME_oneline): no escapes but those of bytes that are not printable. */
export function legacyName(lines: string | undefined): string {
  if (lines === undefined || lines === "") return "";
  const attributes = Buffer.from(lines, "utf8").toString("latin1").split("\n");
  return attributes.map((attribute) => `/${unescapeValue(attribute).replace(/[^\x20-\x7e]/g, lowerHexEscape)}`).join("");
}

/** RFC 2253 section 2.4: a special character, or two hexadecimal digits, behind a backslash. */
function unescapeValue(text: string): string {
  return text.replace(/\\([0-9A-Fa-f]{2}|.)/gs, (_whole, escaped: string) =>
    escaped.length === 2 ? String.fromCharCode(Number.parseInt(escaped, 16)) : escaped,
  );
}

function hexEscape(byte: string): string {
  return `\\${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function lowerHexEscape(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
