/** A thousand servers with twenty locations each, in files of their own, and tables of ten thousand lines: all of it is read, and found again. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";

const SERVERS = 1_000;
const LINES = 10_000;

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** By what a server is found, in turn. */
const NAMES = [
  { written: (n: number) => `site${n}.test www.site${n}.test`, host: (n: number) => `www.site${n}.test` },
  { written: (n: number) => `*.wild${n}.test`, host: (n: number) => `any.name.wild${n}.test` },
  { written: (n: number) => `mail${n}.*`, host: (n: number) => `mail${n}.example.org` },
  { written: (n: number) => `.both${n}.test`, host: (n: number) => `both${n}.test` },
  { written: (n: number) => `~^re-(?<part>\\w+)-${n}\\.test$`, host: (n: number) => `re-x-${n}.test` },
] as const;

const nameOf = (n: number): (typeof NAMES)[number] => NAMES[n % NAMES.length] ?? NAMES[0];

/** Twenty locations of all kinds, each of which says its server and itself. */
const LOCATIONS = numbers(5).flatMap((k) => [
  { written: `/app${k}/`, uri: `/app${k}/page`, label: `prefix${k}` },
  { written: `^~ /static${k}/`, uri: `/static${k}/code.ext${k}`, label: `static${k}` },
  { written: `= /exact${k}`, uri: `/exact${k}`, label: `exact${k}` },
  { written: `~ ^/app\\d+/.*\\.ext${k}$`, uri: `/app1/code.ext${k}`, label: `pattern${k}` },
]);

function siteText(n: number): string {
  const locations = LOCATIONS.map(({ written, label }) => `location ${written} { return 200 "${n} ${label}"; }`);
  return [`server_name ${nameOf(n).written(n)};`, ...locations, ""].join("\n");
}

const conf = `
http {
  server_names_hash_max_size 65536;
  server_names_hash_bucket_size 128;
  map_hash_max_size 131072;
  map_hash_bucket_size 128;
  map $arg_key $mapped {
    default none;
${numbers(LINES)
  .map((n) => `    key${n} value${n};`)
  .join("\n")}
  }
  map $arg_host $by_host {
    hostnames;
    default none;
${numbers(LINES)
  .map((n) => `    ${n % 2 === 0 ? "*." : ""}h${n}.test host${n};`)
  .join("\n")}
  }
  geo $arg_address $network {
    default nowhere;
${numbers(LINES)
  .map((n) => `    10.${n >> 8}.${n & 255}.0/24 net${n};`)
  .join("\n")}
  }
  geo $arg_address $range {
    ranges;
    default nowhere;
${numbers(LINES)
  .map((n) => (n * 7919) % LINES)
  .map((n) => `    10.${n >> 8}.${n & 255}.0-10.${n >> 8}.${n & 255}.99 range${n};`)
  .join("\n")}
  }
  server { listen 127.0.0.1:%%PORT%% default_server; return 200 "$mapped $by_host $network $range"; }
${numbers(SERVERS)
  .map((n) => `  server { listen 127.0.0.1:%%PORT%%; include sites/${n}.conf; }`)
  .join("\n")}
}`;

const files = Object.fromEntries(numbers(SERVERS).map((n) => [`sites/${n}.conf`, siteText(n)]));

let foregate: RunningServer;
let nginx: RunningServer;

beforeAll(async () => {
  const startDeadlineMs = 60_000;
  [foregate, nginx] = await Promise.all([
    startForegate({ conf: `master_process off;\n${conf}`, files, startDeadlineMs }),
    startNginx({ conf, files, startDeadlineMs }),
  ]);
}, 120_000);
afterAll(async () => {
  await foregate.stop();
  await nginx.stop();
});

async function bodies(server: RunningServer, requests: readonly { readonly host: string; readonly uri: string }[]) {
  const text = requests.map(({ host, uri }) => `GET ${uri} HTTP/1.1\r\nHost: ${host}\r\n\r\n`).join("");
  return (await server.exchange(text, { answers: requests.length })).answers.map(({ body }) => body);
}

describe("a thousand servers with twenty locations each", () => {
  // Another location of each server, so that every kind of name meets every kind of location.
  const asked = numbers(SERVERS).map((n) => ({ n, location: LOCATIONS[(n * 7 + (n >> 4)) % LOCATIONS.length] ?? LOCATIONS[0] }));
  const requests = asked.map(({ n, location }) => ({ host: nameOf(n).host(n), uri: location?.uri ?? "" }));

  test("every server is found by its name, and in it the right location", async () => {
    const found = [...(await bodies(foregate, requests.slice(0, 500))), ...(await bodies(foregate, requests.slice(500)))];
    expect(found).toEqual(asked.map(({ n, location }) => `${n} ${location?.label}`));
  });

  test("nginx finds the same", async () => {
    const some = requests.filter((_, index) => index % 9 === 0);
    expect(await bodies(foregate, some)).toEqual(await bodies(nginx, some));
  });
});

test("tables of ten thousand lines answer as nginx's do, at both ends and beside them", async () => {
  const requests = [0, 1, 2, 4_999, 5_000, 9_998, 9_999, 10_000].flatMap((n) =>
    [7, 99, 100].map((last) => ({
      host: "no.such.server",
      uri: `/?key=KEY${n}&host=a.h${n}.test&address=10.${n >> 8}.${n & 255}.${last}`,
    })),
  );
  const found = await bodies(foregate, requests);
  expect(found[0]).toBe("value0 host0 net0 range0");
  expect(found.at(-1)).toBe("none none nowhere nowhere");
  expect(found).toEqual(await bodies(nginx, requests));
});
