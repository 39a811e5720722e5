// Reads what `data.rs` wrote: packed columns become arrays, answers are read when they are asked for.

const DIGITS = new Map([..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].map((digit, i) => [digit.charCodeAt(0), i]));

const unpack = (text) => {
  const numbers = [];
  let sum = 0;
  let weight = 1;
  for (let i = 0; i < text.length; i++) {
    const digit = DIGITS.get(text.charCodeAt(i));
    sum += (digit % 32) * weight;
    weight *= 32;
    if (digit < 32) {
      numbers.push(sum % 2 ? -(sum - 1) / 2 - 1 : sum / 2);
      sum = 0;
      weight = 1;
    }
  }
  return numbers;
};

const DATA = JSON.parse(document.getElementById("data").textContent);
const text = (place) => DATA.texts[place];
const KIND = { s: "submarine", t: "terrestrial", m: "microwave" };
const TURN = 36000;

const SITES = (() => {
  const { ids, classes, used } = DATA.sites;
  const [names, roles, sources, notes] = ["names", "roles", "sources", "notes"].map((key) => unpack(DATA.sites[key]));
  const places = unpack(DATA.sites.places);
  const territories = unpack(DATA.sites.territories);
  let [x, y] = [0, 0];
  return ids.map((id, i) => {
    [x, y] = [x + places[2 * i], y + places[2 * i + 1]];
    // The map begins at its west, so that no ocean between two sites is torn apart.
    const place = x + Math.ceil((DATA.west - x) / TURN) * TURN;
    return {
      id, name: text(names[i]) || id, x: place, y, territory: territories[i] - 1, class: classes[i], used: used[i] === "1",
      roles: text(roles[i]), source: text(sources[i]), note: text(notes[i]), index: i,
    };
  });
})();

const CABLES = (() => {
  const [names, times, sources, notes] = ["names", "times", "sources", "notes"].map((key) => unpack(DATA.cables[key]));
  return DATA.cables.ids.map((id, i) => ({
    id, name: text(names[i]) || id, kind: KIND[DATA.cables.kinds[i]] ?? "satellite", times: text(times[i]),
    source: text(sources[i]), note: text(notes[i]), segments: [],
  }));
})();

const SEGMENTS = (() => {
  const { ids, service, capacities, paths } = DATA.segments;
  const [numbers, times, sources, notes] = ["numbers", "times", "sources", "notes"].map((key) => unpack(DATA.segments[key]));
  return ids.map((id, i) => {
    const [cable, a, b, hectometres, microseconds] = numbers.slice(5 * i, 5 * i + 5);
    const [from, to] = [SITES[a], SITES[b]];
    const line = [from.x, from.y];
    if (paths[i]) {
      const steps = unpack(paths[i]);
      for (let k = 0; k < steps.length; k += 2) line.push(line[k] + steps[k], line[k + 1] + steps[k + 1]);
    } else {
      line.push(to.x + Math.round((from.x - to.x) / TURN) * TURN, to.y);
    }
    const segment = {
      id, index: i, cable, ends: [a, b], km: hectometres / 10, ms: microseconds / 1000, line, service: service[i], known: capacities[i],
      times: text(times[i]), source: text(sources[i]), note: text(notes[i]),
    };
    CABLES[cable].segments.push(i);
    return segment;
  });
})();

const LANES = 2 * SEGMENTS.length;
const CAPACITY = unpack(DATA.capacities).map((capacity) => (capacity ? capacity - 1 : null));
const SOUND = unpack(DATA.loads);
const DEMANDS = unpack(DATA.demands);
const demandName = (i) => {
  const [from, to, service] = DEMANDS.slice(3 * i, 3 * i + 3);
  return `${SITES[from].name} → ${SITES[to].name}, ${DATA.services[service]}`;
};
const ROUTED_OF = unpack(DATA.routedOf);

// Share of a lane or gateway that is used; null where nobody knows what it can carry.
const utilisation = (resource, load) => {
  const capacity = CAPACITY[resource];
  return capacity === null ? null : load === 0 ? 0 : load / capacity;
};

// The fuller direction of a segment.
const fuller = (segment, loads) => {
  const [there, back] = [2 * segment, 2 * segment + 1];
  const [a, b] = [utilisation(there, loads[there]), utilisation(back, loads[back])];
  return (b ?? -1) > (a ?? -1) ? back : there;
};

const readAnswer = (packed) => {
  const numbers = unpack(packed);
  let at = 0;
  const next = () => numbers[at++];
  const maybe = () => { const number = next(); return number === 0 ? null : number - 1; };
  const list = (count, item) => Array.from({ length: count }, item);
  const answer = {
    delivered: next(), interrupted: next(), unserved: next(), overload: next(), lateMbps: next(),
    touched: next(), parted: next(), overloaded: next(), late: next(), worst: maybe(), stretch: maybe(), stretchMax: next(),
  };
  answer.isolated = list(next(), next);
  answer.tollCount = next();
  answer.tolls = list(next(), () => ({ territory: next(), unserved: next(), interrupted: next() }));
  let place = 0;
  answer.changes = list(next(), () => ({ resource: (place += next()), change: next() }));
  answer.demandCount = next();
  answer.demands = list(next(), () => ({ demand: next(), before: next(), after: next(), latency: maybe(), detour: next() }));
  answer.loads = SOUND;
  if (answer.changes.length) {
    answer.loads = SOUND.slice();
    for (const { resource, change } of answer.changes) answer.loads[resource] += change;
  }
  return answer;
};

const UNCUT = readAnswer(DATA.sound);

// Everything that can be cut, by its key in a link: `cable:AAE1`.
const LOSSES = (() => {
  const losses = new Map();
  const keys = [];
  const lostAt = SITES.map(() => []);
  SEGMENTS.forEach((segment) => segment.service === "u" && segment.ends.forEach((end) => lostAt[end].push(segment.index)));
  const things = { cable: CABLES, segment: SEGMENTS, gateway: SITES };
  const lost = {
    cable: (i) => CABLES[i].segments.filter((segment) => SEGMENTS[segment].service === "u"),
    segment: (i) => [i],
    gateway: (i) => lostAt[i],
  };
  const add = (key, loss) => { keys.push(key); losses.set(key, loss); };
  // In the order of the engine, in which scorecards count.
  for (const kind of ["cable", "gateway", "group", "event", "segment"]) {
    const [pairs, named] = DATA.losses[kind] ?? ["", []];
    const numbers = unpack(pairs);
    for (let k = 0; k < numbers.length; k += 2) {
      const [i, answer] = [numbers[k], numbers[k + 1]];
      const { id, name } = things[kind][i];
      add(`${kind}:${id}`, { kind, name: name ?? id, id, index: i, answer, lost: () => lost[kind](i) });
    }
    for (const [name, answer, segments] of named) add(`${kind}:${name}`, { kind, name, id: name, answer, lost: () => unpack(segments) });
  }
  return Object.assign(losses, { order: keys });
})();
const KINDS = { cable: "cable", segment: "segment", gateway: "gateway", group: "risk group", event: "event" };

// The engine's answer to one loss, from the table.
const lookUp = (key) => {
  const loss = LOSSES.get(key);
  return loss ? readAnswer(DATA.answers[loss.answer]) : null;
};
