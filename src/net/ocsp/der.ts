/** DER, as far as OCSP needs it: elements with one-byte tags and definite lengths (X.690 sections 8.1 and 10.1). */

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const ENUMERATED = 0x0a;
export const GENERALIZED_TIME = 0x18;
export const SEQUENCE = 0x30;
/** Constructed and context-specific: `EXPLICIT_0 + 1` is [1]. */
export const EXPLICIT_0 = 0xa0;

/** Views of the bytes that were read, not copies. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly whole: Buffer;
}

/** Bytes that are no DER, or not of the form that was asked for. */
export class DerError extends Error {
  override readonly name = "DerError";
}

const HIGH_TAG_NUMBER = 0x1f;
const LONG_LENGTH = 0x80;
/** What OCSP carries is far below 16 MB. */
const LENGTH_BYTES_MAX = 3;

/** The elements that fill `bytes`, one behind the other. Throws a DerError. */
export function readElements(bytes: Buffer): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readElement(bytes, at);
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** The elements in one of type `tag`. Throws a DerError when `element` is missing or another. */
export function readInside(element: DerElement | undefined, tag: number): readonly DerElement[] {
  return readElements(contentOf(element, tag));
}

/** Throws a DerError when `element` is missing or not of type `tag`. */
export function contentOf(element: DerElement | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw new DerError(`Expected tag ${tag}, found ${element?.tag ?? "none"}`);
  return element.content;
}

/** The bytes of a BIT STRING that ends on a byte. Throws a DerError. */
export function bitsOf(element: DerElement | undefined): Buffer {
  const content = contentOf(element, BIT_STRING);
  if (content[0] !== 0) throw new DerError("Expected a BIT STRING of whole bytes");
  return content.subarray(1);
}

/** An element of the given contents. */
export function writeElement(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function readElement(bytes: Buffer, start: number): DerElement {
  const tag = byteAt(bytes, start);
  if ((tag & HIGH_TAG_NUMBER) === HIGH_TAG_NUMBER) throw new DerError(`Unexpected tag ${tag}`);
  const first = byteAt(bytes, start + 1);
  const lengthLength = first < LONG_LENGTH ? 0 : first - LONG_LENGTH;
  if (first === LONG_LENGTH || lengthLength > LENGTH_BYTES_MAX) throw new DerError(`Unexpected length ${first}`);
  let length = lengthLength === 0 ? first : 0;
  for (let index = 0; index < lengthLength; index++) length = length * 256 + byteAt(bytes, start + 2 + index);
  const contentStart = start + 2 + lengthLength;
  const end = contentStart + length;
  if (end > bytes.length) throw new DerError(`Expected ${length} bytes, found ${bytes.length - contentStart}`);
  return { tag, content: bytes.subarray(contentStart, end), whole: bytes.subarray(start, end) };
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new DerError("Expected a byte, found the end");
  return byte;
}

function lengthBytes(length: number): readonly number[] {
  if (length < LONG_LENGTH) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [LONG_LENGTH + bytes.length, ...bytes];
}
