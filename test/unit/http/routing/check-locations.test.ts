import { describe, expect, it } from "vitest";
import { checkLocations } from "../../../../src/http/routing/check-locations.ts";
import type { LocationEntry } from "../../../../src/http/routing/location-tree.ts";

type Entry = LocationEntry<undefined>;

function location(modifier: Entry["modifier"], name: string, ...nested: readonly Entry[]): Entry {
  return { modifier, name, autoRedirect: false, payload: undefined, nested };
}

function messages(...entries: readonly Entry[]): readonly string[] {
  return checkLocations(entries).map(({ message }) => message);
}

describe("checkLocations()", () => {
  it("has nothing against what nginx takes", () => {
    expect(
      messages(location("=", "/x"), location("", "/x"), location("~", "a"), location("~", "a"), location("@", "@x"), location("@", "@x")),
    ).toEqual([]);
    expect(messages(location("", "/a", location("", "/a"), location("~", "b"), location("=", "/a/b")))).toEqual([]);
    expect(messages(location("~", "/a", location("", "/a/b")))).toEqual([]);
  });

  it("refuses a second location of one name, with or without ^~", () => {
    expect(messages(location("", "/x"), location("^~", "/x"))).toEqual(['duplicate location "/x"']);
    expect(messages(location("=", "/x"), location("=", "/x"))).toEqual(['duplicate location "/x"']);
    expect(messages(location("", "/a", location("", "/a/b"), location("", "/a/b")))).toEqual(['duplicate location "/a/b"']);
  });

  it("refuses a location outside the one around it, patterns compared by their text", () => {
    expect(messages(location("", "/a", location("", "/b")))).toEqual(['location "/b" is outside location "/a"']);
    expect(messages(location("~", "^/a", location("", "/a")))).toEqual(['location "/a" is outside location "^/a"']);
  });

  it("refuses locations inside exact and named ones, and named ones inside any", () => {
    expect(messages(location("=", "/a", location("", "/a/b")))).toEqual(['location "/a/b" cannot be inside the exact location "/a"']);
    expect(messages(location("@", "@a", location("~", "b")))).toEqual(['location "b" cannot be inside the named location "@a"']);
    expect(messages(location("", "/a", location("@", "@b")))).toEqual(['named location "@b" can be on the server level only']);
  });

  it("tells of all mistakes and whose they are", () => {
    const inner = location("", "/b");
    const again = location("", "/a");
    expect(checkLocations([location("", "/a", inner), again]).map(({ entry }) => entry)).toEqual([inner, again]);
  });
});
