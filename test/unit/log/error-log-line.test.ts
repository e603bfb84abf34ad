import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderErrorLine } from "../../../src/log/error-log-line.ts";

const TIME = "2026/11/22 16:20:11";

describe("renderErrorLine()", () => {
  it("has nginx's form", () => {
    const context = {
      client: "127.0.0.1",
      server: "localhost",
      request: "GET / HTTP/1.1",
      upstream: "uwsgi://127.0.0.1:3031",
      host: "a",
      referrer: undefined,
    };
    expect(renderErrorLine(TIME, "error", 7, 5, "connect() failed (111: Connection refused) while connecting to upstream", context)).toBe(
      `${TIME} [error] 7#7: *5 connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, ` +
        'server: localhost, request: "GET / HTTP/1.1", upstream: "uwsgi://127.0.0.1:3031", host: "a"\n',
    );
  });

  it("has no connection number outside of one", () => {
    expect(renderErrorLine(TIME, "notice", 7, undefined, "using inherited sockets", undefined)).toBe(
      `${TIME} [notice] 7#7: using inherited sockets\n`,
    );
  });

  it("keeps bytes above 0x7f and escapes control characters", () => {
    const line = renderErrorLine(TIME, "info", 7, 1, "a\r\nb\x1b[31m\xe9", { host: "x\ny" });
    expect(line).toBe(`${TIME} [info] 7#7: *1 a\\x0D\\x0Ab\\x1B[31m\xe9, host: "x\\x0Ay"\n`);
  });

  it("cuts what is longer than 2048 bytes", () => {
    expect(renderErrorLine(TIME, "info", 7, 1, "m".repeat(2049), undefined)).toContain(`${"m".repeat(2048)}...\n`);
    expect(renderErrorLine(TIME, "info", 7, 1, "m".repeat(2048), undefined)).toContain(`${"m".repeat(2048)}\n`);
  });

  it("is one line whatever a client sends", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (message, host) => {
        const line = renderErrorLine(TIME, "error", 7, 1, message, { host });
        expect(line.search(/[\x00-\x1f\x7f]/)).toBe(line.length - 1);
      }),
    );
  });
});
