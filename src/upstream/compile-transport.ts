/** The transports of a location, compiled from its directives. */

import type { Scope } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import type { ForwardConf } from "./forward-directives.ts";
import { withLocalAddress } from "./local-address.ts";
import { compileTls } from "./tls/compile-tls.ts";
import type { TlsContext } from "./tls/tls-context.ts";
import type { TlsConf } from "./tls/tls-directives.ts";
import { isServerName, serverNameFor, withoutPort } from "./tls/tls-name.ts";
import { type FindTransport, PLAIN_TRANSPORT, type Transport } from "./transport.ts";
import type { UpstreamTarget } from "./upstream-protocol.ts";

/**
 * Undefined: all connections are plain, from wherever the system likes. `mayUseTls`: the address has a scheme for TLS, or variables that may
 * bring one; nothing of TLS is read otherwise, as in nginx.
 */
export function compileTransport(conf: ForwardConf, prefix: string, mayUseTls: boolean, scope: Scope): FindTransport | undefined {
  return withLocalAddress(conf.bind, mayUseTls ? compileTlsTransport(conf, prefix, scope) : undefined, scope);
}

function compileTlsTransport(conf: TlsConf, prefix: string, scope: Scope): FindTransport | undefined {
  const tls = compileTls(conf, prefix, scope);
  if (tls === undefined) return undefined;
  const nameOf = conf.ssl_name === undefined ? undefined : scope.template(conf.ssl_name);
  const sendsName = conf.ssl_server_name;
  const remembered = new LastTransport();
  return (r: RequestContext, target: UpstreamTarget): Transport | number => {
    if (!target.usesTls) return PLAIN_TRANSPORT;
    const context = typeof tls === "function" ? tls(r) : tls;
    if (typeof context === "number") return context;
    const name = withoutPort(nameOf === undefined ? target.tlsName : nameOf.evaluate(r));
    if (!sendsName || isServerName(name)) return remembered.find(context, name, sendsName);
    logRequestError(r, "error", `SSL_set_tlsext_host_name("${name}") failed`);
    return 500;
  };
}

/** Most locations have but one: it is made once. */
class LastTransport {
  private context: TlsContext | undefined = undefined;
  private name = "";
  private transport = PLAIN_TRANSPORT;

  find(context: TlsContext, name: string, sendsName: boolean): Transport {
    if (this.context === context && this.name === name) return this.transport;
    const serverName = sendsName ? serverNameFor(name) : "";
    const checkedName = context.verification === undefined ? "" : name;
    this.context = context;
    this.name = name;
    this.transport = {
      // The length keeps two names that a request has a say in apart.
      key: `${context.identity} ${serverName.length} ${serverName} ${checkedName}`,
      tls: { context, serverName, name },
      preface: undefined,
      localAddress: undefined,
    };
    return this.transport;
  }
}
