/** What a PROXY protocol header of version 2 says besides addresses. Source: proxy-protocol.txt, section 2.2; nginx: ngx_proxy_protocol_get_tlv. */

const TYPES: ReadonlyMap<string, number> = new Map([
  ["alpn", 0x01],
  ["authority", 0x02],
  ["unique_id", 0x05],
  ["ssl", 0x20],
  ["netns", 0x30],
]);
const SSL_TYPE = 0x20;
const SSL_TYPES: ReadonlyMap<string, number> = new Map([
  ["version", 0x21],
  ["cn", 0x22],
  ["cipher", 0x23],
  ["sig_alg", 0x24],
  ["key_alg", 0x25],
]);
/** A byte of flags and four that tell how verifying the client's certificate ended: the values inside follow. */
const SSL_FIXED_BYTES = 5;
const VALUE_HEAD_BYTES = 3;

/** Finds one value in a header's `tlvs`: latin1 text; undefined when it is not there, or what stands there is cut short. */
export type ReadProxyTlv = (tlvs: string) => string | undefined;

/** The reader for a name as nginx writes it: `alpn`, `ssl_cn`, `ssl_verify`, `0xea`, `ssl_0x26`. Undefined for a name that means nothing. */
export function proxyTlvReader(name: string): ReadProxyTlv | undefined {
  if (!name.startsWith("ssl_")) {
    const type = typeOf(name, TYPES);
    return type === undefined ? undefined : (tlvs) => findValue(tlvs, type);
  }
  if (name === "ssl_verify") return readVerify;
  const type = typeOf(name.slice("ssl_".length), SSL_TYPES);
  return type === undefined ? undefined : (tlvs) => readInSsl(tlvs, type);
}

function typeOf(name: string, types: ReadonlyMap<string, number>): number | undefined {
  return /^0x[0-9a-f]{1,2}$/.test(name) ? Number(name) : types.get(name);
}

function readVerify(tlvs: string): string | undefined {
  const ssl = findValue(tlvs, SSL_TYPE);
  if (ssl === undefined || ssl.length < SSL_FIXED_BYTES) return undefined;
  return String(twoBytes(ssl, 1) * 0x1_0000 + twoBytes(ssl, 3));
}

function readInSsl(tlvs: string, type: number): string | undefined {
  const ssl = findValue(tlvs, SSL_TYPE);
  return ssl === undefined || ssl.length < SSL_FIXED_BYTES ? undefined : findValue(ssl.slice(SSL_FIXED_BYTES), type);
}

function findValue(tlvs: string, type: number): string | undefined {
  let at = 0;
  while (at + VALUE_HEAD_BYTES <= tlvs.length) {
    const start = at + VALUE_HEAD_BYTES;
    const end = start + twoBytes(tlvs, at + 1);
    if (end > tlvs.length) return undefined;
    if (tlvs.charCodeAt(at) === type) return tlvs.slice(start, end);
    at = end;
  }
  return undefined;
}

function twoBytes(text: string, at: number): number {
  return text.charCodeAt(at) * 256 + text.charCodeAt(at + 1);
}
