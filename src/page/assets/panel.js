// The answer in words and numbers: what is delivered, who is cut off, what moved most; and the scorecard of a territory.

const grouped = (number, decimals = 0) => number.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
const gbps = (mbps) => grouped(mbps / 1000, Math.abs(mbps) < 100000 ? 1 : 0);
const percent = (share) => (share === null ? "unknown" : share === Infinity ? "no capacity" : `${grouped(100 * share, share < 0.1 ? 1 : 0)} %`);
const ms = (microseconds) => `${grouped(microseconds / 1000, 2)} ms`;
const territoryName = (i) => DATA.territories[i]?.[1] ?? "high seas";
const plural = (count, word) => `${grouped(count)} ${word}${count === 1 ? "" : "s"}`;

const resourceName = (resource) => {
  if (resource >= LANES) return `switching at ${SITES[resource - LANES].name}`;
  const { cable, ends } = SEGMENTS[resource >> 1];
  const [from, to] = resource % 2 ? [ends[1], ends[0]] : ends;
  return `${CABLES[cable].name}: ${SITES[from].name} → ${SITES[to].name}`;
};

const item = (name, move, isFull = false) =>
  make("li", {}, make("span", { title: name }, name), make("span", { class: `move${isFull ? " full" : ""}` }, move));

const listOf = (title, items, rest = 0) => {
  if (!items.length) return null;
  const more = rest > 0 ? [make("li", { class: "note" }, make("span", {}, `and ${grouped(rest)} more`))] : [];
  return make("section", {}, make("h2", {}, title), make("ol", {}, ...items, ...more));
};

const figure = (label, value, small = "", isWorse = false) =>
  make("div", {}, make("dt", {}, label), make("dd", isWorse ? { class: "worse" } : {}, value, small ? make("small", {}, ` ${small}`) : ""));

const LISTED = 12;

// What carries another share of its capacity than before, the greatest change first.
const movedLoads = ({ changes, loads }) => {
  const moved = changes
    .map(({ resource, change }) => ({ resource, change, before: utilisation(resource, SOUND[resource]), after: utilisation(resource, loads[resource]) }))
    .filter(({ resource }) => !scene.lost.has(resource >> 1) || resource >= LANES);
  const size = ({ before, after }) => (after === null ? 0 : Math.min(after, 1e6) - Math.min(before, 1e6));
  moved.sort((a, b) => Math.abs(size(b)) - Math.abs(size(a)) || a.resource - b.resource);
  const name = ({ resource }) => resourceName(resource);
  const move = ({ resource, before, after }) =>
    after === null ? `${gbps(SOUND[resource])} → ${gbps(loads[resource])} Gbit/s` : `${percent(before)} → ${percent(after)}`;
  const items = moved.slice(0, LISTED).map((load) => item(name(load), move(load), load.after > 1));
  return listOf("Load of capacity, before → after", items, moved.length - LISTED);
};

const fullest = () => {
  const all = SOUND.map((load, resource) => ({ resource, share: utilisation(resource, load) })).filter(({ share }) => share > 0);
  all.sort((a, b) => b.share - a.share || a.resource - b.resource);
  return listOf("Fullest, load of capacity", all.slice(0, LISTED).map(({ resource, share }) => item(resourceName(resource), percent(share), share > 1)));
};

const notices = ({ tolls, tollCount }) => {
  const before = new Map(UNCUT.tolls.map((toll) => [toll.territory, toll.unserved]));
  const shown = tolls.map((toll) => ({ ...toll, before: before.get(toll.territory) ?? 0, of: ROUTED_OF[toll.territory] }));
  const hurt = shown.filter(({ unserved, before, interrupted }) => unserved !== before || interrupted > 0);
  hurt.sort((a, b) => b.unserved - b.before - (a.unserved - a.before) || b.interrupted - a.interrupted);
  const served = (of, unserved) => (of ? percent((of - unserved) / of) : "–");
  const items = hurt.slice(0, LISTED).map((toll) =>
    item(territoryName(toll.territory), `${served(toll.of, toll.before)} → ${served(toll.of, toll.unserved)}`, toll.unserved > toll.before));
  return listOf("Traffic served, before → after", items, tollCount - items.length - (shown.length - hurt.length));
};

const detours = ({ demands, demandCount }) => {
  const items = demands.slice(0, LISTED).map(({ demand, before, after, latency, detour }) => {
    const way = latency === null ? "no route" : `${ms(latency)} → ${ms(detour)}`;
    const served = after < before ? `${gbps(before)} → ${gbps(after)} Gbit/s, ` : "";
    return item(demandName(demand), served + way, latency === null);
  });
  return listOf("Demands, one-way latency before → after", items, demandCount - items.length);
};

const figures = (answer, isCut) => {
  const lost = UNCUT.delivered - answer.delivered;
  const degraded = answer.tolls.filter(({ territory, unserved }) => unserved > (UNCUT.tolls.find((t) => t.territory === territory)?.unserved ?? 0)).length;
  const delta = isCut ? `${gbps(UNCUT.delivered)} → ${gbps(answer.delivered)} (${lost > 0 ? "−" : lost < 0 ? "+" : "±"}${gbps(Math.abs(lost))})` : `of ${gbps(DATA.offered)} Gbit/s offered`;
  const rows = [
    figure("Delivered, after capacity", `${gbps(answer.delivered)} Gbit/s`, delta, isCut && lost > 0),
    figure("Lanes and gateways over capacity", isCut ? `${UNCUT.overloaded} → ${answer.overloaded}` : grouped(answer.overloaded), `${gbps(answer.overload)} Gbit/s too much`, answer.overloaded > UNCUT.overloaded),
  ];
  if (isCut) {
    rows.push(
      figure("Interrupted until rerouted", `${gbps(answer.interrupted)} Gbit/s`, plural(answer.touched, "demand")),
      figure("No lawful route left", plural(answer.parted, "demand"), `${gbps(answer.unserved)} Gbit/s`, answer.parted > 0),
      figure("Detour, one way", answer.stretch === null ? "–" : `mean ${ms(answer.stretch)}`, answer.stretch === null ? "" : `most ${ms(answer.stretchMax)}`),
      figure("Territories cut off", grouped(answer.isolated.length), `${grouped(degraded)} with less`, answer.isolated.length > 0),
    );
  } else {
    const withoutRoute = DATA.offered - DATA.routed;
    rows.push(figure("No lawful route", `${gbps(withoutRoute)} Gbit/s`, "", withoutRoute > 0));
  }
  return make("dl", { class: "big" }, ...rows);
};

// A word that a shell takes as it stands.
const quoted = (word) => (/^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const drawAnswer = (answer, keys) => {
  const isCut = keys.length > 0;
  const names = keys.map((key) => LOSSES.get(key)?.name ?? key);
  const kinds = keys.length === 1 ? ` · ${KINDS[LOSSES.get(keys[0])?.kind] ?? ""}` : "";
  const mend = make("button", { type: "button", id: "mend", title: "Escape mends, too" }, "Mend");
  mend.addEventListener("click", () => cut([]));
  const line = isCut
    ? make("div", { class: "cutline" }, make("strong", { class: "lost" }, names.join(" + "), make("small", {}, kinds)), mend)
    : make("div", { class: "cutline" }, make("strong", {}, "Nothing is cut"), make("small", {}, DATA.day));
  const isolated = answer.isolated.slice(0, LISTED).map((territory) => item(territoryName(territory), "no route abroad", true));
  const lists = isCut
    ? [listOf("Cut off from all others", isolated, answer.isolated.length - LISTED), movedLoads(answer), notices(answer), detours(answer)]
    : [fullest()];
  const replay = isCut ? make("p", { class: "note" }, "In the terminal: ", make("code", {}, `crossborder cut ${quoted(DATA.source)} ${keys.map((key) => quoted(LOSSES.get(key)?.id ?? key)).join(" ")}`)) : null;
  const odd = isCut && answer.delivered > UNCUT.delivered
    ? make("p", { class: "note" }, "More is delivered than before: traffic keeps to the shortest lawful route, however full, and the cut moved it to one with room.") : null;
  const hint = isCut ? odd : make("p", { class: "note" }, "Click a cable or a gateway on the map, or find one, to cut it and see what the engine answers.");
  document.getElementById("answer").replaceChildren(...[line, LIVE && isCut ? LIVE.listCuts(keys) : null, figures(answer, isCut), hint, make("div", { class: "lists" }, ...lists.filter((list) => list !== null)), replay].filter((part) => part !== null));
  const change = isCut ? `${names.join(" and ")} cut: ${gbps(answer.delivered)} of ${gbps(UNCUT.delivered)} Gbit/s delivered.` : "";
  document.getElementById("status").className = "hidden";
  document.getElementById("status").textContent = change;
};

// The scorecard of a territory, which prints on one page.
const drawCard = (territory) => {
  const card = DATA.scorecards.find((card) => card.territory === territory);
  if (!card) return;
  const dialog = document.getElementById("card");
  const kinds = ["cables", "gateways", "risk groups", "segments"];
  const key = (place) => LOSSES.get(LOSSES.order[place]).name;
  const served = (unserved) => (card.routed ? percent((card.routed - unserved) / card.routed) : "–");
  const worst = card.worst.map((losses, k) => (losses.length
    ? make("section", {}, make("h3", {}, `Worst ${kinds[k]}, traffic then served`), make("div", { class: "lists" }, make("ol", {}, ...losses.map(([loss, unserved]) => item(key(loss), served(unserved))))))
    : null));
  const isolating = card.isolating.map(([count, names], k) =>
    figure(`Single ${kinds[k]} that isolate it`, grouped(count), names.map(key).join(", ") + (count > names.length ? " …" : ""), count > 0));
  const close = make("button", { type: "button" }, "Close");
  close.addEventListener("click", () => dialog.close());
  const print = make("button", { type: "button" }, "Print");
  print.addEventListener("click", () => window.print());
  const [c, r, b, n] = card.gateways;
  dialog.replaceChildren(
    make("h2", { id: "card-title" }, territoryName(territory)),
    make("p", { class: "note" }, `${card.law} · ${DATA.day}`),
    make("dl", { class: "big" },
      figure("Traffic served with nothing cut", served(card.unserved), `of ${gbps(card.routed)} Gbit/s with a lawful route`, card.unserved > 0),
      figure("Gateways", grouped(c + r + b + n), `${c} comprehensive, ${r} regional, ${b} border, ${n} channel`),
      figure("Cables that leave it", grouped(card.cables[0] + card.cables[1]), `${card.cables[0]} at sea with ${plural(card.landings, "landing")}, ${card.cables[1]} on land`),
      figure("Capacity outwards", `${gbps(card.capacity)} Gbit/s`, card.capacity ? `traffic is ${percent(card.routed / card.capacity)} of it` : ""),
      ...isolating),
    make("div", { class: "columns" }, ...worst.filter((list) => list !== null)),
    make("div", { class: "actions" }, print, close),
  );
  document.body.classList.add("card");
  dialog.showModal();
};
