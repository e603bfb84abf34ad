/** A flame graph as one SVG without script or style sheet: callers above, what they call below, width is time. */
import type { Frame, Owner } from "./cpu-profile.ts";

const WIDTH = 1200;
const MARGIN = 10;
const ROW = 17;
const TOP = 58;
const FONT_SIZE = 11;
/** Width of a character of that size, and of what an ellipsis needs. */
const CHARACTER = 6.2;
/** Narrower frames are left out: nobody could read them. */
const WIDTH_MIN = 1.2;
const TEXT_WIDTH_MIN = 20;

const COLOURS: Readonly<Record<Owner, string>> = { foregate: "#f2a65a", node: "#9cc5e0", engine: "#c9c9c9" };
const LEGEND: Readonly<Record<Owner, string>> = { foregate: "foregate", node: "Node.js in JavaScript", engine: "native code and V8" };

/** `title` says what was run; the root's own name is not shown. */
export function renderFlameGraph(root: Frame, title: string): string {
  const scale = (WIDTH - 2 * MARGIN) / root.microseconds;
  const parts: string[] = [];
  const depth = draw({ ...root, name: "busy time", owner: "engine" }, MARGIN, 0, scale, root.microseconds, parts);
  const height = TOP + (depth + 1) * ROW + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="Verdana, DejaVu Sans, sans-serif" font-size="${FONT_SIZE}">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN}" y="22" font-size="15">${escapeText(title)}</text>`,
    ...renderLegend(),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function renderLegend(): string[] {
  let x = MARGIN;
  return (Object.keys(COLOURS) as Owner[]).flatMap((owner) => {
    const at = x;
    x += 30 + LEGEND[owner].length * CHARACTER;
    return [
      `<rect x="${at}" y="33" width="12" height="12" fill="${COLOURS[owner]}"/>`,
      `<text x="${at + 17}" y="43">${LEGEND[owner]}</text>`,
    ];
  });
}

/** Adds the frame and those below it to `parts`; the depth of the lowest. */
function draw(frame: Frame, x: number, depth: number, scale: number, total: number, parts: string[]): number {
  const width = frame.microseconds * scale;
  const y = TOP + depth * ROW;
  const share = ((100 * frame.microseconds) / total).toFixed(1);
  const box = `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.5, width - 0.5).toFixed(1)}" height="${ROW - 1}" fill="${COLOURS[frame.owner]}"/>`;
  parts.push(`<g><title>${escapeText(frame.name)}, ${share} %</title>${box}${renderName(frame.name, share, x, y, width)}</g>`);
  let lowest = depth;
  let left = x;
  for (const child of frame.children) {
    const childWidth = child.microseconds * scale;
    if (childWidth >= WIDTH_MIN) lowest = Math.max(lowest, draw(child, left, depth + 1, scale, total, parts));
    left += childWidth;
  }
  return lowest;
}

function renderName(name: string, share: string, x: number, y: number, width: number): string {
  if (width < TEXT_WIDTH_MIN) return "";
  const room = Math.floor((width - 6) / CHARACTER);
  const withShare = `${name} ${share} %`;
  const text = withShare.length <= room ? withShare : name.length <= room ? name : `${name.slice(0, Math.max(1, room - 1))}…`;
  return `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escapeText(text)}</text>`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
