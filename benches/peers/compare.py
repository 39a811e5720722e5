#!/usr/bin/env python3
"""Other libraries on the same work as ours, one after the other, on one thread.

    python3 benches/peers/compare.py [--scenario FILE] [--json FILE] [--folder FOLDER] [--environment FOLDER]

Makes a throwaway Python environment, installs the peers, lets `cargo bench --bench peers` write inputs and our answers,
runs each peer on the same inputs, checks that the answers agree, and prints the ratios, rows where we lose included.
A peer that cannot be had is skipped with a word. Where the whole task would take a peer long, it does a part that is
chosen by its number alone, whose answers are checked all the same, and its time is scaled.

A scenario of NetGraph (such as cost266) is what equal-cost loads are found on; without one, a small synthetic topology.
Capacities are left out there, for NetGraph admits traffic by them, link after link, and what it reports is then no load.
"""

import argparse
import importlib
import importlib.metadata
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import venv

# By the name in code: what is installed.
PEERS = {
    "networkx": "networkx",
    "rustworkx": "rustworkx",
    "igraph": "igraph",
    "scipy": "scipy",
    "networkit": "networkit",
    "ortools": "ortools",
    "ngraph": "ngraph",
}
# A part of a task is done in about so long, seconds.
PATIENCE = 4.0
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", type=pathlib.Path, help="a NetGraph scenario for equal-cost loads")
    parser.add_argument("--json", type=pathlib.Path, help="write the rows here, for `crossborder bench --peers`")
    parser.add_argument("--folder", type=pathlib.Path, help="keep inputs and answers here")
    parser.add_argument("--environment", type=pathlib.Path, help="keep and reuse the Python environment here")
    parser.add_argument("--inside", choices=["translate", "compare"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (arguments.folder or pathlib.Path(scratch) / "work").resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if arguments.inside == "translate":
            return translate(arguments.scenario, folder)
        if arguments.inside == "compare":
            return compare(folder, arguments.json)
        python = prepare((arguments.environment or pathlib.Path(scratch) / "environment").absolute())
        threads = {key: "1" for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "MKL_NUM_THREADS")}
        given = [flag for flag, path in (("scenario", arguments.scenario), ("json", arguments.json)) if path]
        given = [word for flag in given for word in (f"--{flag}", str(getattr(arguments, flag).absolute()))]
        inside = lambda step: [str(python), __file__, "--inside", step, "--folder", str(folder), *given]
        (folder / "split.txt").unlink(missing_ok=True)
        if arguments.scenario:
            subprocess.run(inside("translate"), check=True)
        ours = ["cargo", "bench", "--locked", "--quiet", "--bench", "peers", "--", "--folder", str(folder)]
        subprocess.run(ours, cwd=REPOSITORY, check=True)
        return subprocess.run(inside("compare"), env={**os.environ, **threads}).returncode


def prepare(environment):
    """An environment with all peers that can be had."""
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True)
        for package in ["numpy", *PEERS.values()]:
            install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
            if subprocess.run(install).returncode != 0:
                print(f"skipped: {package} cannot be installed", file=sys.stderr)
    return python


def translate(scenario, folder):
    """Links and demands of a NetGraph scenario; volumes in thousandths, so that they are whole."""
    import yaml

    network = yaml.safe_load(scenario.read_text())
    sites = {name: number for number, name in enumerate(network["network"]["nodes"])}
    lines = [scenario.stem]
    for link in network["network"]["links"]:
        lines.append(f"link {sites[link['source']]} {sites[link['target']]} {link['cost']}")
    for demand in next(iter(network["demands"].values())):
        source, target = (sites[demand[end].strip("^$")] for end in ("source", "target"))
        lines.append(f"demand {source} {target} {round(demand['volume'] * 1000)}")
    (folder / "split.txt").write_text("\n".join(lines) + "\n")


class Work:
    """The inputs."""

    def __init__(self, folder):
        rows = lambda name: [[int(word) for word in line.split()] for line in (folder / name).read_text().split("\n")[:-1]]
        self.edges = rows("edges.txt")
        self.pairs = rows("pairs.txt")
        self.states = rows("states.txt")
        self.n = 1 + max(max(a, b) for a, b, *_ in self.edges)
        split = [line.split() for line in (folder / "split.txt").read_text().splitlines()[1:]]
        kind = lambda wanted: [[int(word) for word in row[1:]] for row in split if row[0] == wanted]
        self.links, self.demands = kind("link"), kind("demand")

    def without(self, lost):
        lost = set(lost)
        return [edge for edge in self.edges if edge[4] not in lost]


def shortest(edges):
    """The shortest of parallel edges, for libraries that take one."""
    best = {}
    for a, b, _, micros, _ in edges:
        if a != b:
            key = (min(a, b), max(a, b))
            best[key] = min(best.get(key, micros), micros)
    return best


def widest(edges):
    """The capacity of parallel edges together."""
    total = {}
    for a, b, capacity, *_ in edges:
        if a != b:
            key = (min(a, b), max(a, b))
            total[key] = total.get(key, 0) + capacity
    return total


def total(rows):
    """Sum of the distances that there are, and pairs without one."""
    latency = unreachable = 0
    for row in rows:
        for distance in row:
            if distance == float("inf"):
                unreachable += 1
            else:
                latency += int(distance)
    return latency, unreachable


def networkx(nx, work):
    def graph(edges):
        graph = nx.Graph()
        graph.add_nodes_from(range(work.n))
        graph.add_weighted_edges_from((a, b, w) for (a, b), w in shortest(edges).items())
        return graph

    def row(graph, source):
        found = nx.single_source_dijkstra_path_length(graph, source)
        return [found.get(target, float("inf")) for target in range(work.n)]

    flow = nx.DiGraph()
    for (a, b), capacity in widest(work.edges).items():
        flow.add_edge(a, b, capacity=capacity)
        flow.add_edge(b, a, capacity=capacity)
    best = nx.algorithms.flow.boykov_kolmogorov
    yield "all-pairs distances", (lambda graph=graph(work.edges): lambda i: row(graph, i))()
    yield "maximum flows", lambda i: nx.maximum_flow_value(flow, *work.pairs[i], flow_func=best)
    yield "every risk group lost, all pairs", lambda i: (lambda graph: [row(graph, s) for s in range(work.n)])(graph(work.without([i])))

    def state(i):
        reached = nx.node_connected_component(graph(work.without(work.states[i])), 0)
        return len(reached) == work.n, work.n - 1 in reached

    yield "connectivity of sampled states", state


def rustworkx(rx, work):
    def graph(edges):
        graph = rx.PyGraph(multigraph=False)
        graph.add_nodes_from(range(work.n))
        graph.add_edges_from([(a, b, float(w)) for (a, b), w in shortest(edges).items()])
        return graph

    def row(graph, source):
        found = rx.dijkstra_shortest_path_lengths(graph, source, float)
        return [0 if target == source else found[target] if target in found else float("inf") for target in range(work.n)]

    whole = graph(work.edges)
    yield "all-pairs distances", lambda i: row(whole, i)
    yield "every risk group lost, all pairs", lambda i: (lambda graph: [row(graph, s) for s in range(work.n)])(graph(work.without([i])))

    def state(i):
        reached = rx.node_connected_component(graph(work.without(work.states[i])), 0)
        return len(reached) == work.n, work.n - 1 in reached

    yield "connectivity of sampled states", state


def igraph(ig, work):
    def graph(edges):
        return ig.Graph(work.n, [(a, b) for a, b, *_ in edges])

    whole = graph(work.edges)
    micros = [edge[3] for edge in work.edges]
    arcs = [pair for (a, b) in widest(work.edges) for pair in ((a, b), (b, a))]
    flow = ig.Graph(work.n, arcs, directed=True)
    capacity = [capacity for capacity in widest(work.edges).values() for _ in range(2)]
    yield "all-pairs distances", lambda i: whole.distances(source=[i], weights=micros)[0]
    yield "maximum flows", lambda i: flow.maxflow_value(*work.pairs[i], capacity=capacity)

    def lost(i):
        left = work.without([i])
        return graph(left).distances(weights=[edge[3] for edge in left])

    yield "every risk group lost, all pairs", lost

    def state(i):
        reached = graph(work.without(work.states[i])).subcomponent(0)
        return len(reached) == work.n, work.n - 1 in reached

    yield "connectivity of sampled states", state


def scipy(_, work):
    import numpy as np
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra, maximum_flow

    def matrix(pairs, kind):
        rows, columns = zip(*pairs)
        return csr_matrix((np.array(list(pairs.values()), dtype=kind), (rows, columns)), shape=(work.n, work.n))

    whole = matrix(shortest(work.edges), np.float64)
    both = {pair: capacity for (a, b), capacity in widest(work.edges).items() for pair in ((a, b), (b, a))}
    flow = matrix(both, np.int32)
    yield "all-pairs distances", lambda i: dijkstra(whole, directed=False, indices=i)
    yield "maximum flows", lambda i: maximum_flow(flow, *work.pairs[i]).flow_value
    yield "every risk group lost, all pairs", lambda i: dijkstra(matrix(shortest(work.without([i])), np.float64), directed=False)

    def state(i):
        count, labels = connected_components(matrix(shortest(work.without(work.states[i])), np.float64), directed=False)
        return count == 1, labels[0] == labels[-1]

    yield "connectivity of sampled states", state


def networkit(nk, work):
    def graph(edges):
        graph = nk.Graph(work.n, weighted=True)
        for (a, b), weight in shortest(edges).items():
            graph.addEdge(a, b, weight)
        return graph

    nk.setNumberOfThreads(1)
    far = 1e300

    def row(graph, source):
        found = nk.distance.Dijkstra(graph, source, False, False).run().getDistances()
        return [distance if distance < far else float("inf") for distance in found]

    whole = graph(work.edges)
    yield "all-pairs distances", lambda i: row(whole, i)
    yield "every risk group lost, all pairs", lambda i: (lambda graph: [row(graph, s) for s in range(work.n)])(graph(work.without([i])))

    def state(i):
        # It does not keep its graph alive itself.
        left = graph(work.without(work.states[i]))
        parts = nk.components.ConnectedComponents(left).run()
        return parts.numberOfComponents() == 1, parts.componentOfNode(0) == parts.componentOfNode(work.n - 1)

    yield "connectivity of sampled states", state


def ortools(_, work):
    from ortools.graph.python import max_flow

    both = widest(work.edges)
    solver = max_flow.SimpleMaxFlow()
    for (a, b), capacity in both.items():
        solver.add_arc_with_capacity(a, b, capacity)
        solver.add_arc_with_capacity(b, a, capacity)

    def flow(i):
        solver.solve(*work.pairs[i])
        return solver.optimal_flow()

    yield "maximum flows", flow


def ngraph(_, work):
    import netgraph_core
    from ngraph.analysis.functions import build_demand_placement_inputs, demand_placement_analysis
    from ngraph.analysis.placement import place_demands
    from ngraph.model.network import Link, Network, Node

    network = Network()
    for site in sorted({site for a, b, _ in work.links for site in (a, b)}):
        network.add_node(Node(f"s{site}"))
    links = [Link(f"s{a}", f"s{b}", capacity=1e12, cost=cost) for a, b, cost in work.links]
    for link in links:
        network.add_link(link)
    policy = {"mode": "pairwise", "flow_policy": "SHORTEST_PATHS_ECMP"}
    demands = [{"source": f"^s{a}$", "target": f"^s{b}$", "volume": float(volume), **policy} for a, b, volume in work.demands]
    context, expansion, ends = build_demand_placement_inputs(network, demands)
    volumes = [demand.volume for demand in expansion.demands]
    nodes = context.build_node_mask(set())

    def state(i):
        flow = netgraph_core.FlowGraph(context.multidigraph)
        up = context.build_edge_mask({links[i].id})
        place_demands(expansion.demands, volumes, flow, context, nodes, up, resolved_ids=ends)
        return context, flow

    def loads(answer):
        context, flow = answer
        lane = {}
        for number, link in enumerate(links):
            for backwards, direction in enumerate(("fwd", "rev")):
                lane[context.edge_mapper.encode_ext_id(link.id, direction)] = 2 * number + backwards
        found = [0.0] * len(lane)
        for edge, amount in zip(context.multidigraph.ext_edge_ids_view(), flow.edge_flow_view()):
            if int(edge) in lane:
                found[lane[int(edge)]] += float(amount)
        return found

    prepared = {"context": context, "expansion": expansion, "resolved_ids": ends}

    def public(i, **wish):
        return demand_placement_analysis(network, set(), {links[i].id}, demands, **prepared, **wish)

    def placed(i):
        public(i)
        return i

    def volume_by_cost(i):
        flows = public(i, include_flow_details=True).flows
        return [sum(float(cost) * amount for flow in flows for cost, amount in flow.cost_distribution.items())]

    def ours_by_cost(loads):
        return [sum(load * links[lane // 2].cost for lane, load in enumerate(loads))]

    yield "equal-cost loads, every link lost", state, loads
    # What its failure manager calls for each state, inputs prepared once. It tells what is placed and no loads, so its
    # answer is checked, outside the time, by volume times cost.
    yield "equal-cost loads, every link lost", placed, volume_by_cost, ours_by_cost, "(public call)"


# What one call's answer is in our terms.
TASKS = {
    "all-pairs distances": lambda row: total([row]),
    "maximum flows": lambda flow: (int(flow), 0),
    "every risk group lost, all pairs": total,
    "connectivity of sampled states": lambda state: (int(state[0]), int(state[1])),
}

# What LEMON's program calls them, and what it is given beside the edges.
LEMON = {
    "all-pairs distances": ["distances"],
    "maximum flows": ["flows", "pairs.txt"],
    "every risk group lost, all pairs": ["groups"],
    "connectivity of sampled states": ["states", "states.txt"],
}


def same(ours, theirs):
    """Whole numbers are the same; loads are where they differ by less than the rounding of sums."""
    far = 1e-6 * max(map(abs, ours), default=0)
    return len(ours) == len(theirs) and all(abs(a - b) <= far if isinstance(a, float) else a == b for a, b in zip(ours, theirs))


def of_python(ours, folder):
    """What the Python libraries take: name, version, task, seconds, and how many answers are the same, done and asked."""
    work = Work(folder)
    for name, package in PEERS.items():
        try:
            library = importlib.import_module(name)
        except ImportError:
            print(f"skipped: no {package}", file=sys.stderr)
            continue
        version = importlib.metadata.version(package)
        for task, call, *more in globals()[name](library, work):
            in_our_terms = more[0] if more else TASKS[task]
            in_its_terms = more[1] if len(more) > 1 else list
            peer = f"{name} {more[2]}" if len(more) > 2 else name
            expected = ours[task]["parts"]
            spent, done, agreed = 0.0, 0, 0
            while done < len(expected) and spent < PATIENCE:
                begin = time.process_time()
                answer = call(done)
                spent += time.process_time() - begin
                agreed += same(in_its_terms(expected[done]), list(in_our_terms(answer)))
                done += 1
            yield peer, version, task, spent * len(expected) / done, agreed, done


def of_lemon(ours, folder):
    """The same of LEMON, which is C++ and is compiled here."""
    program = folder / "lemon"
    source = pathlib.Path(__file__).with_name("lemon.cpp")
    command = ["g++", "-O3", "-march=native", "-DNDEBUG", str(source), "-o", str(program)]
    if not shutil.which("g++") or subprocess.run(command, capture_output=True).returncode != 0:
        print("skipped: no g++ with LEMON (Debian: g++ liblemon-dev)", file=sys.stderr)
        return
    for task, (word, *given) in LEMON.items():
        files = [str(folder / name) for name in ("edges.txt", *given)]
        output = subprocess.run([str(program), word, str(PATIENCE), *files], check=True, capture_output=True, text=True).stdout
        first, *rows = output.splitlines()
        version, done, asked, nanoseconds = first.split()
        answers = [[int(word) for word in row.split()] for row in rows]
        expected = ours[task]["parts"]
        agreed = sum(map(same, expected, answers)) if int(asked) == len(expected) else 0
        yield "LEMON", version, task, int(nanoseconds) / 1e9 * int(asked) / int(done), agreed, int(done)


def compare(folder, json_file):
    ours = json.loads((folder / "ours.json").read_text())
    rows = []
    print(f"{'task':34} {'library':20} {'seconds':>12} {'ours':>12} {'times ours':>11}  answer")
    for measure in (of_lemon, of_python):
        for peer, version, task, seconds, agreed, done in measure(ours, folder):
            own, asked = ours[task]["seconds"], len(ours[task]["parts"])
            told = f"same in {done} of {asked}" if agreed == done else f"{done - agreed} of {done} DIFFER"
            print(f"{task:34} {peer + ' ' + version:20} {seconds:12.4f} {own:12.6f} {seconds / own:11.1f}  {told}", flush=True)
            rows.append({
                "task": task,
                "size": ours[task]["size"],
                "parts": asked,
                "peer": peer,
                "version": version,
                "peer_s": seconds,
                "ours_s": own,
                "times_as_fast": seconds / own,
                "parts_done": done,
                "parts_agreed": agreed,
            })
    order = list(ours)
    rows.sort(key=lambda row: (order.index(row["task"]), row["peer_s"]))
    if json_file:
        json_file.write_text(json.dumps({"format": 1, "rows": rows}, indent=1) + "\n")
    lost = [f"{row['task']} to {row['peer']}" for row in rows if row["times_as_fast"] < 1]
    print(f"\nwe lose: {', '.join(lost)}" if lost else "\nwe lose no row")
    differ = sum(row["parts_done"] - row["parts_agreed"] for row in rows)
    print(f"{differ} answers differ" if differ else "all answers agree")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
