import { describe, expect, it } from "vitest";
import { bind, childrenOf, headOf, originOf, settings } from "../../../src/config/bind.ts";
import { block, defineDirectives, many, one } from "../../../src/config/define-directives.ts";
import { placeOf } from "../../../src/config/source.ts";
import { count, template, text } from "../../../src/config/values.ts";
import { bindText, blockAt } from "./bind-text.ts";
import { siteDirectives } from "./site-directives.ts";

const site = (content: string) => bindText(content, siteDirectives);
const inServer = (content: string) => {
  const { root, diagnostics } = site(`http {\nserver {\n${content}\n} }`);
  const server = blockAt(root, "http", "server");
  return { server, conf: settings(server, siteDirectives), diagnostics };
};

describe("bind()", () => {
  it("makes blocks with their contexts, arguments, heads and children in order", () => {
    const { root, diagnostics } = site("events {} http { server { location = /a { location /b {} } } server {} }");
    expect(diagnostics).toEqual([]);
    const http = blockAt(root, "http");
    expect(childrenOf(http, "server")).toHaveLength(2);
    const location = blockAt(http, "server", "location");
    expect(location).toMatchObject({
      context: "location",
      name: "location",
      parent: { name: "server" },
      args: [{ text: "=" }, { text: "/a" }],
    });
    expect(headOf(location, siteDirectives.location)).toEqual({ modifier: "=", name: "/a" });
    expect(childrenOf(location, "location").map((inner) => headOf(inner, siteDirectives.location).name)).toEqual(["/b"]);
  });

  it("reads values, lists, words without arguments and blocks of lines", () => {
    const { server, conf, diagnostics } = inServer(
      "tcp_nodelay off; client_body_timeout 5s; limit_req zone=a; limit_req zone=b burst=3 nodelay; types { a/b x y; c/d z; }\nlocation /i { internal; }",
    );
    expect(diagnostics).toEqual([]);
    expect(conf.tcp_nodelay).toBe(false);
    expect(conf.internal).toBe(false);
    expect(conf.limit_req.map(({ zone, burst, nodelay }) => [zone, burst, nodelay])).toEqual([
      ["a", 0, false],
      ["b", 3, true],
    ]);
    expect([...conf.types]).toEqual([
      ["x", "a/b"],
      ["y", "a/b"],
      ["z", "c/d"],
    ]);
    expect(settings(blockAt(server, "location"), siteDirectives).internal).toBe(true);
  });

  it("gives defaults where nothing is set", () => {
    const { conf } = inServer("");
    expect(conf.keepalive_requests).toBe(1000);
    expect(conf.limit_req).toEqual([]);
    expect(conf.rewrite_steps).toEqual([]);
    expect(conf.proxy_pass).toBeUndefined();
    expect(conf.root).toMatchObject({ directive: "root", value: { text: "html" }, span: undefined });
  });

  it("keeps the order of the different directives of a slot, blocks too", () => {
    const { conf, server } = inServer("set $a 1;\nif ($a) {\n rewrite a b;\n}\nrewrite c d;\nreturn 200;");
    expect(conf.rewrite_steps.map(({ directive, span }) => [directive, span && placeOf(span)])).toEqual([
      ["set", "/t.conf:3"],
      ["if", "/t.conf:4"],
      ["rewrite", "/t.conf:7"],
      ["return", "/t.conf:8"],
    ]);
    const step = conf.rewrite_steps[1];
    if (step?.directive !== "if") throw new Error("The second step is not the if");
    expect(step.value).toBe(childrenOf(server, "if")[0]);
    expect(step.value.context).toBe("if in server");
    expect(settings(step.value, siteDirectives).rewrite_steps).toMatchObject([{ directive: "rewrite", value: { regex: "a" } }]);
  });

  it("merges repeated blocks of lines where the table says how", () => {
    const { conf, diagnostics } = inServer("types { a x; } types { b y; }");
    expect(diagnostics).toEqual([]);
    expect(conf.types).toEqual(new Map([["x", "a"], ["y", "b"]])); // biome-ignore format: one line reads better
  });

  it("lists blocks of lines with their arguments", () => {
    const { root } = site("http { map $a $b { x 1; y 2; } map $c $d { } }");
    const conf = settings(blockAt(root, "http"), siteDirectives);
    expect(conf.map).toEqual([
      { from: "$a", entries: [["x", "1"], ["y", "2"]] }, // biome-ignore format: one line reads better
      { from: "$c", entries: [] },
    ]);
  });

  it("collects every mistake, and judges the content of a wrong block", () => {
    const { diagnostics } = site("http { server { rot a; location / { root; server { root a b; } } location { alias; } } }");
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ["unknown-directive", 'unknown directive "rot"'],
      ["wrong-arity", 'invalid number of arguments in "root" directive'],
      ["not-allowed-here", '"server" directive is not allowed here'],
      ["wrong-arity", 'invalid number of arguments in "root" directive'],
      ["wrong-arity", 'invalid number of arguments in "location" directive'],
      ["wrong-arity", 'invalid number of arguments in "alias" directive'],
    ]);
  });

  it("leaves a wrong block out of its parent", () => {
    const { root } = site("http { server a { } server { } }");
    expect(blockAt(root, "http").children).toHaveLength(1);
  });

  it("hints at the nearest name, the contexts, the syntax or the missing semicolon", () => {
    const { diagnostics } = site("http { server { rot a; location / { server_name a; } root; root /a\n tcp_nodelay on; } }");
    expect(diagnostics.map(({ hint }) => hint)).toEqual([
      'did you mean "root"?',
      "allowed in server",
      "syntax: root string",
      'is a ";" missing at the end of line 1?',
    ]);
  });

  it("prefers a near name that is allowed where it stands", () => {
    const table = defineDirectives({
      http: block({ in: ["main"], context: "http" }),
      server_nam: one({ in: ["main"], value: text() }),
      server_names: one({ in: ["http"], value: text() }),
    });
    expect(bindText("http { server_name a; }", table).diagnostics).toMatchObject([{ hint: 'did you mean "server_names"?' }]);
  });

  it("tells a directive that is not supported from one that is unknown, and passes over its content", () => {
    const unsupported = new Map([["perl", { contexts: ["http", "location"] as const, why: "there is no Perl here" }]]);
    const { diagnostics } = bindText("http { perl { nonsense; } perl a; server { perl b; } }", siteDirectives, unsupported);
    expect(diagnostics.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      ["not-supported", '"perl" directive is not supported yet', "there is no Perl here"],
      ["not-supported", '"perl" directive is not supported yet', "there is no Perl here"],
      ["not-allowed-here", '"perl" directive is not allowed here', "allowed in http, location"],
    ]);
  });

  it("checks an ignored directive's argument and notices it", () => {
    const { diagnostics } = inServer("sendfile on; sendfile maybe;");
    expect(diagnostics.map(({ level, code }) => [level, code])).toEqual([
      ["notice", "ignored-directive"],
      ["emerg", "invalid-value"],
    ]);
  });

  it("names the first of two, and the other directive of its slot", () => {
    const { diagnostics } = inServer("root a;\nroot b;\nlocation / { alias c; root d; }");
    expect(diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
      ['"root" directive is duplicate', "the first is in /t.conf:3"],
      ['"root" directive is duplicate, "alias" directive was specified earlier', "the first is in /t.conf:5"],
    ]);
  });

  it("binds right directives next to wrong ones", () => {
    const { conf } = inServer("keepalive_requests x; tcp_nodelay off;");
    expect([conf.keepalive_requests, conf.tcp_nodelay]).toEqual([1000, false]);
  });

  it("throws when two tables declare one directive", () => {
    const table = defineDirectives({ root: one({ in: ["http"], value: text() }) });
    expect(() => bind({ statements: [], sources: [] }, [table, { ...table }])).toThrow(TypeError);
  });
});

describe("originOf()", () => {
  it("names the directive that set what is in force, there or outside", () => {
    const { root } = site("http {\nroot a;\nserver {\ntcp_nodelay on;\nlocation / {\nalias b;\n}\nlocation /c {}\n} }");
    const [first, second] = childrenOf(blockAt(root, "http", "server"), "location");
    if (first === undefined || second === undefined) throw new Error("Two locations are there");
    const placeOfOrigin = (at: typeof first, name: string) => {
      const origin = originOf(at, name);
      return origin && [origin.name.text, placeOf(origin.span)];
    };
    expect(placeOfOrigin(first, "root")).toEqual(["alias", "/t.conf:6"]);
    expect(placeOfOrigin(second, "root")).toEqual(["root", "/t.conf:2"]);
    expect(placeOfOrigin(second, "tcp_nodelay")).toEqual(["tcp_nodelay", "/t.conf:4"]);
    expect(placeOfOrigin(second, "keepalive_requests")).toBeUndefined();
  });

  it("gives nothing for a setting that does not inherit", () => {
    const { root } = site("http { server { rewrite a b; server_name c; location / { } } }");
    const location = blockAt(root, "http", "server", "location");
    expect(originOf(location, "rewrite_steps")).toBeUndefined();
    expect(originOf(location, "server_name")).toBeUndefined();
  });
});

describe("inheritance", () => {
  it("is own, else outer, else default, whatever order they stand in", () => {
    const { root } = site("http { server { location / { location /a { } } root b; } root a; }");
    expect(settings(blockAt(root, "http"), siteDirectives).root.value.text).toBe("a");
    expect(settings(blockAt(root, "http", "server", "location", "location"), siteDirectives).root.value.text).toBe("b");
  });

  it("replaces an outer list as a whole", () => {
    const { root } = site("http { limit_req zone=a; limit_req zone=b; server { limit_req zone=c; location / { } } server { } }");
    const [first, second] = childrenOf(blockAt(root, "http"), "server");
    if (first === undefined || second === undefined) throw new Error("Two servers are there");
    expect(settings(blockAt(first, "location"), siteDirectives).limit_req.map(({ zone }) => zone)).toEqual(["c"]);
    expect(settings(second, siteDirectives).limit_req.map(({ zone }) => zone)).toEqual(["a", "b"]);
  });

  it("stops at a named block and passes into pseudo-blocks where the table says so", () => {
    const { root } = site(
      "http { server { location / { limit_except GET { } if ($a) { root x; } location /n { } proxy_pass p; root r; rewrite a b; } } }",
    );
    const location = blockAt(root, "http", "server", "location");
    const passOf = (name: string) => settings(blockAt(location, name), siteDirectives).proxy_pass?.text;
    expect([passOf("limit_except"), passOf("if"), passOf("location")]).toEqual(["p", "p", undefined]);
    expect(settings(blockAt(location, "if"), siteDirectives).root.value.text).toBe("x");
    expect(settings(blockAt(location, "limit_except"), siteDirectives).root.value.text).toBe("r");
    expect(settings(blockAt(location, "if"), siteDirectives).rewrite_steps).toEqual([]);
  });

  it("keeps own settings apart", () => {
    const { root } = site("http { root a; server { tcp_nodelay on; } }");
    expect(Object.keys(blockAt(root, "http", "server").own)).toEqual(["tcp_nodelay"]);
  });

  it("gives the default back to a block that sets nothing of what does not inherit", () => {
    const table = defineDirectives({
      http: block({ in: ["main"], context: "http" }),
      server: block({ in: ["http"], context: "server" }),
      limit: one({ in: ["http", "server"], value: count(), default: 7, inherits: false }),
      name: many({ in: ["http", "server"], value: template(), inherits: false }),
    });
    const { root } = bindText("http { limit 1; name a; server { } server { limit 2; } }", table);
    const confs = childrenOf(blockAt(root, "http"), "server").map((server) => settings(server, table));
    expect(confs.map((conf) => [conf.limit, conf.name.length])).toEqual([
      [7, 0],
      [2, 0],
    ]);
  });
});
