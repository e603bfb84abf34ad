// Time to choose a location among 10, 1,000 and 10,000. Run: node --experimental-strip-types (or esbuild) test/bench/micro/routing-locations.ts

import { matchLocation } from "../../../src/http/routing/location-match.ts";
import { buildLocationTree, type LocationEntry } from "../../../src/http/routing/location-tree.ts";

function location(modifier: LocationEntry<string>["modifier"], name: string): LocationEntry<string> {
  const regex = modifier === "~" ? new RegExp(name) : undefined;
  return { modifier, name, regex, autoRedirect: false, payload: name, nested: [] };
}

function measure(name: string, entries: readonly LocationEntry<string>[], uris: readonly string[]): void {
  const tree = buildLocationTree(entries);
  const rounds = 2_000_000;
  let found = 0;
  const started = process.cpuUsage();
  for (let round = 0; round < rounds; round++) {
    if (matchLocation(tree, uris[round % uris.length] ?? "") !== undefined) found++;
  }
  const used = process.cpuUsage(started);
  console.log(`${name}: ${(((used.user + used.system) * 1000) / rounds).toFixed(0)} ns (${found / rounds} found)`);
}

for (let pass = 0; pass < 2; pass++) {
  for (const count of [10, 1_000, 10_000]) {
    const prefixes = Array.from({ length: count }, (_, index) => location("", `/app${index}/`));
    const uris = Array.from({ length: 64 }, (_, index) => `/app${(index * 7919) % count}/users/42`);
    measure(`${count} prefixes`, [location("", "/"), ...prefixes], uris);
    measure(
      `${count} prefixes, three patterns`,
      [location("", "/"), ...prefixes, ...["\\.php$", "\\.(gif|jpg)$", "/\\.ht"].map((text) => location("~", text))],
      uris,
    );
    measure(
      `${count} exact`,
      [location("", "/"), ...Array.from({ length: count }, (_, index) => location("=", `/app${index}/users/42`))],
      uris,
    );
  }
}
