/** JSON in bytes, as configurations, files and tokens carry it: latin1 text that holds UTF-8. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** Undefined for what is not JSON. */
export function parseJson(bytes: string | Buffer): unknown {
  const text = (typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes).toString("utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value behind nested names, as a variable's text: arrays joined by commas, objects as JSON, "" for nothing and null. */
export function textAt(object: JsonObject | undefined, names: readonly string[]): string {
  let value: unknown = object;
  for (const name of names) value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return textOf(value);
}

/** The same for a single name as a variable carries it, in lower case; a member in other case serves where none has just this name. */
export function textUnder(object: JsonObject | undefined, name: string): string {
  if (object === undefined) return "";
  if (Object.hasOwn(object, name)) return textOf(object[name]);
  const other = Object.keys(object).find((candidate) => candidate.toLowerCase() === name);
  return other === undefined ? "" : textOf(object[other]);
}

/** What would end a field line of a request to an upstream. */
const LINE_ENDS = /[\0\r\n]/g;

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(textOf).join(",");
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return Buffer.from(text, "utf8").toString("latin1").replace(LINE_ENDS, " ");
}
