import { describe, expect, test } from "vitest";
import type { DirectoryEntry } from "../../../../src/http/core/directory.ts";
import { type BodySink, Response } from "../../../../src/http/response.ts";
import { readCallbackName } from "../../../../src/modules/autoindex/callback-name.ts";
import { ListingBody } from "../../../../src/modules/autoindex/listing-body.ts";
import { renderJson, renderJsonp } from "../../../../src/modules/autoindex/render-json.ts";
import { renderXml } from "../../../../src/modules/autoindex/render-xml.ts";
import { sortEntries } from "../../../../src/modules/autoindex/sort-entries.ts";

const entry = (name: string, kind: DirectoryEntry["kind"] = "file"): DirectoryEntry => ({ name, kind, bytes: 3, modifiedSeconds: 0 });

describe("sortEntries()", () => {
  test("puts directories first and orders by bytes", () => {
    const sorted = sortEntries([entry("b"), entry("\xe9"), entry("z", "directory"), entry("B"), entry("a", "directory"), entry("a-b")]);
    expect(sorted.map(({ name }) => name)).toEqual(["a", "z", "B", "a-b", "b", "\xe9"]);
  });
});

describe("renderJson()", () => {
  test("makes what a JSON parser reads back", () => {
    const names = ['quote"', "back\\slash", "line\n", "\x01", "plain"];
    expect(JSON.parse(renderJson(names.map((name) => entry(name))))).toEqual(
      names.map((name) => ({ name, type: "file", mtime: "Thu, 01 Jan 1970 00:00:00 GMT", size: 3 })),
    );
  });

  test("gives sizes of files alone", () => {
    expect(JSON.parse(renderJson([entry("d", "directory"), entry("o", "other")]))).toEqual([
      { name: "d", type: "directory", mtime: "Thu, 01 Jan 1970 00:00:00 GMT" },
      { name: "o", type: "other", mtime: "Thu, 01 Jan 1970 00:00:00 GMT" },
    ]);
  });

  test("renderJsonp() calls the function with it", () => {
    expect(renderJsonp([], "f")).toBe("/* callback */\r\nf([\r\n]);");
  });
});

test("renderXml() escapes names and dates files in UTC", () => {
  expect(renderXml([entry("<&>")])).toBe(
    '<?xml version="1.0"?>\r\n<list>\r\n<file mtime="1970-01-01T00:00:00Z" size="3">&lt;&amp;&gt;</file>\r\n</list>\r\n',
  );
});

describe("readCallbackName()", () => {
  test.each([
    ["", { kind: "none" }],
    ["callback=", { kind: "none" }],
    ["a=1&callback=f.g_2", { kind: "name", name: "f.g_2" }],
    ["callback=f%28", { kind: "invalid", name: "f%28" }],
    ["callback=f[0]", { kind: "invalid", name: "f[0]" }],
  ] as const)("reads %j", (args, expected) => {
    expect(readCallbackName(args)).toEqual(expected);
  });

  test("takes 128 characters and no more", () => {
    expect(readCallbackName(`callback=${"c".repeat(128)}`).kind).toBe("name");
    expect(readCallbackName(`callback=${"c".repeat(129)}`).kind).toBe("too long");
  });
});

describe("ListingBody", () => {
  /** Takes the first chunk with `answer`. */
  function sinkThat(answer: boolean): { sink: BodySink; seen: string[] } {
    const seen: string[] = [];
    const sink: BodySink = {
      write: (chunk) => {
        seen.push(chunk.toString("latin1"));
        return answer;
      },
      end: () => void seen.push("end"),
      fail: () => void seen.push("fail"),
    };
    return { sink, seen };
  }

  test("is rendered for the charset that the answer has when it is sent", () => {
    const response = new Response(200, undefined, -1);
    const body = new ListingBody(response, (charset) => charset);
    response.contentType = "text/html; charset=UTF-8";
    const { sink, seen } = sinkThat(true);
    body.start(sink);
    expect(seen).toEqual(["utf-8", "end"]);
  });

  test("ends after a slow client has taken it", () => {
    const body = new ListingBody(new Response(200, undefined, -1), (charset) => charset);
    const { sink, seen } = sinkThat(false);
    body.start(sink);
    expect(seen).toEqual(["other"]);
    body.resume();
    body.resume();
    expect(seen).toEqual(["other", "end"]);
  });

  test("says nothing more once it is aborted", () => {
    const body = new ListingBody(new Response(200, undefined, -1), (charset) => charset);
    const { sink, seen } = sinkThat(false);
    body.start(sink);
    body.abort();
    body.resume();
    expect(seen).toEqual(["other"]);
  });
});
