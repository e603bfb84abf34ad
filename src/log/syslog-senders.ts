/** Who sends to which syslog server, and what is said of lines that were lost. */

import { DatagramSender } from "../net/datagram-sender.ts";
import type { SyslogTarget } from "./syslog-target.ts";
import { describeSystemError } from "./system-error.ts";

/** The senders of one owner, one an address, made with their first use. */
export class SyslogSenders {
  private readonly senders = new Map<string, DatagramSender>();
  private readonly onLoss: (message: string) => void;

  /** `onLoss` hears at most once a second, and for each server, that lines were lost. */
  constructor(onLoss: (message: string) => void) {
    this.onLoss = onLoss;
  }

  to({ host, port }: SyslogTarget): DatagramSender {
    const name = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    let sender = this.senders.get(name);
    if (sender === undefined) {
      sender = new DatagramSender(host, port, (error) => {
        this.onLoss(`send() to syslog server "${name}" failed (${describeSystemError(error)})`);
      });
      this.senders.set(name, sender);
    }
    return sender;
  }

  close(): void {
    for (const sender of this.senders.values()) sender.close();
    this.senders.clear();
  }
}
