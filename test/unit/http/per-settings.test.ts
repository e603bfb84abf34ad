import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block } from "../../../src/config/bind.ts";
import { settings } from "../../../src/config/bind.ts";
import { block, defineDirectives, many, one } from "../../../src/config/define-directives.ts";
import { text } from "../../../src/config/values.ts";
import type { Scope } from "../../../src/http/module.ts";
import { perSettings } from "../../../src/http/per-settings.ts";
import { bindText } from "../config/bind-text.ts";

const ANYWHERE = ["http", "server", "location", "if in location"] as const;

const named = defineDirectives({
  one: one({ in: ANYWHERE, value: text(), default: "default" }),
  list: many({ in: ANYWHERE, value: text() }),
  either: one({ in: ANYWHERE, value: text(), slot: "either" }),
  or: one({ in: ANYWHERE, value: text(), slot: "either" }),
  here: one({ in: ANYWHERE, value: text(), inherits: false }),
  pass: one({ in: ANYWHERE, value: text(), inherits: "pseudo" }),
});

const others = defineDirectives({ other: one({ in: ANYWHERE, value: text() }) });

const blocks = defineDirectives({
  http: block({ in: ["main"], context: "http" }),
  server: block({ in: ["http"], context: "server" }),
  location: block({ in: ["server", "location"], context: "location" }),
  if: block({ in: ["location"], context: "if in location", pseudo: true }),
});

function rootOf(source: string): Block {
  const { root, diagnostics } = bindText(source, { ...blocks, ...named, ...others });
  expect(diagnostics).toEqual([]);
  return root;
}

function scopeOf(at: Block): Scope {
  return { block: at, settings: (table) => settings(at, table) } as Pick<Scope, "block" | "settings"> as Scope;
}

function inside(at: Block): readonly Block[] {
  return [at, ...at.children.flatMap(inside)];
}

/** One object per answer, so that shared ones can be told. */
function answers(root: Block): Map<Block, object> {
  const ask = perSettings([named], (scope) => ({ ...pick(scope.settings(named)) }));
  return new Map(inside(root).map((at) => [at, ask(scopeOf(at))]));
}

function pick({ one, list, either, here, pass }: Record<string, unknown>): Record<string, unknown> {
  return { one, list, either, here, pass };
}

describe("perSettings()", () => {
  it("asks once for blocks that set nothing of the tables", () => {
    const root = rootOf("http { one a; server { other x; location { other y; } location { location { } } } server { } }");
    expect(new Set(answers(root).values()).size).toBe(2);
  });

  it.each(["one b;", "list b;", "either b;", "or b;"])("asks anew for a block that says %s, and for no other inside it", (line) => {
    const root = rootOf(`http { server { location { ${line} location { } } location { } } }`);
    expect(new Set(answers(root).values()).size).toBe(2);
  });

  it("asks anew inside a block that sets what is not inherited", () => {
    const [, http, server, location] = inside(rootOf("http { server { here a; location { } } }"));
    const made = answers(http as Block);
    expect(made.get(server as Block)).toMatchObject({ here: "a" });
    expect(made.get(location as Block)).toMatchObject({ here: undefined });
  });

  it("tells a pseudo-block from a block inside the same location", () => {
    const root = rootOf("http { server { location { pass a; if { } location { } } } }");
    const made = answers(root);
    const passes = inside(root).map((at) => [at.name, (made.get(at) as { pass: unknown }).pass]);
    expect(passes).toEqual([
      ["", undefined],
      ["http", undefined],
      ["server", undefined],
      ["location", "a"],
      ["if", "a"],
      ["location", undefined],
    ]);
  });

  it("keeps answers of undefined as well", () => {
    const root = rootOf("http { server { location { } location { } } }");
    let asked = 0;
    const ask = perSettings([named], () => void asked++);
    for (const at of inside(root)) ask(scopeOf(at));
    expect(asked).toBe(1);
  });

  it("refuses settings of a table that it was not told of", () => {
    const ask = perSettings([named], (scope) => scope.settings(others).other);
    expect(() => ask(scopeOf(rootOf("http { }")))).toThrow(TypeError);
  });

  it("answers every block as if it had been asked for it alone", () => {
    const line = fc.constantFrom("one a;", "one b;", "list a; list b;", "either a;", "or b;", "here a;", "pass a;", "other a;");
    const some = fc.uniqueArray(line, { maxLength: 2, selector: (each) => each.replace(/ .*/, "").replace("or", "either") });
    const pseudo = some.map((lines) => `if { ${lines.join(" ")} }`);
    const locations = (depth: number): fc.Arbitrary<string> =>
      fc
        .tuple(some, fc.array(depth === 0 ? pseudo : fc.oneof(pseudo, locations(depth - 1)), { maxLength: 2 }))
        .map(([lines, inner]) => `location { ${[...lines, ...inner].join(" ")} }`);
    const server = fc
      .tuple(some, fc.array(locations(2), { maxLength: 3 }))
      .map(([lines, inner]) => `server { ${[...lines, ...inner].join(" ")} }`);
    fc.assert(
      fc.property(some, fc.array(server, { minLength: 1, maxLength: 3 }), (lines, servers) => {
        const root = rootOf(`http { ${[...lines, ...servers].join(" ")} }`);
        const made = answers(root);
        for (const at of inside(root)) expect(made.get(at)).toEqual(pick(settings(at, named)));
      }),
      { numRuns: 300 },
    );
  });
});
