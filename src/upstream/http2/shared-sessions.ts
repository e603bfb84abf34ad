/** The process's HTTP/2 connections to upstreams: one set for all locations and snapshots, closed when the process ends. */

import type { Services } from "../../http/module.ts";
import { Http2Sessions } from "./http2-sessions.ts";

export function sharedSessions(services: Pick<Services, "deadlines" | "connections" | "shared" | "onExit">): Http2Sessions {
  return services.shared("upstream HTTP/2 connections", () => {
    const sessions = new Http2Sessions(services.deadlines, services.connections);
    services.onExit(() => sessions.closeAll());
    return sessions;
  });
}
