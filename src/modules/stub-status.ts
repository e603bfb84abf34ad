/** `stub_status`: how many connections there are and were, as a page and as variables (nginx: ngx_http_stub_status_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import { type DeclareScope, defineModule, type Scope } from "../http/module.ts";
import type { Handler, Verdict } from "../http/phase.ts";
import { fullResponse } from "../http/response.ts";
import { servedConnectionsOf } from "../http/served-connections.ts";
import type { ConnectionFigures } from "../net/connection-figures.ts";

const directives = defineDirectives({
  // Before 1.7.5 it took an argument, which nginx goes on to accept.
  stub_status: one({ in: ["server", "location"], parse: () => true, arity: [0, 1], inherits: "pseudo", syntax: "", merge: () => true }),
});

export const stubStatusModule = defineModule({
  name: "stub_status",
  directives,
  declare: (_conf, scope) => declareVariables(scope),
  pass: (conf, scope) => (conf.stub_status === undefined ? undefined : createHandler(scope)),
});

/** Not in the module's table: they are of the process, which only a scope knows. */
function declareVariables({ block, services, variables }: DeclareScope): void {
  if (block.context !== "http") return;
  const connections = servedConnectionsOf(services);
  variables.add({
    connections_active: () => String(connections.known().active),
    connections_reading: () => String(connections.known().reading),
    connections_writing: () => String(connections.known().writing),
    connections_waiting: () => String(connections.known().waiting),
  });
}

function createHandler({ services }: Scope): Handler {
  const connections = servedConnectionsOf(services);
  return (r) => {
    if (r.method !== "GET" && r.method !== "HEAD") return 405;
    const figures = connections.all();
    return figures instanceof Promise ? figures.then(renderPage) : renderPage(figures);
  };
}

/** nginx's text, with its blanks at the ends of lines. */
function renderPage({ active, accepted, handled, requests, reading, writing, waiting }: ConnectionFigures): Verdict {
  const text =
    `Active connections: ${active} \n` +
    "server accepts handled requests\n" +
    ` ${accepted} ${handled} ${requests} \n` +
    `Reading: ${reading} Writing: ${writing} Waiting: ${waiting} \n`;
  return fullResponse(200, "text/plain", text);
}
