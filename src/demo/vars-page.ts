/** The page that the demonstration application answers with: the packet's vars and the body, as they came over the socket. */

import type { UwsgiPacket } from "../upstream/uwsgi/packet.ts";

/** Text to be sent as UTF-8; the packet's values are latin1 bytes. */
export function renderVarsPage(packet: UwsgiPacket, body: string): string {
  const rows = packet.vars.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join("\n");
  const bodyText = body === "" ? "" : `<h2>Request body</h2>\n<pre>${escapeHtml(body)}</pre>\n`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>uwsgi vars</title>
<link rel="stylesheet" href="/style.css">
<main>
<p class="where"><a href="/">foregate</a> / app</p>
<h1>What the application got</h1>
<p>This page was made by another process. It speaks the uwsgi protocol on a TCP socket and saw modifier1 ${packet.modifier1},
modifier2 ${packet.modifier2} and ${packet.vars.length} vars in a block of ${packet.end - 4} bytes:</p>
<table>
${rows}
</table>
${bodyText}<h2>Send a body</h2>
<form method="post"><input name="text" value="a value &amp; another"> <button>POST</button></form>
</main>
</html>
`;
}

function escapeHtml(bytes: string): string {
  const text = Buffer.from(bytes, "latin1").toString();
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
