import { execFileSync } from "node:child_process";
import { chmodSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Response } from "../../../src/http/response.ts";
import { compileSite } from "../compile-site.ts";
import { readBody } from "../read-body.ts";
import { temporarySite } from "../temporary-site.ts";

const root = temporarySite({
  "a.html": "hello",
  "UPPER.HTML": "HELLO",
  plain: "no extension",
  "empty.html": "",
  "sub/": "",
  "sp ace/": "",
  "caf\u00e9.html": "latin",
  "big.bin": Buffer.alloc(300_000, "0123456789"),
});
const site = compileSite(`server { location / { root ${root}; types { text/html html; } } }`);

describe("static", () => {
  test("a file is answered with its type, length, entity tag and modification time", async () => {
    utimesSync(`${root}/a.html`, 1_000_000, 1_700_000_000.9);
    const response = site.answer(site.request({ target: "/a.html?x=1" }));
    expect(response).toMatchObject({
      status: 200,
      contentType: "text/html",
      contentLength: 5,
      lastModified: 1_700_000_000,
      etag: '"6553f100-5"',
    });
    expect(response.fields).toEqual(["ETag", '"6553f100-5"', "Accept-Ranges", "bytes"]);
    expect(await readBody(response.body)).toBe("hello");
  });

  test.each([
    ["/UPPER.HTML", "text/html"],
    ["/plain", "text/plain"],
  ])("%s has the type %s", (target, type) => {
    expect(site.answer(site.request({ target })).contentType).toBe(type);
  });

  test("HEAD has the length and no body", () => {
    expect(site.answer(site.request({ method: "HEAD", target: "/a.html" }))).toMatchObject({
      status: 200,
      contentLength: 5,
      body: undefined,
    });
    expect(site.answer(site.request({ method: "HEAD", target: "/big.bin" }))).toMatchObject({
      status: 200,
      contentLength: 300_000,
      body: undefined,
    });
  });

  test.each([
    ["POST", "/a.html", 405],
    ["PUT", "/a.html", 405],
    ["DELETE", "/nothing", 405],
    ["POST", "/nothing", 404],
    ["GET", "/nothing", 404],
    ["GET", "/a.html/below", 404],
    ["GET", `/${"x".repeat(300)}`, 404],
    ["GET", "/sub/", 403],
  ])("%s %s is %i", (method, target, status) => {
    expect(site.ask(site.request({ method, target }))).toBe(status);
  });

  test("a missing file is logged in nginx's words", () => {
    const quiet = compileSite(`log_not_found off; server { location / { root ${root}; } }`);
    site.ask(site.request({ target: "/nothing" }));
    expect(site.logged.at(-1)).toBe(`error: open() "${root}/nothing" failed (2: No such file or directory)`);
    site.ask(site.request({ target: "/a.html/below" }));
    expect(site.logged.at(-1)).toBe(`error: open() "${root}/a.html/below" failed (20: Not a directory)`);
    site.ask(site.request({ target: "/sub/" }));
    expect(site.logged.at(-1)).toBe(`error: directory index of "${root}/sub/" is forbidden`);
    expect(quiet.ask(quiet.request({ target: "/nothing" }))).toBe(404);
    expect(quiet.logged).toEqual([]);
  });

  test("a directory without its slash is redirected to it, arguments kept", () => {
    expect(site.ask(site.request({ target: "/sub" }))).toMatchObject({ status: 301, location: "/sub/" });
    expect(site.ask(site.request({ target: "/sub?a=b" }))).toMatchObject({ status: 301, location: "/sub/?a=b" });
    expect(site.ask(site.request({ method: "POST", target: "/sub" }))).toMatchObject({ status: 301 });
  });

  test("a redirect to a directory escapes what a Location does not bear", () => {
    expect(site.ask(site.request({ target: "/sp%20ace" }))).toMatchObject({ status: 301, location: "/sp%20ace/" });
  });

  test("bytes above ASCII name files as they are on disk", async () => {
    expect(await readBody(site.answer(site.request({ target: "/caf%C3%A9.html" })).body)).toBe("latin");
  });

  test("a copy in memory is not used once the file has changed", async () => {
    const answerText = () => readBody(site.answer(site.request({ target: "/a.html" })).body);
    writeFileSync(`${root}/a.html`, "hello");
    expect(await answerText()).toBe("hello");
    writeFileSync(`${root}/a.html`, "other");
    expect(await answerText()).toBe("other");
    writeFileSync(`${root}/next`, "moved");
    const before = statSync(`${root}/a.html`);
    utimesSync(`${root}/next`, before.atime, before.mtime);
    renameSync(`${root}/next`, `${root}/a.html`);
    expect(await answerText()).toBe("moved");
    writeFileSync(`${root}/a.html`, "hello");
  });

  test("an empty file is an answer of length 0", () => {
    expect(site.answer(site.request({ target: "/empty.html" }))).toMatchObject({ status: 200, contentLength: 0, body: "" });
  });

  test("a FIFO is not waited for", () => {
    execFileSync("mkfifo", [`${root}/fifo`]);
    expect(site.ask(site.request({ target: "/fifo" }))).toBe(404);
    expect(site.logged.at(-1)).toBe(`crit: "${root}/fifo" is not a regular file`);
  });

  test("a loop of links is forbidden", () => {
    symlinkSync(`${root}/loop`, `${root}/loop`);
    expect(site.ask(site.request({ target: "/loop" }))).toBe(403);
    expect(site.logged.at(-1)).toBe(`error: open() "${root}/loop" failed (40: Too many levels of symbolic links)`);
  });

  test.skipIf(process.getuid?.() === 0)("a file that may not be read is forbidden, in memory or not", () => {
    writeFileSync(`${root}/secret`, "x");
    expect(site.answer(site.request({ target: "/secret" })).status).toBe(200);
    chmodSync(`${root}/secret`, 0);
    expect(site.ask(site.request({ target: "/secret" }))).toBe(403);
  });

  test("a long file streams whole at any pace", async () => {
    for (const pauses of [false, true]) {
      const response = site.answer(site.request({ target: "/big.bin" }));
      expect(response.contentLength).toBe(300_000);
      const text = await readBody(response.body, pauses);
      expect(text.length).toBe(300_000);
      expect(text.startsWith("0123456789")).toBe(true);
    }
  });

  test("etag off sends no tag", () => {
    const plain = compileSite(`server { etag off; location / { root ${root}; } }`);
    expect(plain.answer(plain.request({ target: "/a.html" }))).toMatchObject({ etag: undefined, fields: ["Accept-Ranges", "bytes"] });
  });

  test("an empty default_type sends no type", () => {
    const untyped = compileSite(`server { default_type ""; location / { root ${root}; } }`);
    expect(untyped.answer(untyped.request({ target: "/plain" })).contentType).toBeUndefined();
  });

  test("explain is told of the file", () => {
    const steps: string[] = [];
    const r = site.request({ target: "/a.html" });
    r.trace = (step) => steps.push(`${step.step}: ${step.subject} ${step.text}`);
    expect(site.ask(r)).toBeInstanceOf(Response);
    expect(steps).toEqual([`static: ${root}/a.html is a file`]);
  });
});
