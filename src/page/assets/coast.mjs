// Makes coast.txt, the coast of the world on the flat map of the page.
//
//   node src/page/assets/coast.mjs land-110m.json > src/page/assets/coast.txt
//
// Its input is the TopoJSON of Natural Earth's land at 1:110 million (public domain) as the package world-atlas 2.0.2
// (ISC) has it; coast.NOTICE says so. A ring is unwrapped, so that no step goes the long way round the world, and then
// moved so that its mean longitude lies in ±180; Antarctica is left out. Coordinates are those of `projection.rs`, in
// twentieths of a degree, each point as the difference to the one before, in base-64 varints; a space ends a ring.

import { readFileSync } from "node:fs";

const SCALE = 20;
const topology = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { scale, translate } = topology.transform;

const arcs = topology.arcs.map((arc) => {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    [x, y] = [x + dx, y + dy];
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
});

const points = (ring) =>
  ring.flatMap((number, i) => {
    const arc = number < 0 ? arcs[~number].slice().reverse() : arcs[number];
    return i === 0 ? arc : arc.slice(1);
  });

const unwrap = (ring) => {
  let turn = 0;
  const flat = ring.map(([lon, lat], i) => {
    if (i > 0) {
      const step = lon - ring[i - 1][0];
      if (step > 180) turn -= 360;
      if (step < -180) turn += 360;
    }
    return [lon + turn, lat];
  });
  const mean = flat.reduce((sum, [lon]) => sum + lon, 0) / flat.length;
  const shift = -360 * Math.round(mean / 360);
  return flat.map(([lon, lat]) => [lon + shift, lat]);
};

const miller = (lat) => (1.25 * Math.log(Math.tan(Math.PI / 4 + (0.4 * lat * Math.PI) / 180)) * 180) / Math.PI;

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const varint = (number) => {
  let rest = number < 0 ? -2 * number - 1 : 2 * number;
  let text = "";
  do {
    text += DIGITS[(rest % 32) + (rest >= 32 ? 32 : 0)];
    rest = Math.floor(rest / 32);
  } while (rest > 0);
  return text;
};

const geometries = topology.objects.land.geometries ?? [topology.objects.land];
const rings = geometries.flatMap((shape) => (shape.type === "Polygon" ? shape.arcs : shape.arcs.flat())).map(points);
const packed = rings
  .filter((ring) => ring.some(([, lat]) => lat > -60))
  .map(unwrap)
  .map((ring) => {
    let before = [0, 0];
    return ring
      .map(([lon, lat]) => [Math.round(lon * SCALE), Math.round(miller(lat) * SCALE)])
      .filter((point, i, all) => i === 0 || point[0] !== all[i - 1][0] || point[1] !== all[i - 1][1])
      .map((point) => {
        const text = varint(point[0] - before[0]) + varint(point[1] - before[1]);
        before = point;
        return text;
      })
      .join("");
  });
process.stdout.write(packed.join(" ") + "\n");
