/** Who sends to which syslog server, and what is said of lines that were lost. */

import { DatagramSender } from "../net/datagram-sender.ts";
import { UnixDatagramSender } from "../net/unix-datagram-sender.ts";
import { LOG_LEVELS } from "./error-log.ts";
import { createSyslogHead, nameOfServer, type SyslogTarget, syslogPriority, syslogSource } from "./syslog-target.ts";
import { describeSystemError } from "./system-error.ts";

/** Sends a message (latin1, without line end) under the target's head, at once. Never throws. */
export type SendToSyslog = (severity: number, message: string) => void;

/** The senders of one owner: one an address, and one a unix domain socket and tag; each begins with its first line. */
export class SyslogSenders {
  private readonly udp = new Map<string, DatagramSender>();
  private readonly unix = new Map<string, UnixDatagramSender>();
  private readonly onLoss: (message: string) => void;

  /** `onLoss` hears at most once a second, and for each server, that lines were lost. */
  constructor(onLoss: (message: string) => void) {
    this.onLoss = onLoss;
  }

  /** Throws where this machine has nothing to send to such a server with. */
  to(target: SyslogTarget): SendToSyslog {
    const { server } = target;
    const name = nameOfServer(server);
    const tell = (cause: string): void => this.onLoss(`send() to syslog server "${name}" failed (${cause})`);
    if (server.kind === "unix") {
      const source = syslogSource(target);
      const sender = remembered(this.unix, `${source} ${name}`, () => new UnixDatagramSender(server.path, source, tell));
      return (severity, message) => sender.send(syslogPriority(target, severity), message);
    }
    const sender = remembered(
      this.udp,
      name,
      () => new DatagramSender(server.host, server.port, (error) => tell(describeSystemError(error))),
    );
    const heads = LOG_LEVELS.map((_level, severity) => createSyslogHead(target, severity));
    return (severity, message) => sender.send(Buffer.from((heads[severity]?.() ?? "") + message, "latin1"));
  }

  /** Settles when nothing is left of them. */
  async close(): Promise<void> {
    const closed = [...this.udp.values(), ...this.unix.values()].map((sender) => sender.close());
    this.udp.clear();
    this.unix.clear();
    await Promise.all(closed);
  }
}

function remembered<T>(known: Map<string, T>, key: string, create: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = create();
  known.set(key, made);
  return made;
}
