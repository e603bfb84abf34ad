/** An explanation as a person reads it: what was asked, each decision with its place, and what came of it. */

import type { ExplainedContent } from "../../upstream/explain.ts";
import type { ExplainedStep, Explanation } from "./explanation.ts";

/** uWSGI's own limit of a request's vars where its buffer-size is not set. */
const UWSGI_BUFFER_SIZE = 4096;
/** Places stand in a column of their own as long as lines stay readable. */
const PLACE_COLUMN = 64;

/** Lines of latin1 text, the last with its line end. */
export function renderExplanation(explanation: Explanation): string {
  const { request, listen, server, location, steps, settings, upstream, answer } = explanation;
  const lines = [request, "", placed(`listen    ${listen.address}  (${listen.why})`, listen.place)];
  let former = "";
  for (const step of steps) {
    lines.push(renderStep(step, former));
    former = step.step;
  }
  lines.push("", placed(`server    ${server.name === "" ? '""' : server.name}`, server.place));
  lines.push(placed(`location  ${location.label === "" ? "none: the server's own settings" : location.label}`, location.place));
  if (settings.length > 0) lines.push("", "settings in force");
  for (const setting of settings) lines.push(placed(`  ${setting.text}`, `${setting.place}  in ${setting.block}`));
  if (upstream !== undefined) lines.push("", ...renderUpstream(upstream));
  if (answer !== undefined) {
    lines.push("", `answer    ${answer.status}`);
    if (answer.contentType !== undefined) lines.push(`  Content-Type: ${answer.contentType}`);
    if (answer.contentLength >= 0) lines.push(`  Content-Length: ${answer.contentLength}`);
    if (answer.location !== undefined) lines.push(`  Location: ${answer.location}`);
    for (const [name, value] of answer.fields) lines.push(`  ${name}: ${value}`);
  }
  return `${lines.join("\n")}\n`;
}

function renderStep({ step, text, won, place }: ExplainedStep, former: string): string {
  const mark = won === true ? "✓" : won === false ? "✗" : " ";
  return placed(`${(step === former ? "" : step).padEnd(Math.max(10, step.length + 1))}${mark} ${text}`, place);
}

function renderUpstream(content: ExplainedContent): readonly string[] {
  switch (content.protocol) {
    case "none":
      return [`not sent: ${content.problem}`];
    case "http":
      return [
        `upstream  ${content.upstream}`,
        ...renderPeers(content),
        "",
        ...content.head
          .trimEnd()
          .split("\r\n")
          .map((line) => `  ${line}`),
      ];
    case "uwsgi": {
      const width = Math.max(...content.vars.map(([name]) => name.length), 0);
      const limit =
        content.blockBytes > UWSGI_BUFFER_SIZE ? `: more than uWSGI takes by default (${UWSGI_BUFFER_SIZE}); set its buffer-size` : "";
      return [
        `upstream  ${content.upstream}`,
        ...renderPeers(content),
        "",
        `  uwsgi packet: modifier1 ${content.modifier1}, modifier2 ${content.modifier2}, ${content.blockBytes} bytes of vars${limit}`,
        ...content.vars.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
      ];
    }
  }
}

function renderPeers({ peers }: Exclude<ExplainedContent, { protocol: "none" }>): readonly string[] {
  return peers.map(
    ({ server, weight, backup, down }) =>
      `  server ${server}${weight === 1 ? "" : ` weight=${weight}`}${backup ? " backup" : ""}${down ? " down" : ""}`,
  );
}

function placed(text: string, place: string | undefined): string {
  return place === undefined ? text : `${text.padEnd(PLACE_COLUMN)}  ${place}`;
}
