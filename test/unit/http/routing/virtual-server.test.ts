import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readServerName, type ServerName } from "../../../../src/http/routing/server-name.ts";
import { buildServerNames, findServer, findServerTraced } from "../../../../src/http/routing/virtual-server.ts";

const ADDRESS = "0.0.0.0:80";

function named(text: string): ServerName {
  const reading = readServerName(text);
  if ("error" in reading) throw new Error(reading.error);
  return reading.name;
}

/** Servers by their names, separated by blanks; the payload is that text, the first is the default. */
function build(...servers: readonly string[]) {
  const entries = servers.map((text) => ({ names: text.split(" ").map(named), payload: text }));
  return buildServerNames(entries, servers[0] ?? "", ADDRESS);
}

function find(servers: readonly string[], host: string): string {
  return findServer(build(...servers).names, host).payload;
}

describe("findServer()", () => {
  const servers = [
    "default",
    "www.example.com",
    "*.example.com",
    "*.com",
    "www.*",
    "www.example.*",
    "~^www\\.(.+)\\.net$",
    ".dotted.org",
    "~dotted",
  ];

  it.each([
    ["www.example.com", "www.example.com"],
    ["a.example.com", "*.example.com"],
    ["a.b.example.com", "*.example.com"],
    ["example.com", "*.com"],
    ["www.example.org", "www.example.*"],
    ["www.other.org", "www.*"],
    ["www.other.net", "www.*"],
    ["dotted.org", ".dotted.org"],
    ["a.b.dotted.org", ".dotted.org"],
    ["undotted.org", "~dotted"],
    ["example.org", "default"],
    ["www", "default"],
    ["", "default"],
  ])("finds for %s the server of %s", (host, expected) => {
    expect(find(servers, host)).toBe(expected);
  });

  it("tries patterns in their order, after all wildcards, and captures", () => {
    const { names } = build("_", "~^(?<sub>[^.]+)\\.(net)$", "~net", "*.org");
    const match = findServer(names, "a.net");
    expect(match.verdict).toBe("regex");
    expect(match.captures?.[2]).toBe("net");
    expect(match.captures?.groups?.["sub"]).toBe("a");
  });

  it("finds the empty name for a request without a host, and no wildcard", () => {
    expect(find(["a", ""], "")).toBe("");
    expect(find(["a", "~.*"], "")).toBe("a");
  });

  it("tells the patterns it tried and the name that won", () => {
    const { names } = build("_", "~x", "~a");
    const told: (string | undefined)[] = [];
    findServerTraced(names, "a.net", ({ name }, outcome) => told.push(`${name?.text} ${outcome}`));
    expect(told).toEqual(["~x regex tried, no match", "~a won"]);
  });
});

describe("buildServerNames()", () => {
  const messages = (...servers: readonly string[]) => build(...servers).mistakes.map(({ level, message }) => `${level} ${message}`);

  it.each(["a", "a.*", "*.a", ".a", "_"])("warns of the name %s given twice, and keeps the first", (name) => {
    expect(messages(name, name)).toEqual([`warn conflicting server name "${name}" on ${ADDRESS}, ignored`]);
    expect(find([`${name} first`, `${name} second`], name.replace("*", "b").replace(/^\./, ""))).toBe(`${name} first`);
  });

  it.each(["a.*.b", "www.*a", "*.*", "a..b", "*.a.*", "a.*.", "a*", "*..a"])(
    "refuses %s where servers share an address, as nginx does",
    (name) => {
      expect(messages("zz", name)).toEqual([`emerg invalid server name or wildcard "${name}" on ${ADDRESS}`]);
      expect(messages(name)).toEqual([]);
    },
  );

  it("lets the name with a leading dot take the name without it", () => {
    expect(messages(".a", "a")).toEqual([`warn conflicting server name "a" on ${ADDRESS}, ignored`]);
    expect(messages(".a", "*.a")).toEqual([`warn conflicting server name "*.a" on ${ADDRESS}, ignored`]);
    expect(messages("*.a", "a")).toEqual([]);
  });
});

/** nginx's order of precedence said slowly. */
function slowly(servers: readonly string[], host: string): string {
  const has = (test: (name: string) => boolean): string | undefined =>
    servers.filter(test).sort((one, other) => other.length - one.length)[0];
  return (
    has((name) => name === host || name === `.${host}`) ??
    has((name) => /^\*?\./.test(name) && host.endsWith(name.replace("*", ""))) ??
    has((name) => name.endsWith(".*") && host.startsWith(name.slice(0, -1))) ??
    servers[0] ??
    ""
  );
}

describe("findServer() and nginx's order of precedence said slowly", () => {
  it("agree about any names and any host", () => {
    const host = fc.array(fc.constantFrom("a", "b", "com", "www"), { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
    // Of ".x" and "*.x" only one form: together they conflict.
    const name = fc.tuple(fc.constantFrom("", "*.", "*"), host).map(([form, base]) => (form === "*" ? `${base}.*` : `${form}${base}`));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), host, (servers, wanted) => {
        const all = ["default", ...servers];
        expect(find(all, wanted)).toBe(slowly(all, wanted));
      }),
      { numRuns: 2_000 },
    );
  });
});
