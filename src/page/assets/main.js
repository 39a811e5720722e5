// What is cut, and all that a hand or a key can do. The cut stands in the link: `#cut=cable:AAE1`; where the page asks
// the engine (see `live.js`), any number may: `#cut=cable:AAE1&cut=gateway:Suva`.

let cutKeys = [];

const show = (keys, answer) => {
  cutKeys = keys;
  scene.answer = answer;
  scene.lost = new Set(keys.flatMap((key) => LOSSES.get(key)?.lost() ?? []));
  drawAnswer(answer, keys);
  repaint();
};

const cut = (keys, then = () => {}) => {
  if (LIVE) {
    if (scene.route) chooseRoute(null);
    LIVE.cutAll(keys, then);
    return;
  }
  const answer = keys.length ? lookUp(keys[0]) : UNCUT;
  if (!answer) return;
  if (scene.route) chooseRoute(null);
  show(keys.slice(0, 1), answer);
  const hash = keys.length ? `#cut=${encodeURIComponent(keys[0])}` : "";
  if (location.hash !== hash) history.replaceState(null, "", hash || location.pathname + location.search);
  then();
};

// What can be cut of all that the link names.
const cutsOfLink = () => location.hash.slice(1).split("&").flatMap((part) => {
  try {
    const key = decodeURIComponent(part).match(/^cut=(.+)$/)?.[1];
    return LOSSES.has(key) ? [key] : [];
  } catch {
    return [];
  }
});

const fromLink = () => cut(cutsOfLink());

const cutOneMore = (key, then) => cut(LIVE ? LIVE.toggled(key) : [key], then);

// What lies under the pointer, as the key of a loss.
const keyOf = (found) => {
  if (!found) return null;
  if (found.site !== undefined) return LOSSES.has(`gateway:${SITES[found.site].id}`) ? `gateway:${SITES[found.site].id}` : null;
  const segment = SEGMENTS[found.segment];
  if (segment.service !== "u") return null;
  const kind = document.querySelector("input[name=unit]:checked").value;
  return kind === "cable" ? `cable:${CABLES[segment.cable].id}` : `segment:${segment.id}`;
};

const facts = (found) => {
  if (found.site !== undefined) {
    const site = SITES[found.site];
    const resource = LANES + site.index;
    const load = scene.answer.loads[resource];
    const capacity = CAPACITY[resource];
    const switched = load || capacity ? `switches ${gbps(load)}${capacity ? ` of ${gbps(capacity)}` : ""} Gbit/s` : "";
    return [site.name, [territoryName(site.territory), site.roles, switched].filter(Boolean).join(" · "), site.source, site.note];
  }
  const segment = SEGMENTS[found.segment];
  const cable = CABLES[segment.cable];
  const resource = fuller(segment.index, scene.answer.loads);
  const load = scene.answer.loads[resource];
  const known = { l: "lit", d: "design", i: "imputed" }[segment.known];
  const state = { p: "planned", r: "retired" }[segment.service];
  const capacity = CAPACITY[resource] === null ? "capacity unknown" : `${gbps(load)} of ${gbps(CAPACITY[resource])} Gbit/s ${known ?? ""}, ${percent(utilisation(resource, load))}`;
  const ends = segment.ends.map((end) => SITES[end].name).join(" – ");
  const facts = [ends, `${grouped(segment.km)} km`, `${grouped(segment.ms, 2)} ms`, cable.kind, state ?? capacity, segment.times];
  return [cable.name, facts.filter(Boolean).join(" · "), segment.source, segment.note || cable.note];
};

const drawHover = (found, px, py) => {
  const box = document.getElementById("hover");
  const before = scene.hovered;
  scene.hovered = found?.segment ?? null;
  if (scene.hovered !== before) repaint();
  box.hidden = !found;
  if (!found) return;
  const [name, line, source, note] = facts(found);
  box.replaceChildren(make("b", {}, name), line, make("p", {}, `Source, ${source}`), note ? make("p", {}, note) : "");
  box.style.left = `${Math.max(8, Math.min(px + 14, view.width - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(py + 14, view.height - box.offsetHeight - 8))}px`;
};

const listenToMap = () => {
  const hands = new Map();
  let moved = 0;
  const at = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); hands.set(event.pointerId, at(event)); if (hands.size === 1) moved = 0; });
  canvas.addEventListener("pointermove", (event) => {
    const [px, py] = at(event);
    const before = hands.get(event.pointerId);
    if (!before) { drawHover(pick(px, py), px, py); return; }
    const others = [...hands].filter(([id]) => id !== event.pointerId);
    if (others.length) {
      const [ox, oy] = others[0][1];
      zoomBy(Math.hypot(px - ox, py - oy) / Math.max(Math.hypot(before[0] - ox, before[1] - oy), 1), ox, oy);
    } else {
      view.x -= (px - before[0]) / view.scale;
      view.y += (py - before[1]) / view.scale;
      limit();
      repaint();
    }
    moved += Math.hypot(px - before[0], py - before[1]);
    hands.set(event.pointerId, [px, py]);
    drawHover(null);
  });
  canvas.addEventListener("pointerup", (event) => {
    hands.delete(event.pointerId);
    if (moved > 6) return;
    const key = keyOf(pick(...at(event), event.pointerType === "touch" ? 16 : 7));
    if (key) cutOneMore(key);
  });
  canvas.addEventListener("pointercancel", (event) => hands.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => drawHover(null));
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoomBy(Math.exp(-event.deltaY / 400), ...at(event)); }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = 60 / view.scale;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[event.key]) { view.x += moves[event.key][0]; view.y += moves[event.key][1]; limit(); repaint(); event.preventDefault(); }
    if (event.key === "+" || event.key === "=") zoomBy(1.4);
    if (event.key === "-") zoomBy(1 / 1.4);
  });
  document.getElementById("in").addEventListener("click", () => zoomBy(1.5));
  document.getElementById("out").addEventListener("click", () => zoomBy(1 / 1.5));
  document.getElementById("whole").addEventListener("click", () => frame());
};

const listenToSearch = () => {
  const input = document.getElementById("search");
  const list = document.getElementById("found");
  let found = [];
  let chosen = 0;
  let known = null;
  const all = () => {
    if (known) return known;
    known = [...LOSSES].map(([key, loss]) => ({ key, kind: KINDS[loss.kind], name: loss.name, low: `${loss.name} ${loss.id}`.toLowerCase() }));
    allPairs().forEach((pair, route) => known.push({ route, kind: "route", name: pair.name, low: pair.name.toLowerCase() }));
    return known;
  };
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const take = (hit) => {
    close();
    input.value = "";
    if (hit.route !== undefined) { cut([], () => chooseRoute(hit.route)); return; }
    cutOneMore(hit.key);
    frame([...LOSSES.get(hit.key).lost()].flatMap((i) => SEGMENTS[i].ends.map((end) => SITES[end])));
  };
  const draw = () => {
    list.replaceChildren(...found.map((hit, i) => {
      const option = make("li", { role: "option", id: `found-${i}`, "aria-selected": String(i === chosen) }, make("span", { class: "kind" }, hit.kind), make("span", {}, hit.name));
      option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(hit); });
      return option;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    if (found.length) input.setAttribute("aria-activedescendant", `found-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const search = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = words.length ? all().filter(({ low }) => words.every((word) => low.includes(word))) : [];
    hits.sort((a, b) => b.low.startsWith(words[0]) - a.low.startsWith(words[0]) || (a.kind === "segment") - (b.kind === "segment"));
    found = hits.slice(0, 40);
    chosen = 0;
    draw();
  };
  input.addEventListener("input", search);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) { chosen = (chosen + step + found.length) % found.length; draw(); event.preventDefault(); }
    if (event.key === "Enter" && found[chosen]) take(found[chosen]);
    if (event.key === "Escape") { input.value = ""; found = []; close(); }
  });
};

const setTheme = (theme) => {
  document.documentElement.dataset.theme = theme;
  const button = document.getElementById("theme");
  button.textContent = theme === "light" ? "Dark" : "Light";
  button.setAttribute("aria-pressed", String(theme === "light"));
  readColors();
  repaint();
};

const listen = () => {
  let onPaper = null;
  document.getElementById("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme === "light" ? "dark" : "light"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.getElementById("card").open && !event.target.closest?.("form")) cut([]);
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); document.getElementById("search").focus(); }
  });
  document.addEventListener("click", (event) => { const card = event.target.closest?.("[data-card]"); if (card) drawCard(Number(card.dataset.card)); });
  document.getElementById("card").addEventListener("close", () => document.body.classList.remove("card"));
  window.addEventListener("hashchange", fromLink);
  window.addEventListener("resize", () => { resize(); limit(); repaint(); });
  window.addEventListener("beforeprint", () => { onPaper = document.documentElement.dataset.theme; setTheme("light"); resize(); paint(); });
  window.addEventListener("afterprint", () => { setTheme(onPaper ?? "dark"); resize(); repaint(); });
};

listenToMap();
listenToSearch();
listen();
document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
resize();
setTheme(document.documentElement.dataset.theme);
if (view.width < 700) document.querySelector(".legend").open = false;
frame(heart());
LIVE?.start();
fromLink();
document.getElementById("routes").hidden = !DATA.pairs.length;
// Once the map stands, what may come a moment later.
requestAnimationFrame(() => {
  performance.mark("ready");
  setTimeout(() => {
    drawLegend();
    drawPairs();
    document.documentElement.dataset.ready = "";
  });
});
