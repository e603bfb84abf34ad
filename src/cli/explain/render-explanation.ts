/** An explanation as a person reads it: what was asked, each decision with its place, and what came of it. */

import type { ExplainedAnswer, ExplainedPair, ExplainedStep, ExplainedUpstream, Explanation } from "./explanation.ts";
import { renderTable, showText, type TableLine } from "./render-table.ts";

/** uWSGI's own limit of a request's vars where its buffer-size is not set. */
const UWSGI_BUFFER_SIZE = 4096;
/** Of the text that `return` sends. */
const BODY_LINES_MAX = 8;

/** Lines of text to display, the last with its line end. Places are relative to `directory`. */
export function renderExplanation(explanation: Explanation, directory: string): string {
  const { request, listen, steps, settings, upstream, answer } = explanation;
  const table = (lines: readonly TableLine[], indent: string): readonly string[] => renderTable(lines, indent, directory);
  const settingLines = settings.map(({ text, place, block }) => ({ cells: [block, text], place }));
  const sections = [
    [showText(request)],
    table([{ cells: ["listen", " ", listen.address, listen.why], place: listen.place }, ...stepLines(steps), endLine(explanation)], ""),
    settings.length === 0 ? [] : ["settings", ...table(settingLines, "  ")],
    upstream === null ? [] : renderUpstream(upstream, table),
    answer === null ? [] : renderAnswer(answer),
  ];
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${texts.join("\n\n")}\n`;
}

/** The name of a step stands where it begins, not on each line of it. */
function stepLines(steps: readonly ExplainedStep[]): readonly TableLine[] {
  return steps.map(({ step, subject, text, won, place }, index) => {
    const name = steps[index - 1]?.step === step ? "" : step;
    const mark = won === null ? " " : won ? "\u2713" : "\u2717";
    return { cells: subject === null ? [name, mark, text] : [name, mark, subject, text], place };
  });
}

function endLine({ location, server }: Explanation): TableLine {
  const name = location.label === "" ? "no location" : /^(?:if |@)/.test(location.label) ? location.label : `location ${location.label}`;
  return { cells: ["ends in", " ", server.name === "" ? name : `${name} of server ${server.name}`], place: location.place ?? server.place };
}

type RenderLines = (lines: readonly TableLine[], indent: string) => readonly string[];

function renderUpstream(upstream: ExplainedUpstream, table: RenderLines): readonly string[] {
  if (upstream.protocol === "none") return [showText(`not sent: ${upstream.problem}`)];
  const { url, place, peers } = upstream;
  const peerLines = peers.map(({ server, weight, backup, down }) => {
    const parameters = `${weight === 1 ? "" : ` weight=${weight}`}${backup ? " backup" : ""}${down ? " down" : ""}`;
    return { cells: [`  server ${server}${parameters}`], place: null };
  });
  const head = [...table([{ cells: [`upstream ${url}`], place }, ...peerLines], ""), ""];
  if (upstream.protocol === "http") {
    return [...head, ...table([{ cells: [upstream.requestLine], place: null }, ...upstream.fields.map(fieldLine)], "  ")];
  }
  if (upstream.protocol === "memcached") return [...head, `  get ${showText(upstream.key)}`];
  const { modifier1, modifier2, varsBytes, vars } = upstream;
  const warning = varsBytes > UWSGI_BUFFER_SIZE ? `: more than uWSGI takes by default (${UWSGI_BUFFER_SIZE}), set its buffer-size` : "";
  const varLines = vars.map(({ name, value, place: setAt }) => ({ cells: [name, value], place: setAt }));
  return [
    ...head,
    `  uwsgi packet, modifier1 ${modifier1}, modifier2 ${modifier2}, ${varsBytes} bytes of vars${warning}`,
    ...table(varLines, "  "),
  ];
}

function fieldLine({ name, value, place }: ExplainedPair): TableLine {
  return { cells: [`${name}: ${value}`], place };
}

function renderAnswer({ status, reason, fields, file, body }: ExplainedAnswer): readonly string[] {
  const what = file === null ? "" : `, the file ${file}`;
  const lines = [
    `answer ${status === 444 && reason === "" ? "none: the connection closes (444)" : `${status} ${reason}`.trimEnd()}${what}`,
  ];
  for (const [name, value] of fields) lines.push(`  ${name}: ${value}`);
  if (body !== null && body !== "") {
    const bodyLines = body.replace(/\n$/, "").split("\n");
    lines.push("", ...bodyLines.slice(0, BODY_LINES_MAX).map((line) => `  ${line}`));
    if (bodyLines.length > BODY_LINES_MAX) lines.push("  ...");
  }
  return lines.map(showText);
}
