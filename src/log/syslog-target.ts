/** One `syslog:` destination: to whom datagrams go, and what stands at their start (RFC 3164 section 4.1; nginx: ngx_syslog.c). */

import { hostname } from "node:os";
import { currentLogTime } from "./log-time.ts";

export interface SyslogTarget {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** 0 to 23, as the RFC numbers them. */
  readonly facility: number;
  /** 0 (emerg) to 7 (debug): of access lines; error lines have their own. */
  readonly severity: number;
  readonly tag: string;
  readonly omitsHostname: boolean;
}

/** Makes the head of a datagram, made anew once a second: `<190>Nov 22 20:45:55 host tag: `. */
export function createSyslogHead(target: SyslogTarget, severity: number): () => string {
  const priority = target.facility * 8 + severity;
  // nginx: the machine's name in lower case.
  const host = target.omitsHostname ? "" : `${hostname().toLowerCase()} `;
  let time = "";
  let head = "";
  return () => {
    const now = currentLogTime().syslog;
    if (now !== time) {
      time = now;
      head = `<${priority}>${now} ${host}${target.tag}: `;
    }
    return head;
  };
}
