/** What each command does (nginx.org: ngx_http_ssi_module, "SSI Commands"). */

import { escapeHtml } from "../../http/message/escape.ts";
import { logRequestError } from "../../http/request-log.ts";
import type { SsiParams } from "./command-table.ts";
import { evaluateCondition } from "./evaluate-condition.ts";
import { evaluateText, SsiMistake } from "./evaluate-text.ts";
import { include } from "./include.ts";
import type { SsiPage } from "./ssi-page.ts";
import { timeFormats } from "./time-format.ts";

/** Undefined: done. */
export function runCommand(page: SsiPage, name: string, params: SsiParams): SsiMistake | undefined {
  const { branches } = page;
  switch (name) {
    case "include":
      return include(page, params);
    case "echo":
      return echo(page, params);
    case "config":
      return config(page, params);
    case "set":
      return set(page, params);
    case "if":
    case "elif":
      return branches.branch(name, () => evaluateCondition(params.get("expr") ?? "", page.values));
    case "else":
      return branches.otherwise();
    case "endif":
      return branches.endBranches();
    case "block":
      return branches.beginBlock(params.get("name") ?? "");
    default:
      return endBlock(page);
  }
}

function echo(page: SsiPage, params: SsiParams): undefined {
  const value = page.values.get(params.get("var") ?? "") ?? params.get("default") ?? "(none)";
  if (value === "") return;
  setEncoding(page, params.get("encoding"));
  page.emit(page.encoding === "entity" ? escapeHtml(value) : page.encoding === "url" ? escapeForPage(value) : value);
}

/** nginx: it holds for the echoes that follow, too. */
function setEncoding(page: SsiPage, encoding: string | undefined): void {
  switch (encoding) {
    case undefined:
      return;
    case "none":
    case "url":
    case "entity":
      page.encoding = encoding;
      return;
    default:
      logRequestError(page.r, "error", `unknown encoding "${encoding}" in the "echo" command`);
  }
}

/** nginx: NGX_ESCAPE_HTML. */
function escapeForPage(text: string): string {
  return text.replace(/[\x00-\x20"#%'<>\\^`{|}\x7f-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

function config(page: SsiPage, params: SsiParams): undefined {
  page.errorMessage = params.get("errmsg") ?? page.errorMessage;
  const format = params.get("timefmt");
  if (format !== undefined) timeFormats.set(page.r, format);
}

function set(page: SsiPage, params: SsiParams): SsiMistake | undefined {
  const value = evaluateText(params.get("value") ?? "", page.values);
  if (value instanceof SsiMistake) return value;
  page.values.set(params.get("var") ?? "", value);
  return undefined;
}

function endBlock(page: SsiPage): undefined {
  const block = page.branches.endBlock();
  if (block !== undefined) page.values.setBlock(block.name, block.text);
}
