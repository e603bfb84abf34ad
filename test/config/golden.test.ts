import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Block, bind } from "../../src/config/bind.ts";
import type { ConfigReader } from "../../src/config/config-reader.ts";
import { formatDiagnostic, hasErrors, inReadingOrder } from "../../src/config/diagnostic.ts";
import { readConfig } from "../../src/config/include.ts";
import type { TemplateText } from "../../src/config/template-text.ts";
import { siteDirectives } from "../unit/config/site-directives.ts";

/**
 * Each *.conf.golden file is a configuration, a line of ten dashes, and what comes of it: all diagnostics as they are printed and, when none is
 * an error, the blocks with their own settings. Further files of a configuration follow lines "==== name". UPDATE=1 rewrites what is expected.
 */

const RULE = "\n----------\n";
const DIRECTORY = import.meta.dirname;

describe("golden configurations", () => {
  const names = readdirSync(DIRECTORY).filter((name) => name.endsWith(".conf.golden"));

  it.each(names)("%s", (name) => {
    const path = join(DIRECTORY, name);
    const golden = readFileSync(path, "utf8");
    const rule = golden.indexOf(RULE);
    const conf = rule === -1 ? golden : golden.slice(0, rule);
    const outcome = outcomeOf(conf);
    if (process.env["UPDATE"] === "1") writeFileSync(path, `${conf}${RULE}${outcome}\n`);
    else expect(`${outcome}\n`).toBe(golden.slice(rule + RULE.length));
  });
});

function outcomeOf(conf: string): string {
  const { tree, diagnostics } = readConfig({ path: "/etc/main.conf", confPrefix: "/etc/", reader: readerOf(conf) });
  const bound = bind(tree, [siteDirectives]);
  const all = inReadingOrder([...diagnostics, ...bound.diagnostics]);
  const printed = all.map((diagnostic) => formatDiagnostic(diagnostic, { program: "foregate" }));
  return hasErrors(all) ? printed.join("\n") : [...printed, JSON.stringify(viewOf(bound.root), showSetting, 2)].join("\n");
}

function readerOf(conf: string): ConfigReader {
  const [main = "", ...others] = Buffer.from(conf, "utf8")
    .toString("latin1")
    .split(/^==== /m);
  const files = new Map([["/etc/main.conf", main]]);
  for (const other of others) {
    const end = other.indexOf("\n");
    files.set(`/etc/${other.slice(0, end)}`, other.slice(end + 1));
  }
  return {
    read: (path) => {
      const text = files.get(path);
      return text === undefined ? { failure: `open() "${path}" failed (2: No such file or directory)` } : { text };
    },
    list: (directory) => {
      const inside = [...files.keys()].filter((path) => path.startsWith(directory));
      return [...new Set(inside.map((path) => path.slice(directory.length).replace(/\/.*/s, "")))];
    },
  };
}

function viewOf(block: Block): unknown {
  const words = [block.name, ...block.args.map((arg) => arg.text)].join(" ");
  return { block: words, context: block.context, own: block.own, inside: block.children.map(viewOf) };
}

/** Shortens what a JSON text would drown in: places, templates, blocks in slots, maps. */
function showSetting(this: unknown, key: string, value: unknown): unknown {
  if (key === "span" && typeof value === "object") return undefined;
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value !== "object" || value === null) return value;
  if ("parts" in value) return `template ${(value as TemplateText).text}`;
  if ("layers" in value || "origins" in value) return `block ${(value as unknown as Block).args.map((arg) => arg.text).join(" ")}`;
  return value;
}
