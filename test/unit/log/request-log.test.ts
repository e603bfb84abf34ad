import { describe, expect, it, vi } from "vitest";
import { RequestContext } from "../../../src/http/request-context.ts";
import { logRequestError } from "../../../src/http/request-log.ts";
import { renderErrorLine } from "../../../src/log/error-log-line.ts";
import { makeRequest } from "../http/core/variables/request-fixture.ts";

describe("logRequestError()", () => {
  it("adds nginx's facts in nginx's order, then ours", () => {
    const fields = [
      ["Host", "example.com:80"],
      ["Referer", "http://a/"],
    ] as const;
    const { r: parent, errorLines } = makeRequest({ target: "/", fields });
    const r = new RequestContext(parent.exchange, parent.head, parent.server, 0, parent);
    r.uri = "/s";
    logRequestError(r, "error", "m", { cause: "refused", remedy: "start it", upstream: "http://127.0.0.1:9/" });
    const [line] = errorLines;
    expect(renderErrorLine("T", "error", 1, line?.connection, line?.message ?? "", line?.context)).toBe(
      'T [error] 1#1: *5 m, client: 192.0.2.7, server: example.com, request: "GET / HTTP/1.1", subrequest: "/s", ' +
        'upstream: "http://127.0.0.1:9/", host: "example.com:80", referrer: "http://a/", cause: refused, remedy: "start it"\n',
    );
  });

  it("leaves out what the request has not", () => {
    const { r, errorLines } = makeRequest({ target: "/", fields: [] });
    logRequestError(r, "info", "m");
    const [line] = errorLines;
    expect(renderErrorLine("T", "info", 1, line?.connection, line?.message ?? "", line?.context)).toBe(
      'T [info] 1#1: *5 m, client: 192.0.2.7, server: example.com, request: "GET / HTTP/1.1"\n',
    );
  });

  it("writes nothing at a level that is off", () => {
    const write = vi.fn();
    const { r } = makeRequest({ settings: { errorLog: { isOn: () => false, write } } });
    logRequestError(r, "debug", "m");
    expect(write).not.toHaveBeenCalled();
  });
});
