import { describe, expect, it } from "vitest";
import { type ListenSpec, parseListen } from "../../../../src/http/core/listen-address.ts";

function specs(text: string): readonly ListenSpec[] {
  const reading = parseListen(text.split(" "));
  if ("error" in reading) throw new Error(reading.error);
  return reading.listens;
}

function spec(text: string): ListenSpec {
  const [first, ...others] = specs(text);
  if (first === undefined || others.length > 0) throw new Error(`${text} is not one socket`);
  return first;
}

describe("parseListen()", () => {
  it.each([
    ["80", "ipv4", "0.0.0.0", 80],
    ["00080", "ipv4", "0.0.0.0", 80],
    ["*:8080", "ipv4", "0.0.0.0", 8080],
    ["*", "ipv4", "0.0.0.0", 80],
    ["127.0.0.1", "ipv4", "127.0.0.1", 80],
    ["127.0.0.1:8000", "ipv4", "127.0.0.1", 8000],
    ["localhost:81", "ipv4", "127.0.0.1", 81],
    ["example.test", "ipv4", "example.test", 80],
    ["[::]:80", "ipv6", "::", 80],
    ["[::1]", "ipv6", "::1", 80],
    ["65535", "ipv4", "0.0.0.0", 65_535],
  ])("reads %s", (text, family, host, port) => {
    expect(spec(text)).toMatchObject({ family, host, port, path: undefined });
  });

  it("reads a unix socket's path, colons and all", () => {
    expect(spec("unix:/run/a:b.sock")).toMatchObject({ family: "unix", path: "/run/a:b.sock", host: undefined, port: undefined });
    expect(spec(`UNIX:/${"a".repeat(106)}`).path).toHaveLength(107);
  });

  it("makes a socket of each port in a range", () => {
    expect(specs("8000-8002").map(({ port }) => port)).toEqual([8000, 8001, 8002]);
    expect(specs("127.0.0.1:8000-8000")).toHaveLength(1);
    expect(specs("[::1]:1-2").map(({ host }) => host)).toEqual(["::1", "::1"]);
  });

  it.each([
    ["0", "invalid port"],
    ["65536", "invalid port"],
    ["0-5", "invalid port"],
    ["127.0.0.1:18000-70000", "invalid port"],
    ["8002-8000", "invalid port range"],
    ["127.0.0.1:", "invalid port"],
    ["*:", "invalid port"],
    ["::1", "invalid port"],
    [":80", "no host"],
    ["[::1", "invalid host"],
    ["[::1]80", "invalid host"],
    ["[::1]:0", "invalid port"],
    ["[zz]:80", "invalid IPv6 address"],
    ["127.0.0.1/x", "invalid host"],
    ["a?b", "invalid host"],
    ["unix:", "no path in the unix domain socket"],
    [`unix:/${"a".repeat(107)}`, "too long path in the unix domain socket"],
  ])("refuses %s in nginx's words: %s", (text, mistake) => {
    expect(parseListen([text])).toEqual({ error: `${mistake} in "${text}" of the "listen" directive`, index: 0 });
  });

  it("reads words", () => {
    const words = "80 default_server ssl http2 proxy_protocol reuseport bind deferred";
    expect(spec(words)).toMatchObject({
      defaultServer: true,
      ssl: true,
      http2: true,
      proxyProtocol: true,
      reuseport: true,
      bind: true,
      deferred: true,
    });
    expect(spec("80 default").defaultServer).toBe(true);
    expect(spec("80")).toMatchObject({ defaultServer: false, ssl: false, ipv6Only: true, backlog: undefined, soKeepalive: undefined });
  });

  it("reads values", () => {
    expect(spec("80 backlog=10 rcvbuf=8k sndbuf=0 fastopen=3 ipv6only=off")).toMatchObject({
      backlog: 10,
      rcvbufBytes: 8192,
      sndbufBytes: 0,
      fastopen: 3,
      ipv6Only: false,
    });
  });

  it("reads the three parts of so_keepalive, each of which may be missing", () => {
    expect(spec("80 so_keepalive=on").soKeepalive).toBe("on");
    expect(spec("80 so_keepalive=off").soKeepalive).toBe("off");
    expect(spec("80 so_keepalive=30m::10").soKeepalive).toEqual({ idleSeconds: 1800, intervalSeconds: undefined, probes: 10 });
    expect(spec("80 so_keepalive=:5").soKeepalive).toEqual({ idleSeconds: undefined, intervalSeconds: 5, probes: undefined });
  });

  it.each([
    ["foo", 'invalid parameter "foo"'],
    ["backlog=0", 'invalid backlog "backlog=0"'],
    ["backlog=-1", 'invalid backlog "backlog=-1"'],
    ["rcvbuf=x", 'invalid rcvbuf "rcvbuf=x"'],
    ["sndbuf=-1", 'invalid sndbuf "sndbuf=-1"'],
    ["fastopen=x", 'invalid fastopen "fastopen=x"'],
    ["ipv6only=maybe", 'invalid parameter "ipv6only=maybe"'],
    ["setfib=1", 'invalid parameter "setfib=1"'],
    ["so_keepalive=::", 'invalid so_keepalive value: "::"'],
    ["so_keepalive=::0", 'invalid so_keepalive value: "::0"'],
    ["so_keepalive=1:2:3:4", 'invalid so_keepalive value: "1:2:3:4"'],
    ["so_keepalive=x", 'invalid so_keepalive value: "x"'],
  ])("refuses the parameter %s in nginx's words", (parameter, error) => {
    expect(parseListen(["80", "ssl", parameter])).toMatchObject({ error, index: 2 });
  });
});
