/** From a file's path to a snapshot, with everything that is wrong on the way. */

import type { Block } from "../config/bind.ts";
import { bind, settings } from "../config/bind.ts";
import type { ConfigReader } from "../config/config-reader.ts";
import { type Diagnostic, hasErrors, inReadingOrder } from "../config/diagnostic.ts";
import type { SettingsOf } from "../config/directive.ts";
import { fillEnvironment } from "../config/environment.ts";
import { readConfig } from "../config/include.ts";
import type { Source } from "../config/source.ts";
import { CLIENT_BODY_TEMP_PATH, clientDirectives } from "../http/core/client-directives.ts";
import { errorLogDirectives, errorLogTargets } from "../http/core/error-log.ts";
import type { ConfigPaths, Services } from "../http/module.ts";
import type { ErrorLogTarget } from "../log/create-error-logs.ts";
import { proxyDirectives } from "../modules/proxy.ts";
import { unsupportedDirectives } from "../modules/unsupported.ts";
import { uwsgiDirectives } from "../modules/uwsgi.ts";
import { compileSnapshot } from "./compile-snapshot.ts";
import { type mainDirectives, mainSettings } from "./main-directives.ts";
import type { Snapshot } from "./snapshot.ts";
import { TABLES } from "./tables.ts";

export interface LoadOptions {
  /** The main file, as it is to be opened and named in messages. */
  readonly path: string;
  readonly paths: ConfigPaths;
  /** Directives given with -g. */
  readonly commandLine: string | undefined;
  readonly services: Services;
  /** Real files by default. */
  readonly reader?: ConfigReader;
}

export interface LoadedConfig {
  /** Undefined when there are errors. */
  readonly snapshot: Snapshot | undefined;
  readonly main: SettingsOf<typeof mainDirectives>;
  /** Where the process itself logs. */
  readonly mainErrorLogs: readonly ErrorLogTarget[];
  /** In reading order. */
  readonly diagnostics: readonly Diagnostic[];
  /** Every file read, in order; one included twice stands twice. */
  readonly sources: readonly Source[];
  /** Variables of the environment that the configuration reads. */
  readonly environmentNames: readonly string[];
  /** Directories for bodies that do not fit in memory: to be made before serving. */
  readonly tempPaths: readonly string[];
}

/** Reads, binds and compiles. Never throws for what a user wrote. */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const { path, paths, commandLine, services, reader } = options;
  const read = readConfig({
    path,
    confPrefix: paths.confPrefix,
    ...(commandLine === undefined ? {} : { commandLine }),
    ...(reader === undefined ? {} : { reader }),
  });
  const filled = fillEnvironment(read.tree, process.env);
  const bound = bind(filled.tree, TABLES, unsupportedDirectives);
  const diagnostics: Diagnostic[] = [...read.diagnostics, ...filled.diagnostics, ...bound.diagnostics];
  // Compiling goes on after mistakes, so that unknown variables and the like are told of in the same run; a mistake may be told of twice then.
  const snapshot = compileSnapshot(bound.root, services, paths, diagnostics);
  const errorLog = settings(bound.root, errorLogDirectives).error_log;
  return {
    snapshot: hasErrors(diagnostics) ? undefined : snapshot,
    main: mainSettings(bound.root),
    mainErrorLogs:
      errorLog[0]?.span === undefined
        ? [{ path: paths.errorLog, level: "error", format: "text" }]
        : errorLogTargets(errorLog, paths.prefix),
    diagnostics: inJudgingOrder(diagnostics),
    sources: read.tree.sources,
    environmentNames: filled.names,
    tempPaths: [...tempPathsOf(bound.root, paths.prefix)],
  };
}

/** nginx judges some things when all is read: they come behind what it finds while it reads. */
const JUDGED_LAST: ReadonlySet<string> = new Set(["unknown-variable", "no-certificate"]);

function inJudgingOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const isLast = ({ code }: Diagnostic): boolean => JUDGED_LAST.has(code);
  const inOrder = inReadingOrder(diagnostics);
  return [...inOrder.filter((diagnostic) => !isLast(diagnostic)), ...inOrder.filter(isLast)];
}

/** Those in force in some block: the outermost has the defaults, and others what they set themselves. */
function tempPathsOf(block: Block, prefix: string): ReadonlySet<string> {
  const paths = new Set<string>();
  addTempPaths(block, paths);
  return new Set([...paths].map((path) => (path.startsWith("/") ? path : prefix + path)));
}

function addTempPaths(block: Block, paths: Set<string>): void {
  if (block.parent === undefined || TEMP_PATH_DIRECTIVES.some((name) => name in block.own)) {
    paths.add(settings(block, clientDirectives).client_body_temp_path?.path ?? CLIENT_BODY_TEMP_PATH);
    paths.add(settings(block, proxyDirectives).proxy_temp_path?.path ?? "proxy_temp");
    paths.add(settings(block, uwsgiDirectives).uwsgi_temp_path?.path ?? "uwsgi_temp");
  }
  for (const child of block.children) addTempPaths(child, paths);
}

const TEMP_PATH_DIRECTIVES = ["client_body_temp_path", "proxy_temp_path", "uwsgi_temp_path"] as const;
