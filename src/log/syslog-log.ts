/** Access lines as datagrams to a syslog server: one line, one datagram (nginx: ngx_http_log_handler). */

import type { LogFile } from "./log-file.ts";
import type { SyslogSenders } from "./syslog-senders.ts";
import { createSyslogHead, type SyslogTarget } from "./syslog-target.ts";

export class SyslogLog implements LogFile {
  readonly path: string;
  private readonly senders: SyslogSenders;
  private readonly target: SyslogTarget;
  private readonly head: () => string;

  constructor(target: SyslogTarget, senders: SyslogSenders) {
    this.path = "syslog";
    this.senders = senders;
    this.target = target;
    this.head = createSyslogHead(target, target.severity);
  }

  write(line: string): void {
    this.senders.to(this.target).send(Buffer.from(this.head() + line.slice(0, -1), "latin1"));
  }

  /** Every line has been sent. */
  flush(): void {}
}
