import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { checkLink, readLink } from "../../../../src/modules/secure-link/check-link.ts";
import { linkBehindHash } from "../../../../src/modules/secure-link/link-behind-hash.ts";

const md5 = (text: string): Buffer => createHash("md5").update(text, "latin1").digest();

describe("readLink()", () => {
  test("gives the hash, and the time as it was written", () => {
    expect(readLink("abc")).toEqual({ hash: "abc", expires: "" });
    expect(readLink("abc,0010")).toEqual({ hash: "abc", expires: "0010" });
  });

  test.each(["0", "", "-1", "1e3", " 1000", "1000 ", "0x10", "99999999999999999999"])("takes %j for no time", (time) => {
    expect(readLink(`abc,${time}`)).toBeUndefined();
  });
});

describe("checkLink()", () => {
  const good = md5("text").toString("base64url");

  test("holds up to its last second and no longer", () => {
    const link = { hash: good, expires: "1000" };
    expect(checkLink(link, "text", 999)).toBe("good");
    expect(checkLink(link, "text", 1000)).toBe("good");
    expect(checkLink(link, "text", 1001)).toBe("expired");
  });

  test("holds for ever without a time", () => {
    expect(checkLink({ hash: good, expires: "" }, "text", Number.MAX_SAFE_INTEGER)).toBe("good");
  });

  test.each(["", "A", "A".repeat(22), "A".repeat(24), `${good}A`, good.slice(1)])("takes %j for no hash of it", (hash) => {
    expect(checkLink({ hash, expires: "" }, "text", 0)).toBe("wrong");
  });
});

describe("linkBehindHash()", () => {
  const good = md5("a/b?cword").toString("hex");

  test("gives the link that the hash is of, with its query", () => {
    expect(linkBehindHash(`/p/${good}/a/b?c`, "word")).toBe("a/b?c");
    expect(linkBehindHash(`/p/${good.toUpperCase()}/a/b?c`, "word")).toBe("a/b?c");
  });

  test.each([`/p/${good}/a/b?d`, `/p/${good}/`, `/p/${good}`, `/p/q/${good}/a/b?c`, "/", ""])("gives nothing for %j", (target) => {
    expect(linkBehindHash(target, "word")).toBe("");
  });
});
