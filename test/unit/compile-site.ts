/** Compiles the first location (or server) of a configuration with the modules that answer from files, and asks it. */

import { Declarations } from "../../src/boot/declarations.ts";
import { type Compilation, createScope } from "../../src/boot/scope.ts";
import { type Block, bind, childrenOf } from "../../src/config/bind.ts";
import { block, defineDirectives } from "../../src/config/define-directives.ts";
import type { Diagnostic } from "../../src/config/diagnostic.ts";
import { parse } from "../../src/config/parser.ts";
import { createSource } from "../../src/config/source.ts";
import type { CompiledLocation } from "../../src/http/compiled.ts";
import { compileErrorPages, errorPageDirectives } from "../../src/http/core/error-page.ts";
import { fileDirectives } from "../../src/http/core/file.ts";
import { compileInternal, internalDirectives } from "../../src/http/core/internal.ts";
import type { LocationSettings } from "../../src/http/core/location-settings.ts";
import { compileRoot, rootDirectives } from "../../src/http/core/root.ts";
import { compileTypes, typesDirectives } from "../../src/http/core/types.ts";
import type { AnyModule, HandlerPhase, Services } from "../../src/http/module.ts";
import type { Handler, Verdict } from "../../src/http/phase.ts";
import type { RequestContext } from "../../src/http/request-context.ts";
import { Response } from "../../src/http/response.ts";
import { VariableRegistry } from "../../src/http/variables.ts";
import { gzipModule } from "../../src/modules/gzip.ts";
import { headersModule } from "../../src/modules/headers.ts";
import { indexFileModule } from "../../src/modules/index-file.ts";
import { notModifiedModule } from "../../src/modules/not-modified.ts";
import { rangeModule } from "../../src/modules/range.ts";
import { rewriteModule } from "../../src/modules/rewrite.ts";
import { staticModule } from "../../src/modules/static.ts";
import { tryFilesModule } from "../../src/modules/try-files.ts";
import { makeRequest, type RequestOptions } from "./make-request.ts";

const MODULES: readonly AnyModule[] = [
  rewriteModule,
  tryFilesModule,
  indexFileModule,
  staticModule,
  notModifiedModule,
  headersModule,
  gzipModule,
  rangeModule,
];

const blockDirectives = defineDirectives({
  http: block({ in: ["main"], context: "http" }),
  server: block({ in: ["http"], context: "server" }),
  location: block({ in: ["server", "location"], context: "location", arity: [1, 2] }),
});

const TABLES = [
  blockDirectives,
  rootDirectives,
  typesDirectives,
  errorPageDirectives,
  fileDirectives,
  internalDirectives,
  ...MODULES.map((each) => each.directives),
];

export interface Site {
  readonly location: CompiledLocation;
  /** Of the server that the location is in. */
  readonly serverRewrite: readonly Handler[];
  readonly diagnostics: readonly Diagnostic[];
  /** Error log lines as "level: message". */
  readonly logged: readonly string[];
  request(options?: RequestOptions): RequestContext;
  /** What the location's handlers decide. */
  ask(r: RequestContext): Verdict;
  /** The same for a request that must be answered, through the filters. */
  answer(r: RequestContext): Response;
}

/** `conf` is the content of http, with one server. The innermost first location is compiled. */
export function compileSite(conf: string, prefix = "/nowhere/"): Site {
  const source = createSource("/t.conf", `http {\n${conf}\n}`);
  const parsed = parse(source);
  const bound = bind({ statements: parsed.statements, sources: [source] }, TABLES);
  const diagnostics: Diagnostic[] = [...parsed.diagnostics, ...bound.diagnostics];
  const logged: string[] = [];
  const variables = testVariables();
  const compilation: Compilation = {
    variables,
    declarations: new Declarations(),
    services: testServices(),
    paths: { confPrefix: "/conf/", prefix, errorLog: "stderr" },
    diagnostics,
    compilePseudoLocation: (inner) => compileLocation(compilation, inner, logged),
  };
  const server = firstOf(firstOf(bound.root, "http"), "server");
  declareNames(compilation, bound.root);
  let innermost = server;
  for (let next = childrenOf(server, "location")[0]; next !== undefined; next = childrenOf(next, "location")[0]) innermost = next;
  const location = compileLocation(compilation, innermost, logged);
  return {
    location,
    serverRewrite: handlersOf(server, ["server_rewrite"], compilation),
    diagnostics,
    logged,
    request: (options) => makeRequest(location, options),
    ask: runHandlers,
    answer: (r) => {
      const verdict = runHandlers(r);
      if (!(verdict instanceof Response)) throw new Error(`No answer but ${JSON.stringify(verdict)}`);
      return r.location.filters.reduce((response, filter) => filter(r, response), verdict as Response);
    },
  };
}

function runHandlers(r: RequestContext): Verdict {
  let { handlers } = r.location;
  for (let i = 0; i < handlers.length; i++) {
    const before = r.location;
    const verdict = handlers[i]?.(r);
    if (verdict instanceof Promise) throw new Error("None of these handlers waits");
    if (verdict !== undefined && verdict !== "allow") return verdict;
    if (r.location === before) continue;
    handlers = r.location.handlers;
    i = -1;
  }
  return undefined;
}

function firstOf(outer: Block, name: string): Block {
  const [first] = childrenOf(outer, name);
  if (first === undefined) throw new Error(`No ${name}`);
  return first;
}

function declareNames(compilation: Compilation, outer: Block): void {
  for (const module of MODULES) module.declare?.(outer.settings as never, createScope(compilation, outer, ""));
  for (const inner of outer.children) declareNames(compilation, inner);
}

function compileLocation(compilation: Compilation, inner: Block, logged: string[]): CompiledLocation {
  const scope = createScope(compilation, inner, "");
  const errorLog = {
    isOn: () => true,
    write: (level: string, _connection: unknown, message: string) => void logged.push(`${level}: ${message}`),
  };
  const settings = {
    errorLog,
    errorPages: compileErrorPages(scope.settings(errorPageDirectives), scope),
    serverTokens: "on",
    ...compileInternal(scope.settings(internalDirectives)),
    ...compileRoot(scope),
    ...compileTypes(scope.settings(typesDirectives)),
  } as unknown as LocationSettings; // what handlers of these tests ask of it
  const [modifier, name] = inner.args.length === 2 ? inner.args.map((arg) => arg.text) : ["", inner.args[0]?.text];
  return {
    label: "",
    modifier: modifier ?? "",
    name: name ?? "",
    span: inner.span,
    block: inner,
    handlers: handlersOf(
      inner,
      inner.context === "location" ? ["rewrite", "precontent", "content"] : ["precontent", "content"],
      compilation,
    ),
    filters: MODULES.map((module) => module.filter?.(inner.settings as never, scope)).filter((filter) => filter !== undefined),
    limitExcept: undefined,
    logHandlers: [],
    handlerNames: [],
    contentAt: 0,
    namedCaptures: [],
    settings,
  };
}

function handlersOf(inner: Block, phases: readonly HandlerPhase[], compilation: Compilation): readonly Handler[] {
  const scope = createScope(compilation, inner, "");
  return phases.flatMap((phase) =>
    MODULES.map((module) => module.phases?.[phase]?.(inner.settings as never, scope)).filter((handler) => handler !== undefined),
  );
}

function testVariables(): VariableRegistry {
  const variables = new VariableRegistry();
  variables.add({
    uri: (r) => r.uri,
    args: {
      get: (r) => r.args,
      set: (r, value) => {
        r.args = value;
      },
    },
    host: (r) => r.host,
    scheme: () => "http",
    document_root: (r) => r.location.settings.documentRoot(r),
    request_filename: (r) => r.location.settings.mapPath(r, r.uri),
    request_method: (r) => r.method,
    arg_: {
      family: (suffix) => (r) => new URLSearchParams(r.args).get(suffix) ?? "",
    },
    http_: {
      family: (suffix) => (r) => r.head.field(suffix.replaceAll("_", "-")) ?? "",
    },
  });
  return variables;
}

function testServices(): Services {
  const kept = new Map<string, unknown>();
  const services = {
    shared: (key: string, create: () => unknown) => {
      if (!kept.has(key)) kept.set(key, create());
      return kept.get(key);
    },
    onExit: () => undefined,
  };
  return services as unknown as Services; // the modules under test use nothing else
}
