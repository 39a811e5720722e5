#!/usr/bin/env python3
"""Other libraries on the same work as ours, one after the other, on one thread.

    python3 benches/peers/compare.py [--folder FOLDER] [--keep-environment FOLDER]

Makes a throwaway Python environment, installs the peers, lets `cargo bench --bench peers` write inputs and our answers,
runs each peer on the same inputs, checks that the answers agree, and prints the ratios, rows where we lose included.
A peer that cannot be installed is skipped with a word. Where the whole task would take a peer long, it does a part that is
chosen by its number alone, whose answers are checked all the same, and its time is scaled.
"""

import argparse
import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import venv

PEERS = {
    "networkx": "networkx",
    "rustworkx": "rustworkx",
    "igraph": "igraph",
    "scipy": "scipy",
    "networkit": "networkit",
    "ortools": "ortools",
}
# A part of a task is done in about so long, seconds.
PATIENCE = 4.0
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, help="keep inputs and answers here")
    parser.add_argument("--environment", type=pathlib.Path, help="keep and reuse the Python environment here")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (arguments.folder or pathlib.Path(scratch) / "work").resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if arguments.inside:
            return compare(folder)
        ours = ["cargo", "bench", "--locked", "--quiet", "--bench", "peers", "--", str(folder)]
        subprocess.run(ours, cwd=REPOSITORY, check=True)
        environment = arguments.environment or pathlib.Path(scratch) / "environment"
        python = prepare(environment.resolve())
        threads = {key: "1" for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "MKL_NUM_THREADS")}
        command = [str(python), __file__, "--inside", "--folder", str(folder)]
        return subprocess.run(command, env={**os.environ, **threads}).returncode


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


class Work:
    """The inputs."""

    def __init__(self, folder):
        rows = lambda name: [[int(word) for word in line.split()] for line in (folder / name).read_text().split("\n")[:-1]]
        self.edges = rows("edges.txt")
        self.pairs = rows("pairs.txt")
        self.states = rows("states.txt")
        self.n = 1 + max(max(a, b) for a, b, *_ in self.edges)
        self.groups = 1 + max(edge[4] for edge in self.edges)

    def without(self, lost):
        lost = set(lost)
        return [edge for edge in self.edges if edge[4] not in lost]


def shortest(edges):
    """The shortest of parallel edges, for libraries that take one."""
    best = {}
    for a, b, micros, *_ in edges:
        if a != b:
            key = (min(a, b), max(a, b))
            best[key] = min(best.get(key, micros), micros)
    return best


def widest(edges):
    """The capacity of parallel edges together."""
    total = {}
    for a, b, _, capacity, _ in edges:
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
    micros = [edge[2] for edge in work.edges]
    arcs = [pair for (a, b) in widest(work.edges) for pair in ((a, b), (b, a))]
    flow = ig.Graph(work.n, arcs, directed=True)
    capacity = [capacity for capacity in widest(work.edges).values() for _ in range(2)]
    yield "all-pairs distances", lambda i: whole.distances(source=[i], weights=micros)[0]
    yield "maximum flows", lambda i: flow.maxflow_value(*work.pairs[i], capacity=capacity)

    def lost(i):
        left = work.without([i])
        return graph(left).distances(weights=[edge[2] for edge in left])

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
        parts = nk.components.ConnectedComponents(graph(work.without(work.states[i]))).run()
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


# What one call's answer is in our terms.
TASKS = {
    "all-pairs distances": lambda row: total([row]),
    "maximum flows": lambda flow: (int(flow), 0),
    "every risk group lost, all pairs": total,
    "connectivity of sampled states": lambda state: (int(state[0]), int(state[1])),
}


def compare(folder):
    ours = json.loads((folder / "ours.json").read_text())
    work = Work(folder)
    wrong = 0
    print(f"{work.n} sites, {len(work.edges)} segments, {work.groups} risk groups; one thread; times of the whole task\n")
    print(f"{'task':34} {'library':24} {'seconds':>12} {'ours':>12} {'times ours':>11}  answer")
    for name, package in PEERS.items():
        try:
            library = importlib.import_module(name)
        except ImportError:
            print(f"skipped: no {package}", file=sys.stderr)
            continue
        version = getattr(library, "__version__", "")
        for task, call in globals()[name](library, work):
            expected = ours[task]["parts"]
            spent, done, differ = 0.0, 0, 0
            while done < len(expected) and spent < PATIENCE:
                begin = time.process_time()
                answer = call(done)
                spent += time.process_time() - begin
                differ += list(TASKS[task](answer)) != expected[done]
                done += 1
            seconds = spent * len(expected) / done
            wrong += differ
            told = f"{differ} of {done} DIFFER" if differ else f"same in {done} of {len(expected)}"
            own = ours[task]["seconds"]
            print(f"{task:34} {name + ' ' + version:24} {seconds:12.4f} {own:12.6f} {seconds / own:11.1f}  {told}", flush=True)
    print(f"\n{wrong} answers differ" if wrong else "\nall answers agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
