/** Access lines as datagrams to a syslog server: one line, one datagram (nginx: ngx_http_log_handler). */

import type { LogFile } from "./log-file.ts";
import type { SendToSyslog, SyslogSenders } from "./syslog-senders.ts";
import type { SyslogTarget } from "./syslog-target.ts";

export class SyslogLog implements LogFile {
  readonly path: string;
  private readonly severity: number;
  private readonly send: SendToSyslog;

  /** Throws where this machine has nothing to send to such a server with. */
  constructor(target: SyslogTarget, senders: SyslogSenders) {
    this.path = "syslog";
    this.severity = target.severity;
    this.send = senders.to(target);
  }

  write(line: string): void {
    this.send(this.severity, line.slice(0, -1));
  }

  /** Every line has been sent. */
  flush(): void {}
}
