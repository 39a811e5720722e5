// Maximum flows of many pairs by LEMON's preflow push, for `benches/flows.rs`, which compiles and runs it.
//
// Usage: lemon_preflow EDGES PAIRS
// EDGES holds `end end capacity ...` a line, full duplex; PAIRS holds `source sink`. It prints the sum of all maximum
// flows and the processor time of finding them in nanoseconds; reading and building the graph is not timed.
//
// LEMON is used as its manual asks for when only values and cuts are wanted: the first phase alone (`runMinCut`), one
// object for all pairs, on its fastest graph for the purpose, the static one.

#include <lemon/preflow.h>
#include <lemon/static_graph.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using Graph = lemon::StaticDigraph;
using Capacities = Graph::ArcMap<std::int64_t>;
using Arc = std::pair<std::pair<int, int>, std::int64_t>;

// Processor time of this thread, nanoseconds.
static std::int64_t now() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * std::int64_t{1000000000} + time.tv_nsec;
}

// The first numbers of each line.
static std::vector<std::vector<std::int64_t>> rows(const char* path, int count) {
    std::vector<std::vector<std::int64_t>> rows;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::vector<std::int64_t> row(count);
        for (auto& number : row) words >> number;
        rows.push_back(row);
    }
    return rows;
}

int main(int count, char** arguments) {
    if (count != 3) return 2;
    std::vector<Arc> arcs;
    int sites = 0;
    for (const auto& row : rows(arguments[1], 3)) {
        const int a = row[0], b = row[1];
        arcs.push_back({{a, b}, row[2]});
        arcs.push_back({{b, a}, row[2]});
        sites = std::max({sites, a + 1, b + 1});
    }
    // The static graph wants its arcs in order of tail.
    std::stable_sort(arcs.begin(), arcs.end(), [](const Arc& x, const Arc& y) { return x.first.first < y.first.first; });
    std::vector<std::pair<int, int>> ends;
    for (const auto& arc : arcs) ends.push_back(arc.first);
    Graph graph;
    graph.build(sites, ends.begin(), ends.end());
    Capacities capacities(graph);
    for (std::size_t i = 0; i < arcs.size(); ++i) capacities[graph.arc(static_cast<int>(i))] = arcs[i].second;

    const auto pairs = rows(arguments[2], 2);
    const std::int64_t begin = now();
    std::int64_t sum = 0;
    lemon::Preflow<Graph, Capacities> flow(graph, capacities, graph.node(0), graph.node(1));
    for (const auto& pair : pairs) {
        flow.source(graph.node(static_cast<int>(pair[0]))).target(graph.node(static_cast<int>(pair[1])));
        flow.runMinCut();
        sum += flow.flowValue();
    }
    std::cout << sum << ' ' << now() - begin << '\n';
}
