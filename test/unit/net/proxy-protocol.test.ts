import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeProxyHeader, type ProxyHeader, parseProxyHeader } from "../../../src/net/proxy-protocol.ts";

const parse = (text: string): ReturnType<typeof parseProxyHeader> => parseProxyHeader(Buffer.from(text, "latin1"));

function headerOf(text: string): ProxyHeader {
  const outcome = parse(text);
  if (outcome === "incomplete" || outcome.kind === "refused") throw new Error(JSON.stringify(outcome));
  expect(outcome.end).toBe(text.length);
  return outcome.header;
}

const told = (sourceAddress: string, sourcePort: string, destinationAddress: string, destinationPort: string, tlvs = ""): ProxyHeader => ({
  sourceAddress,
  sourcePort,
  destinationAddress,
  destinationPort,
  tlvs,
});

const NOTHING = told("", "", "", "");
const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
const TCP4 = "\x01\x02\x03\x04\x05\x06\x07\x08\x04\xd2\x00\x50";

function version2(versionAndCommand: number, family: number, content: string): string {
  return `${SIGNATURE}${String.fromCharCode(versionAndCommand, family, content.length >> 8, content.length & 0xff)}${content}`;
}

describe("parseProxyHeader() of version 1", () => {
  test.each([
    ["PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n", told("1.2.3.4", "1234", "5.6.7.8", "80")],
    ["PROXY TCP6 2001:DB8::1 ::1 1 65535\r\n", told("2001:DB8::1", "1", "::1", "65535")],
    ["PROXY TCP4 1.2.3.4 5.6.7.8 0 007\r\n", told("1.2.3.4", "", "5.6.7.8", "7")],
    ["PROXY UNKNOWN\r\n", NOTHING],
    ["PROXY UNKNOWN 1.2.3.4 5.6.7.8 1 2\r\n", NOTHING],
  ])("reads %j", (text, header) => expect(headerOf(text)).toEqual(header));

  test("leaves the bytes behind it alone", () => {
    expect(parse("PROXY UNKNOWN\r\nGET / HTTP/1.1\r\n")).toMatchObject({ kind: "header", end: 15 });
  });

  test.each([
    ["GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1"],
    ["PROXY TCP4 1.2.3.4 5.6.7.8 1234 65536\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1234 65536"],
    ["PROXY TCP4 1.2.3.4 5.6.7.8 1234\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1234"],
    ["PROXY TCP4 a.b.c.z 5.6.7.8 1 2\r\n", "PROXY TCP4 a.b.c.z 5.6.7.8 1 2"],
    ["PROXY UNKNOWN\nGET", "PROXY UNKNOWN"],
    ["PROXY UNKNOWN\rX", "PROXY UNKNOWN"],
    ["\r\nPROXY", ""],
  ])("refuses %j", (text, shown) => expect(parse(text)).toEqual({ kind: "refused", reason: `broken header: "${shown}"` }));

  test("may be 107 bytes long with its line end, and no longer", () => {
    const line = (bytes: number): string => `${"PROXY UNKNOWN ".padEnd(bytes - 2, "x")}\r\n`;
    expect(parse(line(107))).toMatchObject({ kind: "header", end: 107 });
    expect(parse(line(108))).toMatchObject({ kind: "refused" });
    expect(parse("PROXY UNKNOWN ".padEnd(106, "x"))).toBe("incomplete");
    expect(parse("PROXY UNKNOWN ".padEnd(107, "x"))).toMatchObject({ kind: "refused" });
  });
});

describe("parseProxyHeader() of version 2", () => {
  test.each([
    ["IPv4", version2(0x21, 0x11, TCP4), told("1.2.3.4", "1234", "5.6.7.8", "80")],
    ["IPv6", version2(0x21, 0x21, `${"\0".repeat(15)}\x01${"\0".repeat(15)}\x02\0\x01\0\x02`), told("::1", "1", "::2", "2")],
    ["values", version2(0x21, 0x11, `${TCP4}\x01\0\x02h2`), told("1.2.3.4", "1234", "5.6.7.8", "80", "\x01\0\x02h2")],
    ["LOCAL", version2(0x20, 0x11, TCP4), NOTHING],
    ["a datagram", version2(0x21, 0x12, TCP4), NOTHING],
    ["a unix socket", version2(0x21, 0x31, "\0".repeat(216)), NOTHING],
    ["no family", version2(0x21, 0x01, ""), NOTHING],
  ])("reads %s", (_name, text, header) => expect(headerOf(text)).toEqual(header));

  test.each([
    ["another version", version2(0x11, 0x11, TCP4), "unknown PROXY protocol version: 1"],
    ["IPv4 cut short", version2(0x21, 0x11, TCP4.slice(1)), "header is too short for its addresses"],
    ["IPv6 cut short", version2(0x21, 0x21, TCP4), "header is too short for its addresses"],
  ])("refuses %s", (_name, text, reason) => expect(parse(text)).toEqual({ kind: "refused", reason }));

  test("may be 4096 bytes long, and what announces more is refused at once", () => {
    expect(parse(version2(0x20, 0, "x".repeat(4080)))).toMatchObject({ kind: "header", end: 4096 });
    expect(parse(version2(0x20, 0, "x".repeat(4081)).slice(0, 16))).toEqual({ kind: "refused", reason: "header is too large" });
  });
});

describe("a header in parts", () => {
  test.each([
    "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n",
    "PROXY UNKNOWN\r\n",
    version2(0x21, 0x11, `${TCP4}\x01\0\x02h2`),
    version2(0x20, 0, ""),
  ])("is incomplete until its last byte: %j", (header) => {
    for (let length = 0; length < header.length; length++) expect(parse(header.slice(0, length))).toBe("incomplete");
    expect(parse(header)).toMatchObject({ kind: "header", end: header.length });
  });

  test("is settled once, whatever follows", () => {
    const bytes = fc.array(fc.constantFrom(..."PROXY TCP46UNKNOWN .:19\r\n\0QIT!\x11\x20"), { maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom("", "PROXY ", "PROXY TCP4 1.2.3.4 ", SIGNATURE, `${SIGNATURE}!`), bytes, (start, rest) => {
        const text = start + rest.join("");
        let settled: unknown;
        for (let length = 0; length <= text.length; length++) {
          const outcome = parse(text.slice(0, length));
          if (settled !== undefined) expect(outcome === "incomplete" ? outcome : outcome.kind).toBe(settled);
          else if (outcome !== "incomplete") settled = outcome.kind;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("encodeProxyHeader()", () => {
  const source = { address: "1.2.3.4", port: 1234 };
  const destination = { address: "5.6.7.8", port: 80 };

  test("writes version 1", () => {
    expect(encodeProxyHeader(1, source, destination).toString("latin1")).toBe("PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n");
    const v6 = encodeProxyHeader(1, { address: "2001:DB8:0::1", port: 1 }, { address: "::1", port: 2 });
    expect(v6.toString("latin1")).toBe("PROXY TCP6 2001:db8::1 ::1 1 2\r\n");
  });

  test("writes version 2", () => {
    expect(encodeProxyHeader(2, source, destination).toString("latin1")).toBe(version2(0x21, 0x11, TCP4));
  });

  test.each([
    ["a unix socket", { address: "unix:", port: 0 }, destination],
    ["two families", { address: "::1", port: 1 }, destination],
  ])("tells nothing of %s", (_name, from, to) => {
    expect(encodeProxyHeader(1, from, to).toString("latin1")).toBe("PROXY UNKNOWN\r\n");
    expect(encodeProxyHeader(2, from, to).toString("latin1")).toBe(version2(0x20, 0, ""));
  });

  test("is read back as it was written", () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const pair = fc.oneof(fc.tuple(fc.ipV4(), fc.ipV4()), fc.constant(["::1", "2001:db8::7:0:1"] as const));
    fc.assert(
      fc.property(fc.constantFrom(1 as const, 2 as const), pair, port, port, (version, [from, to], fromPort, toPort) => {
        const bytes = encodeProxyHeader(version, { address: from, port: fromPort }, { address: to, port: toPort });
        expect(headerOf(bytes.toString("latin1"))).toEqual(told(from, String(fromPort), to, String(toPort)));
      }),
      { numRuns: 300 },
    );
  });
});
