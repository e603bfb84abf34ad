import { describe, expect, it } from "vitest";
import { legacyName, rfc2253Name } from "../../../../../src/http/core/variables/distinguished-name.ts";

/** Node's form, RFC 2253's, and that of X509_NAME_oneline. */
const NAMES: readonly (readonly [lines: string | undefined, rfc2253: string, legacy: string])[] = [
  [undefined, "", ""],
  ["", "", ""],
  ["CN=client", "CN=client", "/CN=client"],
  ["C=US\nO=Example\nCN=client", "CN=client,O=Example,C=US", "/C=US/O=Example/CN=client"],
  ["O=a\\, b\nCN=c\\+d", "CN=c\\+d,O=a\\, b", "/O=a, b/CN=c+d"],
  ["CN=M\u00fcller", "CN=M\\C3\\BCller", "/CN=M\\xC3\\xBCller"],
  ["CN=a + UID=b", "CN=a+UID=b", "/CN=a + UID=b"],
];

describe("names in certificates", () => {
  it.each(NAMES)("%j is printed as nginx prints it", (lines, rfc2253, legacy) => {
    expect([rfc2253Name(lines), legacyName(lines)]).toEqual([rfc2253, legacy]);
  });
});
