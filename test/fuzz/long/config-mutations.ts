/**
 * Real configurations with one mistake in each, made at random: nginx -t and foregate -t must judge alike. Where both refuse and begin with
 * another message, that is printed: nginx stops at the first mistake, and foregate goes on and tells all.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../../src/boot/load-config.ts";
import { inReadingOrder } from "../../../src/config/diagnostic.ts";
import { parse } from "../../../src/config/parser.ts";
import { createSource, positionOf } from "../../../src/config/source.ts";
import type { Statement } from "../../../src/config/tree.ts";
import { createServices } from "../../../src/process/services.ts";
import { createCertificates } from "../../harness/certificates.ts";
import { fillPlaceholders } from "../../harness/fill-placeholders.ts";
import { createPrefix, removePrefix } from "../../harness/temporary-prefix.ts";
import { filesOf, moveToPrefix } from "../../real-configs/move-to-prefix.ts";
import type { SitePem } from "../../real-configs/site-pem.ts";
import { createRandom, type Random } from "../hostile-requests.ts";

const NGINX = process.env["NGINX"] ?? "/usr/sbin/nginx";
const CONFIGS = fileURLToPath(new URL("../test/real-configs/configs/", import.meta.url));

interface Verdict {
  readonly message: string;
  /** nginx has no such mistake. */
  readonly isOurs: boolean;
}

/** What foregate alone refuses: directives that it has not, and what docs/differences.md names. */
const OURS_ALONE = /directive is not supported yet$|^invalid field name /;

/** nginx looks hosts up as it reads; -t does so when all is read. */
const NEEDS_NAMES = /^(?:host not found|no host) in/;

const BAD_VALUES = [
  "",
  "x",
  "-1",
  "on",
  "off",
  "10",
  "1k",
  "1m1m",
  "99999999999999999999",
  "/",
  "$",
  "$nothing",
  "${uri",
  "~(",
  "a b",
  "=",
  "1.2.3.4:99999",
  "none",
];

/** Mutates for so many seconds, prints each kind of difference once, and resolves with whether both judged alike each time. */
export async function fuzzConfigs(seconds: number, seed: number): Promise<boolean> {
  const random = createRandom(seed);
  const pem = createPem();
  const until = performance.now() + seconds * 1000;
  const names = readdirSync(CONFIGS).filter((name) => name.endsWith(".conf"));
  const found = new Map<string, string>();
  let judged = 0;
  let verdictsAgree = true;
  while (performance.now() < until) {
    const name = random.pick(names);
    const moved = moveToPrefix(readFileSync(join(CONFIGS, name), "latin1"), {}).replaceAll(/%%(?:HTTP|UWSGI|NOTHING)%%/g, "9");
    const dir = createPrefix({ "logs/": "", ...filesOf(moved, pem) });
    try {
      const { text } = await fillPlaceholders(moved, dir);
      const path = join(dir, "nginx.conf");
      for (let round = 0; round < ROUNDS_A_FILE && performance.now() < until; round++) {
        const mutant = mutate(text, random);
        writeFileSync(path, mutant, "latin1");
        const nginx = askNginx(path, dir);
        const ours = askForegate(path, dir);
        judged++;
        if (withoutLine(nginx) === withoutLine(ours.message) || ours.isOurs || NEEDS_NAMES.test(nginx)) continue;
        const what = `${generalized(nginx, dir)}\n   ours: ${generalized(ours.message, dir)}`;
        if (nginx === "accepted" || ours.message === "accepted") verdictsAgree = false;
        if (found.has(what)) continue;
        found.set(what, name);
        process.stdout.write(`${name}: ${lineOf(mutant, nginx, ours.message)}\n  nginx: ${what}\n`);
      }
    } finally {
      removePrefix(dir);
    }
  }
  process.stdout.write(`${judged} mutants, ${found.size} kinds of difference\n`);
  return verdictsAgree;
}

const ROUNDS_A_FILE = 40;

/** Certificates with their keys; parameters of a group that OpenSSL knows by name. */
function createPem(): SitePem {
  const dir = createPrefix();
  try {
    const { server } = createCertificates(dir);
    const dhparam = execFileSync("openssl", ["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048"], {
      encoding: "latin1",
    });
    return { certificate: readFileSync(server.certificate, "latin1"), key: readFileSync(server.key, "latin1"), dhparam };
  } finally {
    removePrefix(dir);
  }
}

function mutate(text: string, random: Random): string {
  const statements = flatten(parse(createSource("mutant", text)).statements);
  const statement = random.pick(statements);
  const other = random.pick(statements);
  const { start, end } = statement.span;
  const written = statement.block === undefined ? `${text.slice(start, end)};` : text.slice(start, end);
  const arg = random.pick([statement.name, ...statement.args, ...statement.args]);
  const replaceArg = (value: string): string => text.slice(0, arg.span.start) + value + text.slice(arg.span.end);
  switch (random.below(10)) {
    case 0:
      return replaceArg("");
    case 1:
      return statement.block === undefined ? `${text.slice(0, start)}${written} ${text.slice(start)}` : replaceArg("x");
    case 2:
      return statement.block === undefined
        ? `${text.slice(0, other.span.start)}${written} ${text.slice(other.span.start)}`
        : replaceArg("/");
    case 3:
      return text.slice(0, end) + text.slice(end + 1);
    case 4:
      return `${text.slice(0, end)} extra${text.slice(end)}`;
    case 5:
      return replaceArg(`"${text.slice(arg.span.start, arg.span.end)}`);
    case 6: {
      const brace = text.indexOf(random.below(2) === 0 ? "{" : "}", start);
      return brace === -1 ? replaceArg("}") : text.slice(0, brace) + text.slice(brace + 1);
    }
    case 7:
      return `${text.slice(0, start)}${text.charAt(start + 1)}${text.slice(start + 1)}`;
    default: {
      const value = random.pick(BAD_VALUES);
      return replaceArg(/^$|\s/.test(value) ? `"${value}"` : value);
    }
  }
}

function flatten(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((statement) => [statement, ...flatten(statement.block ?? [])]);
}

function askNginx(path: string, dir: string): string {
  const { stderr } = spawnSync(NGINX, ["-t", "-e", join(dir, "logs/error.log"), "-p", dir, "-c", path, "-g", `pid ${dir}/pid;`], {
    encoding: "latin1",
  });
  return /\[emerg\] (.*?)\n(?:$|nginx: )/s.exec(stderr)?.[1] ?? (stderr.includes("test is successful") ? "accepted" : stderr);
}

function askForegate(path: string, dir: string): Verdict {
  const paths = { confPrefix: `${dir}/`, prefix: `${dir}/`, errorLog: join(dir, "logs/error.log") };
  const services = createServices();
  const { diagnostics } = loadConfig({ path, paths, commandLine: `pid ${dir}/pid;`, services });
  services.release();
  const errors = inReadingOrder(diagnostics).filter(({ level }) => level === "emerg");
  const [first] = errors;
  if (first === undefined) return { message: "accepted", isOurs: false };
  const place = first.span === undefined ? "" : ` in ${first.span.source.path}:${positionOf(first.span).line}`;
  return { message: first.message + place, isOurs: errors.some(({ message }) => OURS_ALONE.test(message)) };
}

/** nginx names the line that it has come to, which is that of the next ";" or "{". */
function withoutLine(message: string): string {
  return message.replace(/:\d+$/, "");
}

/** Without what differs from one mutant to the next. */
function generalized(message: string, dir: string): string {
  return message
    .replaceAll(dir, "")
    .replaceAll(/"[^"]*"/g, (word) => (/^"[a-z_]+"$/.test(word) ? word : '"…"'))
    .replaceAll(/:\d+$/gm, ":n");
}

function lineOf(text: string, ...messages: readonly string[]): string {
  const number = messages.map((message) => /:(\d+)$/.exec(message)?.[1]).find((line) => line !== undefined);
  return number === undefined
    ? ""
    : `${messages.map((message) => /:(\d+)$/.exec(message)?.[1] ?? "-").join("/")} ${text.split("\n")[Number(number) - 1]?.trim()}`;
}
