// The lawful route beside the physical one, for a chosen pair; both were found by the engine.

const readPairs = () => DATA.pairs.map(([name, from, to, service, lawful, physical, why, hairpin]) => {
  const way = (found) => (found ? { segments: unpack(found[0]), km: found[1], ms: found[2], gateways: unpack(found[3]) } : null);
  return { name, from, to, service, lawful: way(lawful), physical: way(physical), why, hairpin };
});

let pairs = null;
const allPairs = () => (pairs ??= readPairs());

const pairName = ({ name, service, lawful, hairpin }) => {
  const detour = Math.round(hairpin?.[0] ?? 0);
  const law = lawful ? (detour > 0 ? `, +${grouped(detour)} km` : "") : ", no lawful route";
  return `${name} (${service}${law})`;
};

const drawRoute = (pair) => {
  const { lawful, why } = pair;
  const physical = pair.physical ?? lawful;
  const cell = (way, text) => make("td", { class: "n" }, way ? text(way) : "–");
  const row = (label, text) => make("tr", {}, make("th", { scope: "row" }, label), cell(lawful, text), cell(physical, text));
  const head = (kind) => make("th", { scope: "col", class: "n" }, make("span", { class: `swatch ${kind}` }), kind);
  const table = make("table", { class: "ways" },
    make("thead", {}, make("tr", {}, make("td", {}), head("lawful"), head("physical"))),
    make("tbody", {},
      row("Length", (way) => `${grouped(way.km)} km`),
      row("Latency one way", (way) => `${grouped(way.ms, 2)} ms`),
      row("Segments", (way) => grouped(way.segments.length))));
  const gateways = lawful?.gateways.length ? `Switched at ${lawful.gateways.map((site) => SITES[site].name).join(", ")}.` : "";
  const same = lawful && !pair.physical ? "The law costs nothing here: the shortest route is lawful." : "";
  const hairpin = lawful && pair.physical ? `The law's detour is ${grouped(pair.hairpin[0])} km and ${grouped(pair.hairpin[1], 2)} ms one way.` : "";
  const reasons = why.length ? make("ul", { class: "why" }, ...why.map((reason) => make("li", {}, reason))) : "";
  const clear = make("button", { type: "button", class: "link" }, "Back to the map of loads");
  clear.addEventListener("click", () => chooseRoute(null));
  document.getElementById("route").replaceChildren(table, make("p", { class: "note" }, [hairpin, same, gateways].filter(Boolean).join(" ")), reasons, clear);
};

const chooseRoute = (index) => {
  const pair = index === null ? null : allPairs()[index];
  document.getElementById("pair").value = pair ? String(index) : "";
  scene.route = pair && { lawful: pair.lawful?.segments, physical: pair.physical?.segments };
  if (pair) {
    drawRoute(pair);
    const ways = [...(pair.lawful?.segments ?? []), ...(pair.physical?.segments ?? [])];
    frame(ways.flatMap((i) => {
      const { line } = SEGMENTS[i];
      return [{ x: line[0], y: line[1] }, { x: line[line.length - 2], y: line[line.length - 1] }];
    }));
  } else {
    document.getElementById("route").replaceChildren();
  }
  repaint();
};

const drawPairs = () => {
  const options = allPairs().map((pair, i) => make("option", { value: i }, pairName(pair)));
  const select = document.getElementById("pair");
  select.replaceChildren(make("option", { value: "" }, "Choose a pair, the longest detours first"), ...options);
  select.addEventListener("change", () => (select.value === "" ? chooseRoute(null) : cut([], () => chooseRoute(Number(select.value)))));
};
