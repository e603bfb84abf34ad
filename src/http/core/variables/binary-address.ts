/** Addresses as their bytes: the short key that `limit_req_zone $binary_remote_addr` counts by. */

/** 4 chars for IPv4, 16 for IPv6 (one char, one byte); anything else, as "unix:", is returned as it is. */
export function binaryAddress(address: string): string {
  if (address.includes(":")) return binaryIpv6(address) ?? address;
  return binaryIpv4(address) ?? address;
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function binaryIpv4(address: string): string | undefined {
  const octets = IPV4.exec(address);
  if (octets === null) return undefined;
  return String.fromCharCode(Number(octets[1]), Number(octets[2]), Number(octets[3]), Number(octets[4]));
}

/** Undefined for what is no IPv6 address. A zone ("%eth0") is left out. */
function binaryIpv6(address: string): string | undefined {
  const zoneAt = address.indexOf("%");
  const bare = zoneAt < 0 ? address : address.slice(0, zoneAt);
  if (!/^[0-9a-fA-F:.]+$/.test(bare)) return undefined;
  const gapAt = bare.indexOf("::");
  if (gapAt < 0) return sixteenOctets(binaryGroups(bare), "");
  return sixteenOctets(binaryGroups(bare.slice(0, gapAt)), binaryGroups(bare.slice(gapAt + 2)));
}

function sixteenOctets(start: string | undefined, end: string | undefined): string | undefined {
  if (start === undefined || end === undefined || start.length + end.length > 16) return undefined;
  return start + "\0".repeat(16 - start.length - end.length) + end;
}

function binaryGroups(text: string): string | undefined {
  if (text === "") return "";
  let bytes = "";
  for (const group of text.split(":")) {
    const octets = group.includes(".") ? binaryIpv4(group) : binaryGroup(group);
    if (octets === undefined) return undefined;
    bytes += octets;
  }
  return bytes;
}

function binaryGroup(group: string): string | undefined {
  if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
  const value = Number.parseInt(group, 16);
  return String.fromCharCode(value >> 8, value & 0xff);
}
