import { describe, expect, it } from "vitest";
import { readServerName } from "../../../../src/http/routing/server-name.ts";

describe("readServerName()", () => {
  it("lowers a name's case and leaves a pattern's", () => {
    expect(readServerName("WWW.Example.COM")).toEqual({ name: { text: "www.example.com", regex: undefined } });
    expect(readServerName("~^[A-Z]$")).toMatchObject({ name: { text: "~^[A-Z]$" } });
  });

  it("compares a pattern with a capital letter without regard to case, for hosts are in lower case", () => {
    const reading = readServerName("~^WWW\\.");
    expect("name" in reading && reading.name.regex?.test("www.a")).toBe(true);
  });

  it.each(["*", "*.", ".", "*a.b", "**.a"])("refuses %s in nginx's words", (text) => {
    expect(readServerName(text)).toMatchObject({ error: `server name "${text}" is invalid` });
  });

  it("refuses an empty pattern and points into a mistaken one", () => {
    expect(readServerName("~")).toMatchObject({ error: 'empty regex in server name "~"' });
    expect(readServerName("~^a(?R)")).toMatchObject({ start: 3, end: 7 });
  });

  it("warns of a slash", () => {
    expect(readServerName("a/b")).toMatchObject({ warning: 'server name "a/b" has suspicious symbols' });
  });
});
