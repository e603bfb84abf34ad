/** One cookie out of a Cookie field (nginx: ngx_http_parse_multi_header_lines). */

/** The value of the first cookie of that name, compared without case; undefined when there is none. Cookies are parted by ";" or ",". */
export function readCookie(field: string, name: string): string | undefined {
  const lowerName = name.toLowerCase();
  let at = skipSpaces(field, 0);
  while (at < field.length) {
    if (field.slice(at, at + name.length).toLowerCase() === lowerName) {
      const equalsAt = skipSpaces(field, at + name.length);
      if (field[equalsAt] === "=") return valueFrom(field, skipSpaces(field, equalsAt + 1));
    }
    at = skipSpaces(field, nextCookie(field, at));
  }
  return undefined;
}

/** nginx ends a value at ";" alone, though a cookie that is skipped also ends at ",". */
function valueFrom(field: string, start: number): string {
  const end = field.indexOf(";", start);
  return end < 0 ? field.slice(start) : field.slice(start, end);
}

function nextCookie(field: string, at: number): number {
  const semicolon = field.indexOf(";", at);
  const comma = field.indexOf(",", at);
  const end = semicolon < 0 ? comma : comma < 0 ? semicolon : Math.min(semicolon, comma);
  return end < 0 ? field.length : end + 1;
}

function skipSpaces(field: string, at: number): number {
  let end = at;
  while (field.charCodeAt(end) === 0x20) end++;
  return end;
}
