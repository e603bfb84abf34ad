/** The PROXY protocol: the header by which a balancer in front tells whose connection it passes on. Source: haproxy.org, proxy-protocol.txt. */

import { ipBytes, ipText } from "./ip-address.ts";

/** Who speaks to whom, as the header says; every field "" where it says "UNKNOWN" or "LOCAL", or speaks of another kind of connection. */
export interface ProxyHeader {
  /** Addresses without brackets. */
  readonly sourceAddress: string;
  readonly sourcePort: string;
  readonly destinationAddress: string;
  readonly destinationPort: string;
  /** What stands behind the addresses of version 2, for `readProxyTlv`; "" where nothing does. */
  readonly tlvs: string;
}

/** A header at the start of some bytes, with the number of bytes it takes. */
export interface FoundProxyHeader {
  readonly kind: "header";
  readonly header: ProxyHeader;
  readonly end: number;
}

/** Bytes that no header begins with; `reason` in nginx's words. */
export interface RefusedProxyHeader {
  readonly kind: "refused";
  readonly reason: string;
}

/** One end of a connection; the address without brackets. */
export interface ProxyEndpoint {
  readonly address: string;
  readonly port: number;
}

/** With its line end (proxy-protocol.txt, section 2.1; nginx: NGX_PROXY_PROTOCOL_V1_MAX_HEADER). */
const V1_BYTES_MAX = 107;
/** nginx: NGX_PROXY_PROTOCOL_MAX_HEADER. */
const V2_BYTES_MAX = 4096;
const V2_SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
/** Signature, version and command, family and transport, length. */
const V2_FIXED_BYTES = 16;
const V2_PROXY = 0x21;
const V2_STREAM = 1;
const V2_TCP4 = 0x11;
const V2_TCP6 = 0x21;

const NOTHING_TOLD: ProxyHeader = { sourceAddress: "", sourcePort: "", destinationAddress: "", destinationPort: "", tlvs: "" };

/** Reads the header that `bytes` begin with: version 1 or 2. "incomplete" while more bytes may still make one. */
export function parseProxyHeader(bytes: Buffer): FoundProxyHeader | RefusedProxyHeader | "incomplete" {
  const start = bytes.toString("latin1", 0, Math.min(bytes.length, V2_SIGNATURE.length));
  if (start === V2_SIGNATURE) return parseVersion2(bytes);
  if (V2_SIGNATURE.startsWith(start) || "PROXY ".startsWith(start)) return "incomplete";
  return start.startsWith("PROXY ") ? parseVersion1(bytes) : broken(bytes);
}

function found(header: ProxyHeader, end: number): FoundProxyHeader {
  return { kind: "header", header, end };
}

/** nginx: port 0 is none. */
function portText(port: number): string {
  return port === 0 ? "" : String(port);
}

// ---- version 1: a line of text

/** nginx takes any hexadecimal digits, dots and colons for an address. */
const V1_ADDRESSES = /^TCP[46] ([0-9a-fA-F.:]*) ([0-9a-fA-F.:]*) (\d+) (\d+)$/;
const PORT_MAX = 65_535;

function parseVersion1(bytes: Buffer): ReturnType<typeof parseProxyHeader> {
  const text = bytes.toString("latin1", 0, Math.min(bytes.length, V1_BYTES_MAX));
  const lineEnd = text.indexOf("\r\n");
  if (lineEnd < 0) return text.length < V1_BYTES_MAX && isLineSoFar(text) ? "incomplete" : broken(bytes);
  const line = text.slice("PROXY ".length, lineEnd);
  if (line.startsWith("UNKNOWN")) return found(NOTHING_TOLD, lineEnd + 2);
  const [, sourceAddress, destinationAddress, sourcePort, destinationPort] = V1_ADDRESSES.exec(line) ?? [];
  if (sourceAddress === undefined || destinationAddress === undefined) return broken(bytes);
  if (Number(sourcePort) > PORT_MAX || Number(destinationPort) > PORT_MAX) return broken(bytes);
  const header = {
    sourceAddress,
    sourcePort: portText(Number(sourcePort)),
    destinationAddress,
    destinationPort: portText(Number(destinationPort)),
    tlvs: "",
  };
  return found(header, lineEnd + 2);
}

/** A line end that is not CR LF breaks the line, but CR may be the first half of one. */
function isLineSoFar(text: string): boolean {
  const breakAt = text.search(/[\r\n]/);
  return breakAt < 0 || (breakAt === text.length - 1 && text.endsWith("\r"));
}

/** nginx shows the first line, as far as a header may reach. */
function broken(bytes: Buffer): RefusedProxyHeader {
  const line = bytes.toString("latin1", 0, Math.min(bytes.length, V1_BYTES_MAX)).split(/[\r\n]/, 1)[0] ?? "";
  return { kind: "refused", reason: `broken header: "${line}"` };
}

// ---- version 2: bytes

function parseVersion2(bytes: Buffer): ReturnType<typeof parseProxyHeader> {
  if (bytes.length < V2_FIXED_BYTES) return "incomplete";
  const versionAndCommand = bytes.readUInt8(12);
  if (versionAndCommand >> 4 !== 2) return { kind: "refused", reason: `unknown PROXY protocol version: ${versionAndCommand >> 4}` };
  const familyAndTransport = bytes.readUInt8(13);
  const end = V2_FIXED_BYTES + bytes.readUInt16BE(14);
  if (end > V2_BYTES_MAX) return { kind: "refused", reason: "header is too large" };
  if (bytes.length < end) return "incomplete";
  // LOCAL (a health check), datagrams and unix sockets: the connection counts as it is.
  if (versionAndCommand !== V2_PROXY || (familyAndTransport & 0x0f) !== V2_STREAM) return found(NOTHING_TOLD, end);
  if (familyAndTransport === V2_TCP4) return readAddresses(bytes, end, 4);
  if (familyAndTransport === V2_TCP6) return readAddresses(bytes, end, 16);
  return found(NOTHING_TOLD, end);
}

function readAddresses(bytes: Buffer, end: number, addressBytes: number): FoundProxyHeader | RefusedProxyHeader {
  const sourceAt = V2_FIXED_BYTES;
  const destinationAt = sourceAt + addressBytes;
  const portsAt = destinationAt + addressBytes;
  if (portsAt + 4 > end) return { kind: "refused", reason: "header is too short for its addresses" };
  const header = {
    sourceAddress: ipText(bytes.toString("latin1", sourceAt, destinationAt)),
    sourcePort: portText(bytes.readUInt16BE(portsAt)),
    destinationAddress: ipText(bytes.toString("latin1", destinationAt, portsAt)),
    destinationPort: portText(bytes.readUInt16BE(portsAt + 2)),
    tlvs: bytes.toString("latin1", portsAt + 4, end),
  };
  return found(header, end);
}

// ---- writing

/** The header that says "`source` speaks to `destination`"; "UNKNOWN" or "LOCAL" where they are not both IPv4 or both IPv6 addresses. */
export function encodeProxyHeader(version: 1 | 2, source: ProxyEndpoint, destination: ProxyEndpoint): Buffer {
  const sourceBytes = ipBytes(source.address);
  const destinationBytes = ipBytes(destination.address);
  const isTold = sourceBytes !== undefined && destinationBytes !== undefined && sourceBytes.length === destinationBytes.length;
  if (version === 1) {
    if (!isTold) return Buffer.from("PROXY UNKNOWN\r\n", "latin1");
    const family = sourceBytes.length === 4 ? "TCP4" : "TCP6";
    const addresses = `${ipText(sourceBytes)} ${ipText(destinationBytes)}`;
    return Buffer.from(`PROXY ${family} ${addresses} ${source.port} ${destination.port}\r\n`, "latin1");
  }
  if (!isTold) return Buffer.from(`${V2_SIGNATURE}\x20\0\0\0`, "latin1");
  const fixed = `${V2_SIGNATURE}${String.fromCharCode(V2_PROXY, sourceBytes.length === 4 ? V2_TCP4 : V2_TCP6)}`;
  const content = `${sourceBytes}${destinationBytes}${twoBytes(source.port)}${twoBytes(destination.port)}`;
  return Buffer.from(`${fixed}${twoBytes(content.length)}${content}`, "latin1");
}

function twoBytes(value: number): string {
  return String.fromCharCode((value >> 8) & 0xff, value & 0xff);
}
