/** Reads what reached an origin as the strictest of all origins would: anything that two readers could take for different things is a fault. */

export interface StrictRequest {
  readonly line: string;
  readonly fields: readonly (readonly [lowerName: string, value: string])[];
  readonly body: string;
  readonly end: number;
}

export interface FramingFault {
  readonly fault: string;
}

const REQUEST_LINE = /^[A-Z_-]+ [^\x00-\x20\x7f]+ HTTP\/1\.[01]$/;
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ ]?([^\x00-\x08\x0a-\x1f\x7f]*)$/;

/** The request that begins at `at`; undefined while it is not whole. */
export function readStrictRequest(text: string, at: number): StrictRequest | FramingFault | undefined {
  const headEnd = text.indexOf("\r\n\r\n", at);
  if (headEnd === -1) return undefined;
  const [line = "", ...fieldLines] = text.slice(at, headEnd).split("\r\n");
  if (!REQUEST_LINE.test(line)) return { fault: `request line ${JSON.stringify(line)}` };
  const fields: [string, string][] = [];
  for (const fieldLine of fieldLines) {
    const found = FIELD_LINE.exec(fieldLine);
    if (found === null) return { fault: `field line ${JSON.stringify(fieldLine)}` };
    fields.push([(found[1] ?? "").toLowerCase(), found[2] ?? ""]);
  }
  const valuesOf = (name: string): readonly string[] => fields.filter(([key]) => key === name).map(([, value]) => value);
  const lengths = valuesOf("content-length");
  const codings = valuesOf("transfer-encoding");
  if (valuesOf("host").length !== 1) return { fault: "not one Host field" };
  if (valuesOf("x-front").join() !== "yes") return { fault: `X-Front is ${JSON.stringify(valuesOf("x-front"))}` };
  if (lengths.length + codings.length > 1) return { fault: "more than one framing field" };
  const [length] = lengths;
  const [coding] = codings;
  if (length !== undefined && !/^(?:0|[1-9]\d*)$/.test(length)) return { fault: `Content-Length ${JSON.stringify(length)}` };
  if (coding !== undefined && coding !== "chunked") return { fault: `Transfer-Encoding ${JSON.stringify(coding)}` };
  const content = coding === undefined ? readCounted(text, headEnd + 4, Number(length ?? 0)) : readStrictChunks(text, headEnd + 4);
  return content === undefined || "fault" in content ? content : { line, fields, ...content };
}

interface Content {
  readonly body: string;
  readonly end: number;
}

function readCounted(text: string, at: number, length: number): Content | undefined {
  return text.length < at + length ? undefined : { body: text.slice(at, at + length), end: at + length };
}

function readStrictChunks(text: string, start: number): Content | FramingFault | undefined {
  let body = "";
  for (let at = start; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = text.slice(at, lineEnd);
    if (!/^(?:0|[1-9a-f][0-9a-f]*)$/.test(size)) return { fault: `chunk size ${JSON.stringify(size)}` };
    const bytes = Number.parseInt(size, 16);
    const end = lineEnd + 2 + bytes;
    if (text.length < end + 2) return undefined;
    if (text.slice(end, end + 2) !== "\r\n") return { fault: "no line end behind a chunk" };
    if (bytes === 0) return { body, end: end + 2 };
    body += text.slice(lineEnd + 2, end);
    at = end + 2;
  }
}
