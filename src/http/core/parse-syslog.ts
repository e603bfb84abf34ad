/** `syslog:server=…,facility=…` of `access_log` and `error_log` (nginx: ngx_syslog_parse_args). */

import { parseAddress } from "../../config/address.ts";
import type { Report } from "../../config/report.ts";
import { type Arg, partSpan } from "../../config/tree.ts";
import { LOG_LEVELS } from "../../log/error-log.ts";
import type { SyslogServer, SyslogTarget } from "../../log/syslog-target.ts";

const PREFIX = "syslog:";

/** By number: the words are nginx's own, for want of better ones in RFC 3164. */
const FACILITIES: readonly string[] = [
  ..."kern user mail daemon auth intern lpr news uucp clock authpriv ftp ntp audit alert cron".split(" "),
  ..."local0 local1 local2 local3 local4 local5 local6 local7".split(" "),
];

const PORT_DEFAULT = 514;

/** unix(7): `sun_path`, which ends with a NUL. */
const PATH_BYTES_MAX = 107;

/** RFC 3164 section 4.1.3. */
const TAG_LENGTH_MAX = 32;

/** What the words have said so far. */
interface Words {
  server?: SyslogServer;
  facility?: number;
  severity?: number;
  tag?: string;
  omitsHostname: boolean;
}

/** What one word means, or what is wrong with it. */
type Reading = Partial<Words> | { readonly mistake: string; readonly hint?: string };

export function isSyslog(arg: Arg): boolean {
  return arg.text.startsWith(PREFIX);
}

/** Reads an argument that `isSyslog`; a mistake is reported in nginx's words at the word that it is in. */
export function parseSyslog(arg: Arg, report: Report): SyslogTarget | undefined {
  let words: Words = { omitsHostname: false };
  let at = PREFIX.length;
  for (const word of arg.text.slice(at).split(",")) {
    const reading = readWord(word, words);
    const span = partSpan(arg, at, at + word.length);
    if ("mistake" in reading) return report.error(reading.mistake, span, reading.hint);
    words = { ...words, ...reading };
    at += word.length + 1;
  }
  const { server, facility = FACILITIES.indexOf("local7"), severity = LOG_LEVELS.indexOf("info"), tag = "nginx", omitsHostname } = words;
  if (server === undefined) return report.error("no syslog server specified", arg.span);
  return { server, facility, severity, tag, omitsHostname };
}

function readWord(word: string, known: Words): Reading {
  const equals = word.indexOf("=");
  const name = word.slice(0, Math.max(0, equals));
  const value = word.slice(equals + 1);
  if (word === "nohostname") return { omitsHostname: true };
  if (name !== "server" && name !== "facility" && name !== "severity" && name !== "tag") {
    return { mistake: `unknown syslog parameter "${word}"` };
  }
  if (known[name] !== undefined) return { mistake: `duplicate syslog "${name}"` };
  switch (name) {
    case "server":
      return readServer(value);
    case "facility":
      return readNumber(value, name, FACILITIES);
    case "severity":
      return readNumber(value, name, LOG_LEVELS);
    case "tag":
      return readTag(value);
  }
}

function readServer(value: string): Reading {
  const server = parseAddress(value, PORT_DEFAULT);
  if ("mistake" in server) return { mistake: `${server.mistake} in syslog server "${value}"` };
  if (server.kind === "unix" && server.path.length > PATH_BYTES_MAX) {
    return { mistake: `too long path in the unix domain socket in syslog server "${value}"` };
  }
  return { server };
}

function readNumber(value: string, name: "facility" | "severity", words: readonly string[]): Reading {
  const number = words.indexOf(value);
  return number === -1 ? { mistake: `unknown syslog ${name} "${value}"`, hint: `one of ${words.join(", ")}` } : { [name]: number };
}

function readTag(tag: string): Reading {
  if (tag.length > TAG_LENGTH_MAX) return { mistake: "syslog tag length exceeds 32" };
  if (!/^\w*$/.test(tag)) return { mistake: 'syslog "tag" only allows alphanumeric characters and underscore' };
  return { tag };
}
