// What things look like: colour and width by utilisation, shapes by class of gateway, and the legend of both.

const LEVELS = [
  { below: 0.3, color: "--u0", width: 1.1, word: "below 30 %" },
  { below: 0.6, color: "--u1", width: 1.7, word: "30 to 60 %" },
  { below: 0.85, color: "--u2", width: 2.4, word: "60 to 85 %" },
  { below: 1.0000001, color: "--u3", width: 3.4, word: "85 to 100 %" },
  { below: Infinity, color: "--u4", width: 5.2, word: "over 100 %", casing: true },
];
const UNKNOWN = { color: "--u0", width: 1.1, dash: [1.5, 3], word: "capacity unknown" };
const PLANNED = { color: "--coast", width: 1, dash: [7, 4], word: "planned" };
const RETIRED = { color: "--coast", width: 1, dash: [1.5, 4], word: "retired" };
const LOST = { color: "--lost", width: 2, dash: [4, 4], word: "cut" };

const CLASSES = {
  C: { word: "comprehensive gateway", size: 4.2, shape: "square" },
  R: { word: "regional gateway", size: 4.6, shape: "diamond" },
  B: { word: "border gateway", size: 4.6, shape: "triangle" },
  N: { word: "channel gateway", size: 3.4, shape: "ring" },
  p: { word: "point of presence", size: 2.6, shape: "disc" },
  h: { word: "hub", size: 1.9, shape: "disc" },
};

const levelOf = (share) => (share === null ? UNKNOWN : LEVELS.find((level) => share < level.below));

// Outlines around the origin, of a size that is half their width.
const OUTLINES = {
  square: (s) => [[-s, -s], [s, -s], [s, s], [-s, s]],
  diamond: (s) => [[0, -1.25 * s], [1.25 * s, 0], [0, 1.25 * s], [-1.25 * s, 0]],
  triangle: (s) => [[0, -1.2 * s], [1.15 * s, 0.9 * s], [-1.15 * s, 0.9 * s]],
};

const svg = (name, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null));
  return element;
};

const sample = ({ color, width, dash, casing }) => {
  const line = (more) => svg("line", { x1: 1, x2: 29, y1: 7, y2: 7, ...more });
  const drawn = line({ stroke: `var(${color})`, "stroke-width": width, ...(dash ? { "stroke-dasharray": dash.join(" ") } : {}) });
  return svg("svg", { viewBox: "0 0 30 14", "aria-hidden": "true" }, ...(casing ? [line({ stroke: "var(--ink)", "stroke-width": width + 2 })] : []), drawn);
};

const badge = ({ shape, size }) => {
  const outline = OUTLINES[shape]?.(size).map(([x, y]) => [x + 15, y + 7]);
  const drawn = outline
    ? svg("polygon", { points: outline.join(" "), fill: "var(--ink)" })
    : svg("circle", { cx: 15, cy: 7, r: size, ...(shape === "ring" ? { fill: "none", stroke: "var(--ink)", "stroke-width": 1.5 } : { fill: "var(--ink)" }) });
  return svg("svg", { viewBox: "0 0 30 14", "aria-hidden": "true" }, drawn);
};

const drawLegend = () => {
  const isPresent = (letter) => SITES.some((site) => site.used && site.class === letter);
  const lines = [...LEVELS];
  if (SEGMENTS.some((s) => s.service === "u" && CAPACITY[2 * s.index] === null)) lines.push(UNKNOWN);
  if (SEGMENTS.some((s) => s.service === "p")) lines.push(PLANNED);
  if (SEGMENTS.some((s) => s.service === "r")) lines.push(RETIRED);
  const items = [...lines, LOST].map((line) => make("li", {}, sample(line), line.word));
  const badges = Object.entries(CLASSES).filter(([letter]) => isPresent(letter));
  const list = make("ul", {}, ...items, ...badges.map(([, look]) => make("li", {}, badge(look), look.word)));
  document.getElementById("legend").replaceChildren(list);
};
