import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkedDecoder, encodeChunkHead, LAST_CHUNK } from "../../../../src/http/message/chunked.ts";

interface Decoded {
  readonly state: string;
  readonly body: string;
  readonly rest: string;
  readonly trailers: readonly string[];
}

/** Feeds `pieces` one after the other until the decoder has enough. */
function decode(pieces: readonly string[]): Decoded {
  const decoder = new ChunkedDecoder();
  let body = "";
  let rest = "";
  for (const piece of pieces) {
    const buffer = Buffer.from(`<<${piece}>>`, "latin1");
    const state = decoder.feed(buffer, 2, buffer.length - 2, (data) => {
      body += data.toString("latin1");
    });
    rest = rest === "" && state === "more" ? "" : rest + piece.slice(decoder.consumed);
  }
  return { state: decoder.state(), body, rest, trailers: decoder.trailers };
}

describe("ChunkedDecoder", () => {
  it("says how much a chunk declares before its bytes are here", () => {
    const decoder = new ChunkedDecoder();
    const feed = (text: string): number => {
      const bytes = Buffer.from(text);
      decoder.feed(bytes, 0, bytes.length, () => {});
      return decoder.declaredBytes;
    };
    expect([feed("3"), feed("\r\nab"), feed("c\r"), feed("\nff"), feed("\r\n"), feed("x")]).toEqual([0, 3, 3, 3, 258, 258]);
  });

  it("decodes chunks, keeps trailers apart and leaves what follows", () => {
    expect(decode(["4\r\nWiki\r\n5\r\npedia\r\n0\r\nX-T: 1\r\n\r\nGET /"])).toEqual({
      state: "done",
      body: "Wikipedia",
      rest: "GET /",
      trailers: ["X-T: 1"],
    });
  });

  it.each(["5;a=b\r\nhello\r\n0\r\n\r\nNEXT", '005\r\nhello\r\n00;x="y"\r\nA: b\r\nC:\r\n\r\nNEXT', "5  \r\nhello\r\n0 ;e\r\n\r\nNEXT"])(
    "decodes %j however it is split in two, and byte by byte",
    (text) => {
      const whole = decode([text]);
      expect(whole).toMatchObject({ state: "done", body: "hello", rest: "NEXT" });
      for (let split = 0; split <= text.length; split++) {
        expect(decode([text.slice(0, split), text.slice(split)]), `at ${split}`).toEqual(whole);
      }
      expect(decode([...text])).toEqual(whole);
    },
  );

  it("hands out views of the buffer, not copies", () => {
    const buffer = Buffer.from("3\r\nabc\r\n");
    new ChunkedDecoder().feed(buffer, 0, buffer.length, (piece) => expect(piece.buffer).toBe(buffer.buffer));
    expect.assertions(1);
  });

  it.each([
    ["a bare LF behind the size", "1\na\r\n0\r\n\r\n"],
    ["a bare LF behind the data", "1\r\na\n0\r\n\r\n"],
    ["a bare LF behind an extension", "1;x\na\r\n0\r\n\r\n"],
    ["a bare LF behind the last chunk", "0\n\r\n"],
    ["a bare LF as the end of the trailers", "0\r\n\n"],
    ["a bare LF behind a trailer", "0\r\nA: b\n\r\n"],
    ["a lone CR in an extension", "1;x\ry\r\na\r\n0\r\n\r\n"],
    ["data longer than its size", "1\r\nab\r\n0\r\n\r\n"],
    ["no size", "\r\na\r\n"],
    ["a size with sign", "+1\r\na\r\n"],
    ["a size with 0x", "0x1\r\na\r\n"],
    ["a size that is not hexadecimal", "g\r\n"],
    ["a size past 2^53", "20000000000000\r\n"],
    ["a size past 2^64", "10000000000000001\r\n"],
    ["seventeen leading zeros", "00000000000000001\r\n"],
    ["an extension without semicolon", "1 x\r\na\r\n"],
    ["a leading space", " 1\r\na\r\n"],
    ["NUL in an extension", "1;\0\r\na\r\n"],
    ["a trailer without colon", "0\r\nfoo\r\n\r\n"],
    ["a trailer with a space before its colon", "0\r\nfoo : 1\r\n\r\n"],
    ["a folded trailer", "0\r\nA: b\r\n c\r\n\r\n"],
    ["a control character in a trailer", "0\r\nA: \x01\r\n\r\n"],
  ])("refuses %s", (_what, text) => {
    expect(decode([text]).state).toBe("invalid");
    expect(decode([...text]).state).toBe("invalid");
  });

  it("takes a size of 16 digits", () => {
    expect(decode(["0000000000000001\r\na\r\n0\r\n\r\n"]).state).toBe("done");
  });

  it("allows 4096 extension bytes in a whole body and not one more", () => {
    const chunk = (bytes: number) => `1;${"x".repeat(bytes)}\r\na\r\n`;
    expect(decode([`${chunk(2048)}${chunk(2048)}0\r\n\r\n`]).state).toBe("done");
    expect(decode([`${chunk(2048)}${chunk(2049)}0\r\n\r\n`]).state).toBe("invalid");
    expect(decode([`1${" ".repeat(4097)}\r\n`]).state).toBe("invalid");
  });

  it("allows 8192 bytes of trailers and not one more", () => {
    const trailers = (bytes: number) => `0\r\nA: ${"x".repeat(bytes - 7)}\r\n\r\n`;
    expect(decode([trailers(8192)]).state).toBe("done");
    expect(decode([trailers(8193)]).state).toBe("invalid");
  });

  it("gives back what was encoded, split anywhere", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 40 }), { maxLength: 6 }),
        fc.array(fc.nat(40)),
        (parts, cuts) => {
          const text = `${parts.map((part) => `${encodeChunkHead(part.length)}${part}\r\n`).join("")}${LAST_CHUNK}`;
          const pieces: string[] = [];
          let at = 0;
          for (const cut of cuts) {
            pieces.push(text.slice(at, at + cut));
            at += cut;
          }
          pieces.push(text.slice(at));
          expect(decode(pieces)).toMatchObject({ state: "done", body: parts.join(""), rest: "" });
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("encodeChunkHead()", () => {
  it("writes the size in hexadecimal", () => {
    expect(encodeChunkHead(0)).toBe("0\r\n");
    expect(encodeChunkHead(65535)).toBe("ffff\r\n");
  });
});
