import { describe, expect, it } from "vitest";
import { parseResponseHead, ResponseHead } from "../../../src/http/message/response-head.ts";
import { Response } from "../../../src/http/response.ts";
import { addToOwnAnswer, addToUpstreamAnswer, carriedFrom } from "../../../src/upstream/carried-fields.ts";

function headOf(text: string): ResponseHead {
  const head = parseResponseHead(`${text}\r\n\r\n`, 0, "cgi", 4096);
  if (!(head instanceof ResponseHead)) throw new Error(`Cannot read ${text}`);
  return head;
}

function answerOf(contentType: string | undefined, ...fields: readonly string[]): Response {
  const response = new Response(200, "x", 1);
  response.contentType = contentType;
  response.fields = [...fields];
  return response;
}

const FIRST = headOf("Content-Type: x/y\r\nSet-Cookie: a\r\nX-Lost: 1\r\nSet-Cookie: b\r\nCache-Control: no-cache");

describe("carriedFrom()", () => {
  it("adds to what an earlier answer left, whose type holds where a later one names none", () => {
    const left = carriedFrom(headOf("Set-Cookie: c"), false, carriedFrom(FIRST, false, undefined));
    expect(left.contentType).toBe("x/y");
    expect(left.fields).toEqual(["Set-Cookie", "a", "Set-Cookie", "b", "Cache-Control", "no-cache", "Set-Cookie", "c"]);
  });

  it("leaves out what an answer says of ranges where ranges are forced", () => {
    expect(carriedFrom(headOf("Accept-Ranges: none"), true, undefined).fields).toEqual([]);
    expect(carriedFrom(headOf("Accept-Ranges: none"), false, undefined).fields).toEqual(["Accept-Ranges", "none"]);
  });
});

describe("addToOwnAnswer()", () => {
  it("gives a file the application's type, cookies and caching, before its own fields", () => {
    const response = answerOf("text/plain", "ETag", '"f"', "Accept-Ranges", "bytes");
    addToOwnAnswer(carriedFrom(FIRST, false, undefined), response);
    expect(response.contentType).toBe("x/y");
    expect(response.fields).toEqual(
      ["Set-Cookie", "a", "Set-Cookie", "b", "Cache-Control", "no-cache"].concat(["ETag", '"f"', "Accept-Ranges", "bytes"]),
    );
  });

  it("puts Expires in place of the file's own", () => {
    const response = answerOf("text/plain", "Expires", "own");
    addToOwnAnswer(carriedFrom(headOf("Expires: theirs"), false, undefined), response);
    expect(response.fields).toEqual(["Expires", "theirs"]);
  });

  it("leaves an error page its type", () => {
    const response = answerOf("text/html");
    response.isErrorPage = true;
    addToOwnAnswer(carriedFrom(headOf("Content-Type: x/y\r\nAccept-Ranges: none\r\nSet-Cookie: a"), false, undefined), response);
    expect(response.contentType).toBe("text/html");
    expect(response.fields).toEqual(["Set-Cookie", "a"]);
  });
});

describe("addToUpstreamAnswer()", () => {
  it("leaves another upstream's answer its type and fields beside the carried ones", () => {
    const response = answerOf("b/second", "Expires", "second");
    addToUpstreamAnswer(carriedFrom(headOf("Content-Type: x/y\r\nExpires: first"), false, undefined), response);
    expect(response.contentType).toBe("b/second");
    expect(response.fields).toEqual(["Expires", "first", "Expires", "second"]);
  });

  it("gives an answer without a type the one that was carried", () => {
    const response = answerOf(undefined);
    addToUpstreamAnswer(carriedFrom(FIRST, false, undefined), response);
    expect(response.contentType).toBe("x/y");
  });
});
