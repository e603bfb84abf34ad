import { describe, expect, it } from "vitest";
import type { CompiledLocation } from "../../../src/http/compiled.ts";
import { parseResponseHead, type ResponseHead } from "../../../src/http/message/response-head.ts";
import { UpstreamState } from "../../../src/http/upstream-state.ts";
import { VariableRegistry } from "../../../src/http/variables.ts";
import { upstreamVariables } from "../../../src/upstream/variables.ts";
import { makeRequest } from "../make-request.ts";

const registry = new VariableRegistry();
registry.add(upstreamVariables);

function variable(name: string, states: UpstreamState[], head = ""): string | undefined {
  const r = makeRequest({} as CompiledLocation);
  if (states.length > 0) r.upstreamStates = states;
  if (head !== "") r.upstreamHead = parseResponseHead(`${head}\r\n\r\n`, 0, "cgi", 4096) as ResponseHead;
  return registry.resolve(name)?.(r);
}

function state(address: string, facts: Partial<UpstreamState> = {}, followsRedirect = false): UpstreamState {
  return Object.assign(new UpstreamState(address, followsRedirect), facts);
}

describe("the $upstream_* variables", () => {
  it.each([
    ["upstream_addr", "10.0.0.1:80, unix:/a : 10.0.0.2:80"],
    ["upstream_status", "502, 200 : -"],
    ["upstream_response_time", "0.001, 1.234 : -"],
    ["upstream_connect_time", "-, 0.000 : -"],
    ["upstream_error", "connect_refused, - : -"],
    ["upstream_response_length", "0, 7 : 0"],
  ])("$%s lists its attempts: %s", (name, expected) => {
    const states = [
      state("10.0.0.1:80", { status: 502, responseMs: 1, errorCode: "connect_refused" }),
      state("unix:/a", { status: 200, responseMs: 1234.4, connectMs: 0, responseLength: 7 }),
      state("10.0.0.2:80", {}, true),
    ];
    expect(variable(name, states)).toBe(expected);
  });

  it("are empty where nothing was forwarded", () => {
    expect(["upstream_addr", "upstream_http_x", "upstream_cookie_a", "upstream_cache_status"].map((name) => variable(name, []))).toEqual([
      "",
      "",
      "",
      "",
    ]);
  });

  it("read fields and cookies of the answer", () => {
    const head = "X-Own: 1\r\nX-Own: 2\r\nSet-Cookie: sid=abc; Path=/";
    expect([variable("upstream_http_x_own", [], head), variable("upstream_cookie_SID", [], head)]).toEqual(["1, 2", "abc"]);
  });
});
