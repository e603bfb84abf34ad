/** Which virtual server's TLS a client gets (nginx: ngx_http_ssl_servername). */

import type { CompiledServer } from "../../compiled.ts";
import { parseHost } from "../../message/host.ts";
import { findServer } from "../../routing/virtual-server.ts";
import type { VirtualHosts } from "../../virtual-hosts.ts";
import type { ServerTls } from "./server-tls.ts";

export interface ChosenServer {
  readonly server: CompiledServer;
  /** That of the address's default server where its own has no certificate; undefined: the handshake is rejected. */
  readonly tls: ServerTls | undefined;
  /** The name, as a host, where it made a difference; else "". */
  readonly negotiatedName: string;
}

/** `serverName` as the client sent it; "" for none. It is looked up as a Host would be. */
export function chooseServer(hosts: VirtualHosts, serverName: string): ChosenServer {
  const name = serverName === "" ? "" : (parseHost(serverName)?.host ?? "");
  const { payload: server, verdict } = findServer(hosts.names, name);
  const tls = server.tls ?? hosts.defaultServer.tls;
  return {
    server,
    tls: tls?.rejectsHandshake === true ? undefined : tls,
    negotiatedName: hosts.isAlone || verdict === "default server" ? "" : name,
  };
}
