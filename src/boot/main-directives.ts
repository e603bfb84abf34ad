/** Directives of the whole process (nginx: ngx_core_module, ngx_events_module). */

import { optional } from "../config/args.ts";
import { type Block, childrenOf, settings } from "../config/bind.ts";
import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import type { Report } from "../config/report.ts";
import type { Arg } from "../config/tree.ts";
import { count, flag, text, time } from "../config/values.ts";

export const mainDirectives = defineDirectives({
  daemon: one({ in: ["main"], value: flag(), default: true }),
  master_process: one({ in: ["main"], value: flag(), default: true }),
  worker_processes: one({ in: ["main"], parse: readWorkerProcesses, arity: 1, default: 1, syntax: "number | auto" }),
  user: one({ in: ["main"], args: { user: text(), group: optional(text()) } }),
  pid: one({ in: ["main"], value: text() }),
  env: many({ in: ["main"], value: text() }),
  worker_rlimit_nofile: one({ in: ["main"], value: count() }),
  worker_shutdown_timeout: one({ in: ["main"], value: time() }),
  worker_connections: one({ in: ["events"], value: count(), default: 512 }),
});

/** Settings of the process; those of `events` stand in a block of their own. */
export function mainSettings(root: Block): SettingsOf<typeof mainDirectives> {
  const [events] = childrenOf(root, "events");
  const main = settings(root, mainDirectives);
  if (events === undefined) return main;
  const { worker_connections } = settings(events, mainDirectives);
  // Settings that nobody wrote are inherited: a copy of the object would lose them.
  return Object.assign(Object.create(main) as typeof main, { worker_connections });
}

function readWorkerProcesses([arg]: readonly Arg[], report: Report): number | "auto" | undefined {
  if (arg?.text === "auto") return "auto";
  const number = /^\d+$/.test(arg?.text ?? "") ? Number(arg?.text) : 0;
  return number > 0 ? number : report.error("invalid number of worker processes", arg?.span);
}
