/** What a client of a URL speaks with a listener, and whose certificate it would see: chosen by the code that makes the handshakes. */

import type { CompiledHosts } from "../../boot/snapshot.ts";
import { chooseServer } from "../../http/connection/tls/choose-server.ts";
import { NO_HELLO } from "../../http/connection/tls/client-hello.ts";
import { offeredTls } from "../../http/connection/tls/negotiated-tls.ts";
import type { TlsInfo } from "../../http/tls-info.ts";
import type { UrlAddress } from "./explained-url.ts";
import type { ExplainedStep } from "./explanation.ts";
import { findPlace } from "./place.ts";

export interface SpokenProtocol {
  readonly tls: TlsInfo | undefined;
  /** An http:// URL leads to where TLS is spoken. */
  readonly isPlainOnTls: boolean;
}

const PLAIN: SpokenProtocol & { readonly step: undefined } = { tls: undefined, isPlainOnTls: false, step: undefined };
/** Clients ask for names, never for addresses (RFC 6066 section 3). */
const ADDRESS = /^[0-9.]+$|:/;

/** A sentence where no request can be made. The client has no certificate. */
export function explainTls(
  { hosts, protocols }: CompiledHosts,
  { scheme, host }: UrlAddress,
): (SpokenProtocol & { readonly step: ExplainedStep | undefined }) | string {
  if (!protocols.ssl) return scheme === "https" ? "this listen has no ssl parameter: ask for http://" : PLAIN;
  if (scheme === "http") return { ...PLAIN, isPlainOnTls: true };
  const serverName = ADDRESS.test(host) ? "" : host;
  const { server, tls, negotiatedName } = chooseServer(hosts, serverName);
  if (tls === undefined) return "the TLS handshake is rejected by ssl_reject_handshake";
  const subject = serverName === "" ? "no name" : serverName;
  const whose = server.tls === undefined || server === hosts.defaultServer ? "the address's default server" : `server ${server.name}`;
  const step = { step: "tls", subject, text: `certificate of ${whose}`, won: true, place: findPlace(server.span) };
  return { tls: { ...offeredTls({ ...NO_HELLO, serverName }, negotiatedName, tls), protocol: "TLSv1.3" }, isPlainOnTls: false, step };
}
