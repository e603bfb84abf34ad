/** Figures of clients' connections as modules ask for them: of all the processes that serve. */

import type { ConnectionFigures } from "../net/connection-figures.ts";
import type { Services } from "./module.ts";

export interface ServedConnections {
  /** As far as is known without asking another process. */
  known(): ConnectionFigures;
  all(): ConnectionFigures | Promise<ConnectionFigures>;
}

/** Under which key `Services.shared` has them: a worker puts its own there before a configuration is loaded. */
export const SERVED_CONNECTIONS_KEY = "served connections";

/** Those of this process alone, where nobody has put others there. */
export function servedConnectionsOf(services: Pick<Services, "shared" | "connections">): ServedConnections {
  const figures = (): ConnectionFigures => services.connections.figures();
  return services.shared<ServedConnections>(SERVED_CONNECTIONS_KEY, () => ({ known: figures, all: figures }));
}
