import { describe, expect, test } from "vitest";
import { compileSite } from "../compile-site.ts";
import { readBody } from "../read-body.ts";
import { temporarySite } from "../temporary-site.ts";

const long = "0123456789".repeat(30_000);
const root = temporarySite({ "short.txt": "0123456789", "middle.bin": long.slice(0, 50_000), "long.bin": long });

function get(target: string, range: string, extra: Readonly<Record<string, string>> = {}, conf = "", method = "GET") {
  const site = compileSite(`server { ${conf} location / { root ${root}; } }`);
  return site.answer(site.request({ target, method, fields: { Range: range, ...extra } }));
}

describe("range", () => {
  test.each(["/short.txt", "/middle.bin", "/long.bin"])("one range of %s is a 206 with just these bytes", async (target) => {
    const response = get(target, "bytes=2-5");
    expect(response).toMatchObject({ status: 206, contentLength: 4 });
    expect(response.field("Content-Range")).toMatch(/^bytes 2-5\/\d+$/);
    expect(response.field("Accept-Ranges")).toBeUndefined();
    expect(await readBody(response.body)).toBe("2345");
  });

  test.each(["/short.txt", "/middle.bin", "/long.bin"])(
    "several ranges of %s are a multipart body of the declared length",
    async (target) => {
      const response = get(target, "bytes=0-1,-2");
      const body = await readBody(response.body);
      expect(body.length).toBe(response.contentLength);
      const boundary = /^multipart\/byteranges; boundary=(\d{20})$/.exec(response.contentType ?? "")?.[1];
      const parts = body.split(`\r\n--${boundary}`);
      expect(parts.map((part) => part.split("\r\n\r\n")[1])).toEqual([undefined, "01", "89", undefined]);
      expect(parts[1]).toMatch(/Content-Type: text\/plain\r\nContent-Range: bytes 0-1\/\d+\r\n/);
      expect(parts[3]).toBe("--\r\n");
    },
  );

  test("a range behind the end is a 416 that names the length and has no validators", () => {
    const response = get("/short.txt", "bytes=10-");
    expect(response).toMatchObject({ status: 416, isErrorPage: true, etag: undefined });
    expect(response.fields).toEqual(["Content-Range", "bytes */10"]);
  });

  test.each([
    ["If-Range of another tag", { "If-Range": '"x"' }],
    ["If-Range of another date", { "If-Range": "Tue, 14 Nov 2000 22:13:20 GMT" }],
  ])("%s gives the whole file", (_name, fields) => {
    expect(get("/short.txt", "bytes=0-1", fields as unknown as Record<string, string>)).toMatchObject({ status: 200, contentLength: 10 });
  });

  test("max_ranges bounds the number, and 0 switches ranges off", () => {
    expect(get("/short.txt", "bytes=0-0,2-2", {}, "max_ranges 1;").status).toBe(200);
    expect(get("/short.txt", "bytes=0-0,2-2", {}, "max_ranges 2;").status).toBe(206);
    const off = get("/short.txt", "bytes=0-0", {}, "max_ranges 0;");
    expect([off.status, off.field("Accept-Ranges")]).toEqual([200, undefined]);
  });

  test("ranges that sum to more than the file give the whole file", () => {
    expect(get("/short.txt", "bytes=0-9,0-9").status).toBe(200);
  });

  test("HEAD is answered like GET without a body", () => {
    expect(get("/short.txt", "bytes=2-5", {}, "", "HEAD")).toMatchObject({ status: 206, contentLength: 4, body: undefined });
  });

  test("text of `return` has no ranges", () => {
    const site = compileSite("server { location / { return 200 abc; } }");
    expect(site.answer(site.request({ fields: { Range: "bytes=0-0" } }))).toMatchObject({ status: 200, fields: [] });
  });
});
