/** Path patterns as glob(3) reads them without flags: `*`, `?`, `[…]`, "\" escapes; sorted by bytes; names with a leading dot only when asked for. */

/** Whether nginx takes an include's path for a pattern (it looks for any of "*?["). */
export function isGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Paths that match. `list` gives the names in a directory, or undefined. */
export function expandGlob(pattern: string, list: (directory: string) => readonly string[] | undefined): readonly string[] {
  let paths = [pattern.startsWith("/") ? "/" : ""];
  const components = pattern.split("/").filter((component) => component !== "");
  for (const component of components) {
    const matches = matcherOf(component);
    paths = paths.flatMap((path) => {
      if (component === "." || component === "..") return [`${path}${component}/`];
      const names = list(path === "" ? "." : path) ?? [];
      return names.filter(matches).map((name) => `${path}${name}/`);
    });
  }
  return paths.map((path) => path.slice(0, -1)).sort(compareBytes);
}

function compareBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A test for one path component. */
function matcherOf(component: string): (name: string) => boolean {
  const pattern = new RegExp(`^${componentPattern(component)}$`, "s");
  const matchesHidden = component.startsWith(".") || component.startsWith("\\.");
  return (name) => (matchesHidden || !name.startsWith(".")) && name !== "." && name !== ".." && pattern.test(name);
}

const ELEMENT = /\\(.)|\[([!^]?)(\]?(?:\[:[a-z]+:\]|[^\]])*)\]|(\*+)|(\?)|([\s\S])/g;

function componentPattern(component: string): string {
  return component.replace(
    ELEMENT,
    (_, escaped?: string, negation?: string, members?: string, stars?: string, one?: string, plain?: string) => {
      if (members !== undefined) return `[${negation === "" ? "" : "^"}${setPattern(members)}]`;
      if (stars !== undefined) return ".*";
      if (one !== undefined) return ".";
      return (escaped ?? plain ?? "").replace(/[$()*+.?[\\\]^{|}/-]/g, "\\$&");
    },
  );
}

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  xdigit: "0-9A-Fa-f",
  space: " \\t\\n\\v\\f\\r",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
};

function setPattern(members: string): string {
  return members.replace(/\[:([a-z]+):\]|([\\[\]^])/g, (_, name: string | undefined, special: string | undefined) => {
    return name === undefined ? `\\${special ?? ""}` : (POSIX_CLASSES[name] ?? "");
  });
}
