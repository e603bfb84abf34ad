import { describe, expect, it } from "vitest";
import { type ExplainedContent, isExplainable } from "../../../src/upstream/explain.ts";
import { compileForwardSite } from "../upstream/forward-fixture.ts";

const inLocation = (directives: string): string => `server { location / { ${directives} } }`;

function complaints(conf: string): readonly string[] {
  const { diagnostics } = compileForwardSite(conf);
  return diagnostics.filter(({ level }) => level !== "notice").map(({ message }) => message);
}

function explained(directives: string, request: string): ExplainedContent | undefined {
  const site = compileForwardSite(inLocation(`uwsgi_pass 127.0.0.1:1; ${directives}`));
  const r = site.request(request);
  return r.location.handlers.find(isExplainable)?.explain(r);
}

describe("the uwsgi module's directives", () => {
  it.each([
    [inLocation("uwsgi_pass foo;"), 'no port in upstream "foo"'],
    [inLocation("uwsgi_pass 127.0.0.1;"), 'no port in upstream "127.0.0.1"'],
    [inLocation("uwsgi_pass unix:;"), 'no path in the unix domain socket in upstream "unix:"'],
    [inLocation("uwsgi_modifier1 256;"), "value must be between 0 and 255"],
    [inLocation("uwsgi_param A b c;"), 'invalid parameter "c"'],
    [inLocation("uwsgi_next_upstream http_502;"), 'invalid value "http_502"'],
    ["upstream a { } server { }", "no servers are inside upstream"],
    ["upstream a { server 127.0.0.1; } upstream a { server 127.0.0.1; } server { }", 'duplicate upstream "a"'],
    ["upstream a { server 127.0.0.1 weight=0; } server { }", 'invalid parameter "weight=0"'],
    ["upstream a { server 127.0.0.1 foo=1; } server { }", 'invalid parameter "foo=1"'],
    ["upstream a { server 127.0.0.1 backup; } server { }", 'no servers in upstream "a"'],
    ["upstream a { server 127.0.0.1:1; foo; } server { }", 'unknown directive "foo"'],
    ["upstream a { server 127.0.0.1:1; least_time header; } server { }", '"least_time" directive is not supported yet'],
    ["upstream a { server :80; } server { }", 'no host in upstream ":80"'],
    ["upstream a { server 127.0.0.1; keepalive 1; keepalive 2; } server { }", '"keepalive" directive is duplicate'],
    ["upstream a { server; } server { }", 'invalid number of arguments in "server" directive'],
  ])("%s is a mistake in nginx's words", (conf, message) => {
    expect(complaints(conf)).toEqual([message]);
  });

  it.each([
    "upstream a { server 127.0.0.1:1 weight=2 max_fails=3 fail_timeout=1m max_conns=4; server b:2 down; keepalive 8 local; keepalive_timeout 5s; } server { location / { uwsgi_pass a; } }",
    inLocation("uwsgi_pass uwsgi://unix:/run/app.sock;"),
    inLocation("uwsgi_pass $host:1; uwsgi_param A $uri if_not_empty; uwsgi_buffering off;"),
  ])("%s is right", (conf) => {
    expect(complaints(conf)).toEqual([]);
  });

  it("explain() gives the packet that would be sent, decoded", () => {
    const params =
      "uwsgi_param A one; uwsgi_param B $arg_b; uwsgi_param C $arg_none if_not_empty; uwsgi_param HTTP_X_GONE ''; uwsgi_param HTTP_X_SET ours;";
    expect(
      explained(
        `${params} uwsgi_modifier1 5; uwsgi_modifier2 7;`,
        "GET /x?b=2 HTTP/1.1\r\nHost: h\r\nX-Gone: 1\r\nX-Set: theirs\r\nTransfer-Encoding: chunked\r\nX-Kept: k\r\n\r\n",
      ),
    ).toEqual({
      protocol: "uwsgi",
      upstream: "uwsgi://127.0.0.1:1",
      peers: [{ server: "127.0.0.1:1", weight: 1, backup: false, down: false }],
      modifier1: 5,
      modifier2: 7,
      vars: [
        ["A", "one"],
        ["B", "2"],
        ["HTTP_X_SET", "ours"],
        ["HTTP_HOST", "h"],
        ["HTTP_X_KEPT", "k"],
      ],
      blockBytes: 62,
    });
  });

  it("counts bytes, not characters, of what is not ASCII", () => {
    expect(explained("uwsgi_param A b;", "GET / HTTP/1.1\r\nHost: h\r\nX-U: caf\xc3\xa9\r\n\r\n")).toMatchObject({
      vars: [
        ["A", "b"],
        ["HTTP_HOST", "h"],
        ["HTTP_X_U", "caf\xc3\xa9"],
      ],
    });
  });

  it("sends HTTP_HOST without the client's fields, and no field of theirs, with uwsgi_pass_request_headers off", () => {
    expect(explained("uwsgi_param A b; uwsgi_pass_request_headers off;", "GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\n\r\n")).toMatchObject({
      vars: [
        ["A", "b"],
        ["HTTP_HOST", "h"],
      ],
    });
  });
});
