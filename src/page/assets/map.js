// The map: draws the coast, cables and gateways of one answer, and says what lies under the pointer.
//
// Places are those of `projection.rs`. The world repeats every TURN, so it is drawn as often as it is in view.

const canvas = document.getElementById("map");
const pen = canvas.getContext("2d");
const COAST = document.getElementById("coast").textContent.split(" ").map((ring) => {
  const steps = unpack(ring);
  const points = new Float32Array(steps.length);
  for (let k = 0; k < steps.length; k++) points[k] = (k > 1 ? points[k - 2] : 0) + 5 * steps[k];
  return points;
});

const view = { x: 0, y: 0, scale: 1, width: 1, height: 1 };
const scene = { answer: UNCUT, lost: new Set(), marked: null, route: null, hovered: null };
let colors = {};

const readColors = () => {
  const style = getComputedStyle(document.documentElement);
  const names = ["--sea", "--land", "--coast", "--ink", "--soft", "--u0", "--u1", "--u2", "--u3", "--u4", "--lost", "--accent", "--physical", "--ground"];
  colors = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name).trim()]));
};

const screenX = (x) => (x - view.x) * view.scale + view.width / 2;
const screenY = (y) => (view.y - y) * view.scale + view.height / 2;

// Turns of the world by which something from x1 to x2 is in view.
const turns = (x1, x2) => {
  const half = view.width / 2 / view.scale + 40 / view.scale;
  const [first, last] = [Math.ceil((view.x - half - x2) / TURN), Math.floor((view.x + half - x1) / TURN)];
  return last < first ? [] : Array.from({ length: last - first + 1 }, (_, i) => (first + i) * TURN);
};

const BOUNDS = SEGMENTS.map(({ line }) => {
  const box = [Infinity, -Infinity, Infinity, -Infinity];
  for (let k = 0; k < line.length; k += 2) {
    box[0] = Math.min(box[0], line[k]);
    box[1] = Math.max(box[1], line[k]);
    box[2] = Math.min(box[2], line[k + 1]);
    box[3] = Math.max(box[3], line[k + 1]);
  }
  return box;
});

const land = document.createElement("canvas");
let landKey = "";
const drawLand = () => {
  const key = [view.x, view.y, view.scale, canvas.width, canvas.height, colors["--land"]].join();
  if (key !== landKey) {
    landKey = key;
    [land.width, land.height] = [canvas.width, canvas.height];
    const brush = land.getContext("2d");
    const ratio = canvas.width / view.width;
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.fillStyle = colors["--sea"];
    brush.fillRect(0, 0, view.width, view.height);
    brush.fillStyle = colors["--land"];
    brush.strokeStyle = colors["--coast"];
    brush.lineWidth = 0.8;
    for (const ring of COAST) {
      let [least, most] = [Infinity, -Infinity];
      for (let k = 0; k < ring.length; k += 2) [least, most] = [Math.min(least, ring[k]), Math.max(most, ring[k])];
      for (const turn of turns(least, most)) {
        brush.beginPath();
        for (let k = 0; k < ring.length; k += 2) brush.lineTo(screenX(ring[k] + turn), screenY(ring[k + 1]));
        brush.closePath();
        brush.fill();
        brush.stroke();
      }
    }
  }
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.drawImage(land, 0, 0);
};

const trace = (line, turn) => {
  pen.beginPath();
  for (let k = 0; k < line.length; k += 2) pen.lineTo(screenX(line[k] + turn), screenY(line[k + 1]));
  pen.stroke();
};

const stroke = (index, { color, width, dash }, alpha) => {
  const [least, most, south, north] = BOUNDS[index];
  if (screenY(north) > view.height + 40 || screenY(south) < -40) return;
  pen.strokeStyle = colors[color];
  pen.lineWidth = width;
  pen.globalAlpha = alpha;
  if (dash) pen.setLineDash(dash);
  for (const turn of turns(least, most)) trace(SEGMENTS[index].line, turn);
  if (dash) pen.setLineDash([]);
};

// Segments by how they are drawn, worked out once for each answer.
const SORTED = new WeakMap();
const sorted = (answer) => {
  if (SORTED.has(answer)) return SORTED.get(answer);
  const levels = new Map([UNKNOWN, PLANNED, RETIRED, ...LEVELS].map((level) => [level, []]));
  for (const { index, service } of SEGMENTS) {
    if (service === "o") continue;
    const resource = fuller(index, answer.loads);
    const level = { p: PLANNED, r: RETIRED }[service] ?? levelOf(utilisation(resource, answer.loads[resource]));
    levels.get(level).push(index);
  }
  SORTED.set(answer, levels);
  return levels;
};

// Many thin lines of one look, some dozens to a path: fewer strokes, and no path so large that it becomes slow.
const BATCH = 48;
const strokeAll = (indices, { color, width, dash }, alpha) => {
  pen.strokeStyle = colors[color];
  pen.lineWidth = width;
  pen.globalAlpha = alpha;
  pen.setLineDash(dash ?? []);
  let held = 0;
  pen.beginPath();
  for (const i of indices) {
    const [least, most, south, north] = BOUNDS[i];
    if (screenY(north) > view.height + 40 || screenY(south) < -40) continue;
    const { line } = SEGMENTS[i];
    for (const turn of turns(least, most)) {
      pen.moveTo(screenX(line[0] + turn), screenY(line[1]));
      for (let k = 2; k < line.length; k += 2) pen.lineTo(screenX(line[k] + turn), screenY(line[k + 1]));
      if ((held += 1) % BATCH === 0) { pen.stroke(); pen.beginPath(); }
    }
  }
  pen.stroke();
  pen.setLineDash([]);
};

const drawCables = () => {
  const { answer, lost, route } = scene;
  const isQuiet = lost.size > 0 || route !== null;
  const changed = new Set(answer.changes.map(({ resource }) => resource >> 1));
  const levels = sorted(answer);
  for (const level of [PLANNED, RETIRED]) strokeAll(levels.get(level), level, isQuiet ? 0.25 : 0.8);
  // The emptiest first, so that what is full lies above.
  for (const level of [UNKNOWN, ...LEVELS]) {
    const left = levels.get(level).filter((i) => !lost.has(i));
    const moved = lost.size ? left.filter((i) => changed.has(i)) : [];
    const rest = lost.size ? left.filter((i) => !changed.has(i)) : left;
    for (const [indices, alpha] of [[rest, isQuiet ? 0.34 : 0.95], [moved, 0.95]]) {
      if (level.casing && alpha > 0.5) strokeAll(indices, { color: "--ink", width: level.width + 2 }, alpha);
      strokeAll(indices, level, alpha);
    }
  }
  pen.globalAlpha = 1;
  if (route) {
    for (const i of route.lawful ?? []) stroke(i, { color: "--accent", width: 5.5 }, 0.9);
    for (const i of route.physical ?? []) {
      stroke(i, { color: "--sea", width: 3 }, 1);
      stroke(i, { color: "--physical", width: 3, dash: [8, 5] }, 1);
    }
  }
  for (const i of lost) { stroke(i, LOST, 1); if (lost.size <= 6) cross(SEGMENTS[i].line); }
  if (scene.hovered !== null) stroke(scene.hovered, { color: "--ink", width: 3 }, 0.9);
  pen.globalAlpha = 1;
};

const cross = (line) => {
  const k = 2 * Math.floor((line.length / 2 - 1) / 2);
  const [x, y] = [(line[k] + line[k + 2]) / 2, (line[k + 1] + line[k + 3]) / 2];
  pen.strokeStyle = colors["--lost"];
  pen.lineWidth = 2;
  for (const turn of turns(x, x)) {
    const [px, py] = [screenX(x + turn), screenY(y)];
    pen.beginPath();
    for (const side of [1, -1]) { pen.moveTo(px - 5, py - 5 * side); pen.lineTo(px + 5, py + 5 * side); }
    pen.stroke();
  }
};

const drawSites = () => {
  const isClose = view.scale > 0.16;
  const isQuiet = scene.lost.size > 0 || scene.route;
  const labels = [];
  // From afar thousands of channel gateways are mere dots.
  const isCrowded = !isClose && SITES.length > 4000;
  const shrink = Math.min(Math.max(view.scale / 0.09, 0.6), 1);
  for (const site of SITES) {
    const look = CLASSES[site.class];
    if (!site.used || !look) continue;
    if (!isClose && (site.class === "h" || site.class === "p") && SITES.length > 400) continue;
    for (const turn of turns(site.x, site.x)) {
      const [px, py] = [screenX(site.x + turn), screenY(site.y)];
      if (py < -20 || py > view.height + 20) continue;
      pen.globalAlpha = isQuiet ? 0.75 : 1;
      pen.fillStyle = colors["--ink"];
      if (isCrowded && site.class === "N") { pen.fillRect(px - 1, py - 1, 2, 2); continue; }
      pen.strokeStyle = colors["--sea"];
      pen.lineWidth = 1;
      pen.beginPath();
      const outline = OUTLINES[look.shape]?.(shrink * look.size);
      if (outline) { outline.forEach(([x, y]) => pen.lineTo(px + x, py + y)); pen.closePath(); } else pen.arc(px, py, shrink * look.size, 0, 7);
      if (look.shape === "ring") {
        pen.fillStyle = colors["--sea"];
        pen.strokeStyle = colors["--ink"];
        pen.lineWidth = 1.5;
      }
      pen.fill();
      pen.stroke();
      labels.push([site, px, py]);
    }
  }
  pen.globalAlpha = 1;
  drawLabels(labels);
};

// The highest classes first, each where no other name stands already.
const drawLabels = (labels) => {
  const rank = "CRBNph";
  const taken = [];
  pen.font = "11px system-ui, sans-serif";
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.strokeStyle = colors["--sea"];
  labels.sort((a, b) => rank.indexOf(a[0].class) - rank.indexOf(b[0].class));
  let drawn = 0;
  for (const [site, px, py] of labels) {
    if (drawn >= 70 || px < 0 || px > view.width) continue;
    const name = site.name.length > 24 ? `${site.name.slice(0, 23)}…` : site.name;
    const width = 6.7 * name.length;
    const box = [px + 7, py - 8, px + 9 + width, py + 6];
    if (box[2] > view.width || taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
    taken.push(box);
    drawn += 1;
    pen.strokeText(name, px + 8, py + 4);
    pen.fillStyle = colors["--soft"];
    pen.fillText(name, px + 8, py + 4);
  }
};

const paint = () => {
  const ratio = canvas.width / view.width;
  drawLand();
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawCables();
  drawSites();
};

let isAsked = false;
const repaint = () => {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => { isAsked = false; paint(); });
};

const resize = () => {
  const box = canvas.getBoundingClientRect();
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  [view.width, view.height] = [Math.max(box.width, 1), Math.max(box.height, 1)];
  [canvas.width, canvas.height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
};

const limit = () => {
  view.scale = Math.min(Math.max(view.scale, Math.max(view.width / 2 / TURN, 0.006)), 4);
  view.y = Math.min(Math.max(view.y, -9000), 13000);
  view.x = ((view.x % TURN) + TURN) % TURN;
};

// All sites that are used but for the outermost of many, which the eye can go to later.
const heart = () => {
  const used = SITES.filter((site) => site.used);
  const inner = (key) => {
    const sorted = used.map((site) => site[key]).sort((a, b) => a - b);
    const spare = Math.floor(0.03 * sorted.length);
    return [sorted[spare], sorted[sorted.length - 1 - spare]];
  };
  if (used.length < 100) return used;
  const [[west, east], [south, north]] = [inner("x"), inner("y")];
  return used.filter(({ x, y }) => x >= west && x <= east && y >= south && y <= north);
};

// Brings some sites into view, or all that are used.
const frame = (sites = SITES.filter((site) => site.used)) => {
  const shown = sites.length ? sites : SITES;
  if (!shown.length) return;
  const of = (key, pick) => shown.reduce((best, site) => pick(best, site[key]), shown[0][key]);
  const [west, east, south, north] = [of("x", Math.min), of("x", Math.max), of("y", Math.min), of("y", Math.max)];
  [view.x, view.y] = [(west + east) / 2, (south + north) / 2];
  view.scale = Math.min((view.width - 70) / Math.max(east - west, 200), (view.height - 70) / Math.max(north - south, 200), 0.6);
  limit();
  repaint();
};

const zoomBy = (factor, px = view.width / 2, py = view.height / 2) => {
  const [x, y] = [(px - view.width / 2) / view.scale, (py - view.height / 2) / view.scale];
  const before = view.scale;
  view.scale *= factor;
  limit();
  const kept = 1 - before / view.scale;
  [view.x, view.y] = [view.x + x * kept, view.y - y * kept];
  limit();
  repaint();
};

const distance = (px, py, [ax, ay, bx, by]) => {
  const [dx, dy] = [bx - ax, by - ay];
  const along = dx || dy ? Math.min(Math.max(((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy), 0), 1) : 0;
  return Math.hypot(px - ax - along * dx, py - ay - along * dy);
};

// What lies within a few pixels of a place: a gateway before a segment.
const pick = (px, py, reach = 7) => {
  let best = null;
  for (const site of SITES) {
    if (!site.used || site.class === "b" || site.class === ".") continue;
    for (const turn of turns(site.x, site.x)) {
      const far = Math.hypot(screenX(site.x + turn) - px, screenY(site.y) - py);
      if (far <= reach && (!best || far < best.far)) best = { site: site.index, far };
    }
  }
  if (best) return best;
  for (const { index, line, service } of SEGMENTS) {
    const [least, most, south, north] = BOUNDS[index];
    if (service === "o" || screenY(north) > py + reach || screenY(south) < py - reach) continue;
    for (const turn of turns(least, most)) {
      for (let k = 0; k + 3 < line.length; k += 2) {
        const step = [screenX(line[k] + turn), screenY(line[k + 1]), screenX(line[k + 2] + turn), screenY(line[k + 3])];
        const far = distance(px, py, step);
        if (far <= reach && (!best || far < best.far)) best = { segment: index, far };
      }
    }
  }
  return best;
};
