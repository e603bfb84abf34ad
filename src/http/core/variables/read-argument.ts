/** One argument out of a query string (nginx: ngx_http_arg). */

/** The raw value of the first argument of that name, compared without case; undefined when there is none. */
export function readArgument(args: string, name: string): string | undefined {
  let start = 0;
  while (start < args.length) {
    const amp = args.indexOf("&", start);
    const end = amp < 0 ? args.length : amp;
    const valueAt = start + name.length + 1;
    if (args.charCodeAt(valueAt - 1) === 0x3d && valueAt <= end && startsWithoutCase(args, start, name)) return args.slice(valueAt, end);
    start = end + 1;
  }
  return undefined;
}

function startsWithoutCase(text: string, at: number, name: string): boolean {
  if (text.startsWith(name, at)) return true;
  return text.slice(at, at + name.length).toLowerCase() === name.toLowerCase();
}
