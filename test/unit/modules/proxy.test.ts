import { describe, expect, it } from "vitest";
import { isExplainable } from "../../../src/upstream/explain.ts";
import { compileForwardSite } from "../upstream/forward-fixture.ts";

const GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

function complaints(conf: string): readonly string[] {
  return compileForwardSite(conf).diagnostics.map((diagnostic) => diagnostic.message);
}

const inLocation = (directives: string, name = "/"): string => `server { location ${name} { ${directives} } }`;
const NO_URI_PART =
  '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block';
const AT_LEAST = 'must be equal to or greater than the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"';

describe("the proxy module's directives", () => {
  it.each([
    [inLocation("proxy_pass 127.0.0.1:80;"), "invalid URL prefix"],
    [inLocation("proxy_pass ftp://a;"), "invalid URL prefix"],
    [inLocation("proxy_pass http://127.0.0.1:99999;"), 'invalid port in upstream "127.0.0.1:99999"'],
    [inLocation("proxy_pass http://;"), 'no host in upstream ""'],
    [inLocation("proxy_pass http://a; proxy_pass http://b;"), '"proxy_pass" directive is duplicate'],
    [inLocation("proxy_pass http://127.0.0.1/x;", "~ x"), NO_URI_PART],
    [inLocation("proxy_pass http://127.0.0.1/x;", "@named"), NO_URI_PART],
    [inLocation("if ($host) { proxy_pass http://127.0.0.1/x; }"), NO_URI_PART],
    [`upstream a { server 127.0.0.1:1; } ${inLocation("proxy_pass http://a:80;")}`, 'upstream "a" may not have port 80'],
    [inLocation("proxy_buffers 1 4k; proxy_pass http://a;"), 'there must be at least 2 "proxy_buffers"'],
    [inLocation("proxy_busy_buffers_size 1k; proxy_pass http://a;"), `"proxy_busy_buffers_size" ${AT_LEAST}`],
    [
      inLocation("proxy_busy_buffers_size 1m; proxy_pass http://a;"),
      '"proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer',
    ],
    [inLocation("proxy_temp_file_write_size 1k; proxy_pass http://a;"), `"proxy_temp_file_write_size" ${AT_LEAST}`],
    [
      inLocation("proxy_max_temp_file_size 1k; proxy_pass http://a;"),
      `"proxy_max_temp_file_size" must be equal to zero to disable temporary files usage or ${AT_LEAST}`,
    ],
    [inLocation("proxy_redirect a;"), 'invalid parameter "a"'],
    [inLocation("proxy_next_upstream foo;"), 'invalid value "foo"'],
    [inLocation("proxy_http_version 1.2;"), 'invalid value "1.2"'],
    [inLocation("proxy_ignore_headers Foo;"), 'invalid value "Foo"'],
  ])("%s is a mistake in nginx's words", (conf, message) => {
    expect(complaints(conf)).toEqual([message]);
  });

  it.each([
    inLocation("proxy_pass http://127.0.0.1:1/x/;"),
    inLocation("proxy_pass http://unix:/run/a.sock:/x;"),
    inLocation("proxy_pass http://127.0.0.1/x; if ($host) { set $a b; }"),
    inLocation("proxy_pass http://$host/x;", "~ y"),
    inLocation(
      "proxy_pass http://a; proxy_redirect default; proxy_redirect ~^http://x(.*) /y$1; proxy_buffers 8 16k; proxy_buffer_size 16k;",
    ),
    inLocation("proxy_pass http://a; proxy_next_upstream error timeout; proxy_next_upstream http_502;"),
  ])("%s is right", (conf) => {
    expect(complaints(conf)).toEqual([]);
  });

  it("explain() gives the head that would be sent, the group and its servers", () => {
    const site = compileForwardSite(
      `upstream app { server 127.0.0.1:1 weight=2; server 127.0.0.1:2 backup; } ${inLocation("proxy_pass http://app/v1/; proxy_set_header X-Host $host;", "/a/")}`,
    );
    const r = site.request("GET /a/b?c HTTP/1.1\r\nHost: x.test\r\nX-Own: 1\r\n\r\n");
    const handler = r.location.handlers.find(isExplainable);
    expect(handler?.explain(r)).toEqual({
      protocol: "http",
      upstream: "http://app",
      peers: [
        { server: "127.0.0.1:1", weight: 2, backup: false, down: false },
        { server: "127.0.0.1:2", weight: 1, backup: true, down: false },
      ],
      head: "GET /v1/b?c HTTP/1.1\r\nX-Host: x.test\r\nHost: app\r\nX-Own: 1\r\n\r\n",
    });
  });

  it("answers 500 when an evaluated address is none", async () => {
    const site = compileForwardSite(inLocation("proxy_pass $arg_to;"));
    expect(await site.ask(site.request(GET))).toBe(500);
    expect(site.logged[0]?.message).toBe('invalid URL prefix in ""');
  });

  it("keeps line ends in a variable out of the head", () => {
    const site = compileForwardSite(inLocation("proxy_pass http://a; proxy_set_header X-Uri $uri;"));
    const r = site.request(GET);
    r.uri = "/a\r\nX-Evil: 1";
    const explained = r.location.handlers.find(isExplainable)?.explain(r);
    expect(explained).toMatchObject({ head: "GET /a HTTP/1.1\r\nX-Uri: /a X-Evil: 1\r\nHost: a\r\n\r\n" });
  });

  it.each([
    ["proxy_method PUT;", "PUT /a HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["proxy_http_version 1.0;", "GET /a HTTP/1.0\r\nHost: a\r\nConnection: close\r\n\r\n"],
    ["proxy_set_header Host $host;", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"],
    ['proxy_set_header Host "";', "GET /a HTTP/1.1\r\n\r\n"],
    ["proxy_set_header Content-Length 99; proxy_set_header Transfer-Encoding chunked;", "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["proxy_set_header X-F $proxy_add_x_forwarded_for;", "GET /a HTTP/1.1\r\nX-F: 127.0.0.1\r\nHost: a\r\n\r\n"],
    ["proxy_set_header X-H $proxy_host:$proxy_port;", "GET /a HTTP/1.1\r\nX-H: a:80\r\nHost: a\r\n\r\n"],
  ])("%s makes %j", (directives, head) => {
    const site = compileForwardSite(inLocation(`proxy_pass http://a; ${directives}`));
    const r = site.request(GET);
    expect(r.location.handlers.find(isExplainable)?.explain(r)).toMatchObject({ head });
  });

  it("passes an upgrade on without being told to, but not to HTTP/2, and not where it is told not to", () => {
    const headFor = (upgrade: string, directives = ""): unknown => {
      const site = compileForwardSite(inLocation(`proxy_pass http://a; ${directives}`));
      const r = site.request(`GET /a HTTP/1.1\r\nHost: x\r\nUpgrade: ${upgrade}\r\nConnection: Upgrade\r\n\r\n`);
      return r.location.handlers.find(isExplainable)?.explain(r);
    };
    expect(headFor("websocket")).toMatchObject({ head: "GET /a HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n" });
    expect(headFor("any")).toMatchObject({ head: "GET /a HTTP/1.1\r\nHost: a\r\nUpgrade: any\r\nConnection: upgrade\r\n\r\n" });
    const without = { head: "GET /a HTTP/1.1\r\nHost: a\r\n\r\n" };
    expect(headFor("h2c")).toMatchObject(without);
    expect(headFor("any", "proxy_pass_upgrade off;")).toMatchObject(without);
    expect(headFor("h2c", "proxy_set_header Upgrade $http_upgrade;")).toMatchObject(without);
  });
});
