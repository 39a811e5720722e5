// LEMON on the same work as ours, for `benches/peers/compare.py` and `benches/flows.rs`, which compile and run it.
//
// Usage: lemon TASK PATIENCE EDGES [ASKED]
// EDGES holds `end end capacity micros group ...` a line, full duplex. A task is done for as many parts as fit into PATIENCE
// seconds (at least one). It prints the version, how many parts are done, of how many, and the processor time of them in
// nanoseconds, then two numbers for each part. Reading and building the graph is not timed.
//
//   distances             a part is a site: the sum of all distances from it, the sites that are out of reach
//   groups                a part is a risk group that is lost: the same over all pairs
//   flows ASKED           a part is a line `source sink`: the maximum flow, and 0
//   states ASKED          a part is a line of groups that are lost: whether all is in one piece, whether the first site
//                         reaches the last
//
// LEMON is used as its manual asks for: its fastest graph, the static one; one object for all questions of a kind; where only
// values and cuts are wanted of a flow, the first phase alone (`runMinCut`); what is lost is filtered out, not rebuilt.

#include <lemon/adaptors.h>
#include <lemon/bfs.h>
#include <lemon/config.h>
#include <lemon/dijkstra.h>
#include <lemon/preflow.h>
#include <lemon/static_graph.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using Graph = lemon::StaticDigraph;
using Numbers = Graph::ArcMap<std::int64_t>;
using Flags = Graph::ArcMap<bool>;
using Part = std::array<std::int64_t, 2>;
using Rows = std::vector<std::vector<std::int64_t>>;

// Processor time of this thread, nanoseconds.
static std::int64_t now() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * std::int64_t{1000000000} + time.tv_nsec;
}

// The whole numbers of each line, as far as there are any.
static Rows rows(const char* path) {
    Rows rows;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::vector<std::int64_t> row;
        for (std::int64_t number; words >> number;) row.push_back(number);
        rows.push_back(row);
    }
    return rows;
}

struct Network {
    Graph graph;
    Numbers capacity{graph}, micros{graph};
    // The arcs of each group.
    std::vector<std::vector<Graph::Arc>> groups;
    int sites = 0;

    explicit Network(const Rows& edges) {
        std::vector<std::pair<std::pair<int, int>, const std::vector<std::int64_t>*>> arcs;
        std::size_t count = 0;
        for (const auto& row : edges) {
            const int a = static_cast<int>(row[0]), b = static_cast<int>(row[1]);
            arcs.push_back({{a, b}, &row});
            arcs.push_back({{b, a}, &row});
            sites = std::max({sites, a + 1, b + 1});
            if (row.size() > 4) count = std::max(count, static_cast<std::size_t>(row[4]) + 1);
        }
        // The static graph wants its arcs in order of tail.
        std::stable_sort(arcs.begin(), arcs.end(), [](auto& x, auto& y) { return x.first.first < y.first.first; });
        std::vector<std::pair<int, int>> ends;
        for (const auto& arc : arcs) ends.push_back(arc.first);
        graph.build(sites, ends.begin(), ends.end());
        groups.resize(count);
        for (std::size_t i = 0; i < arcs.size(); ++i) {
            const auto arc = graph.arc(static_cast<int>(i));
            const auto& row = *arcs[i].second;
            capacity[arc] = row[2];
            micros[arc] = row[3];
            if (row.size() > 4) groups[static_cast<std::size_t>(row[4])].push_back(arc);
        }
    }
};

// Takes groups out of service while it lives.
struct Lost {
    Flags& is_up;
    std::vector<const std::vector<Graph::Arc>*> groups;

    void set(bool up) {
        for (const auto* group : groups)
            for (const auto arc : *group) is_up[arc] = up;
    }
    Lost(Network& network, Flags& is_up, const std::vector<std::int64_t>& lost) : is_up(is_up) {
        for (const auto group : lost) groups.push_back(&network.groups[static_cast<std::size_t>(group)]);
        set(false);
    }
    ~Lost() { set(true); }
};

// Adds the distances from one site.
template <class Search>
static void add(const Network& network, Search& search, int source, Part& part) {
    search.run(network.graph.node(source));
    for (int target = 0; target < network.sites; ++target) {
        const auto node = network.graph.node(target);
        if (search.reached(node)) part[0] += search.dist(node);
        else part[1] += 1;
    }
}

static int run(const std::string& task, double patience, Network& network, const Rows& asked) {
    std::size_t count = static_cast<std::size_t>(network.sites);
    std::function<Part(std::size_t)> answer;
    Flags is_up(network.graph, true);
    lemon::FilterArcs<Graph, Flags> left(network.graph, is_up);
    lemon::Dijkstra<Graph, Numbers> search(network.graph, network.micros);
    lemon::Dijkstra<decltype(left), Numbers> search_left(left, network.micros);
    lemon::Bfs<decltype(left)> walk(left);
    lemon::Preflow<Graph, Numbers> flow(network.graph, network.capacity, network.graph.node(0), network.graph.node(1));
    if (task == "distances") {
        answer = [&](std::size_t i) {
            Part part{};
            add(network, search, static_cast<int>(i), part);
            return part;
        };
    } else if (task == "groups") {
        count = network.groups.size();
        answer = [&](std::size_t i) {
            Part part{};
            Lost lost(network, is_up, {static_cast<std::int64_t>(i)});
            for (int source = 0; source < network.sites; ++source) add(network, search_left, source, part);
            return part;
        };
    } else if (task == "flows") {
        count = asked.size();
        answer = [&](std::size_t i) {
            const auto end = [&](int which) { return network.graph.node(static_cast<int>(asked[i][which])); };
            flow.source(end(0)).target(end(1));
            flow.runMinCut();
            return Part{flow.flowValue(), 0};
        };
    } else if (task == "states") {
        count = asked.size();
        answer = [&](std::size_t i) {
            Lost lost(network, is_up, asked[i]);
            walk.run(network.graph.node(0));
            std::int64_t reached = 0;
            for (int site = 0; site < network.sites; ++site) reached += walk.reached(network.graph.node(site));
            return Part{reached == network.sites, walk.reached(network.graph.node(network.sites - 1))};
        };
    } else {
        return 2;
    }
    std::vector<Part> parts;
    const auto begin = now();
    auto spent = begin - begin;
    while (parts.size() < count && (parts.empty() || static_cast<double>(spent) < patience * 1e9)) {
        parts.push_back(answer(parts.size()));
        spent = now() - begin;
    }
    std::cout << LEMON_VERSION << ' ' << parts.size() << ' ' << count << ' ' << spent << '\n';
    for (const auto& part : parts) std::cout << part[0] << ' ' << part[1] << '\n';
    return 0;
}

int main(int count, char** arguments) {
    if (count < 4 || count > 5) return 2;
    Network network(rows(arguments[3]));
    return run(arguments[1], std::atof(arguments[2]), network, count > 4 ? rows(arguments[4]) : Rows{});
}
