/** One `syslog:` destination: to whom datagrams go, and what stands at their start (RFC 3164 section 4.1; nginx: ngx_syslog.c). */

import { hostname } from "node:os";
import { currentLogTime } from "./log-time.ts";

/** `host` is a name or an IP address, IPv6 without brackets. */
export type SyslogServer =
  | { readonly kind: "inet"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

export interface SyslogTarget {
  readonly server: SyslogServer;
  /** 0 to 23, as the RFC numbers them. */
  readonly facility: number;
  /** 0 (emerg) to 7 (debug): of access lines; error lines have their own. */
  readonly severity: number;
  readonly tag: string;
  readonly omitsHostname: boolean;
}

/** Makes the head of a datagram, made anew once a second: `<190>Nov 22 20:45:55 host tag: `. */
export function createSyslogHead(target: SyslogTarget, severity: number): () => string {
  const priority = syslogPriority(target, severity);
  const source = syslogSource(target);
  let time = "";
  let head = "";
  return () => {
    const now = currentLogTime().syslog;
    if (now !== time) {
      time = now;
      head = `<${priority}>${now} ${source}: `;
    }
    return head;
  };
}

export function syslogPriority({ facility }: SyslogTarget, severity: number): number {
  return facility * 8 + severity;
}

/** What stands between the time and the colon. nginx: the machine's name in lower case. */
export function syslogSource({ tag, omitsHostname }: SyslogTarget): string {
  return omitsHostname ? tag : `${hostname().toLowerCase()} ${tag}`;
}

/** As messages name it: `127.0.0.1:514`, `[::1]:514`, `unix:/dev/log`. */
export function nameOfServer(server: SyslogServer): string {
  if (server.kind === "unix") return `unix:${server.path}`;
  return server.host.includes(":") ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`;
}
