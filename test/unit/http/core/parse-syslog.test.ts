import { expect, it } from "vitest";
import type { Diagnostic } from "../../../../src/config/diagnostic.ts";
import { createReport } from "../../../../src/config/report.ts";
import { createSource } from "../../../../src/config/source.ts";
import { parseSyslog } from "../../../../src/http/core/parse-syslog.ts";

function parse(text: string) {
  const diagnostics: Diagnostic[] = [];
  const source = createSource("test.conf", text);
  const arg = { text, quoted: false, span: { source, start: 0, end: text.length } };
  const target = parseSyslog(arg, createReport({ name: arg, span: arg.span }, diagnostics));
  const mistakes = diagnostics.map(({ message, span }) => [message, text.slice(span?.start, span?.end)]);
  return { target, mistakes };
}

it("parseSyslog() fills in what nginx does", () => {
  const target = { server: { kind: "inet", host: "192.0.2.1", port: 514 }, facility: 23, severity: 6, tag: "nginx", omitsHostname: false };
  expect(parse("syslog:server=192.0.2.1")).toEqual({ target, mistakes: [] });
});

it("parseSyslog() reads every word, in any order", () => {
  const target = { server: { kind: "inet", host: "log.example", port: 5140 }, facility: 0, severity: 7, tag: "a_1", omitsHostname: true };
  expect(parse("syslog:nohostname,tag=a_1,severity=debug,facility=kern,server=log.example:5140")).toEqual({ target, mistakes: [] });
});

it.each([
  ["kern", 0],
  ["cron", 15],
  ["local0", 16],
  ["local7", 23],
])("facility %s is number %i", (facility, number) => {
  expect(parse(`syslog:server=[::1],facility=${facility}`).target).toMatchObject({ server: { host: "::1" }, facility: number });
});

it.each([
  ["syslog:", 'unknown syslog parameter ""', ""],
  ["syslog:server=a,", 'unknown syslog parameter ""', ""],
  ["syslog:server=a,x=1,facility=mail", 'unknown syslog parameter "x=1"', "x=1"],
  ["syslog:server=a,tag", 'unknown syslog parameter "tag"', "tag"],
  ["syslog:server=a,nohostname=1", 'unknown syslog parameter "nohostname=1"', "nohostname=1"],
  ["syslog:facility=mail", "no syslog server specified", "syslog:facility=mail"],
  ["syslog:server=a,server=b", 'duplicate syslog "server"', "server=b"],
  ["syslog:server=a,tag=,tag=", 'duplicate syslog "tag"', "tag="],
  ["syslog:server=", 'no host in syslog server ""', "server="],
  ["syslog:server=a:0", 'invalid port in syslog server "a:0"', "server=a:0"],
  ["syslog:server=a,facility=local8", 'unknown syslog facility "local8"', "facility=local8"],
  ["syslog:server=a,severity=warning", 'unknown syslog severity "warning"', "severity=warning"],
  ["syslog:server=a,tag=a-b", 'syslog "tag" only allows alphanumeric characters and underscore', "tag=a-b"],
  ["syslog:server=unix:", 'no path in the unix domain socket in syslog server "unix:"', "server=unix:"],
  [
    `syslog:server=unix:/${"p".repeat(107)}`,
    `too long path in the unix domain socket in syslog server "unix:/${"p".repeat(107)}"`,
    `server=unix:/${"p".repeat(107)}`,
  ],
  [`syslog:server=a,tag=${"t".repeat(33)}`, "syslog tag length exceeds 32", `tag=${"t".repeat(33)}`],
])("%s is refused where the mistake is", (text, message, at) => {
  expect(parse(text)).toEqual({ target: undefined, mistakes: [[message, at]] });
});

it("parseSyslog() takes the path of a unix domain socket, with colons and as long as the system takes it", () => {
  const path = `/run/a:b/${"p".repeat(98)}`;
  expect(parse(`syslog:server=unix:${path},tag=t`)).toMatchObject({ target: { server: { kind: "unix", path }, tag: "t" }, mistakes: [] });
});

it("parseSyslog() takes a tag of 32 characters", () => {
  expect(parse(`syslog:server=a,tag=${"t".repeat(32)}`).mistakes).toEqual([]);
});
