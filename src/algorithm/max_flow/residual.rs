//! The residual graph and the search that fills it: Dinic's phases, with levels grown from both ends at once.
//!
//! It knows nodes and arc pairs; sites, lanes and outages are the business of the file above.
//!
//! A phase labels whole layers, always on the side whose next layer looks cheaper, until the two sides meet; every
//! shortest augmenting path then passes one of the nodes where they met, and is traced from there to both ends. So a
//! phase touches two small balls instead of the whole graph, and the last one ends as soon as the smaller side of a
//! minimum cut has been walked through. What a query changes is written down and undone, so that the next one starts
//! clean without a pass over all arcs.
//!
//! ```text
//!   sources  o-->o-->o-->(m)-->o-->o  sinks       layers 0 1 2 3 from the sources, 2 1 0 from the sinks
//! ```

/// One direction of a pair of arcs; its partner leads back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Half {
    pub(super) head: u32,
    pub(super) partner: u32,
    /// How much more can flow this way, the cancelling of what flows the other way included.
    pub(super) residual: u64,
}

/// From which end a side grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Source,
    Sink,
}

/// Labels of one side.
#[derive(Clone, Debug, Default)]
struct Ball {
    /// `base + layer` where labelled in this phase, anything less where not; length = nodes.
    label: Vec<u32>,
    /// First arc of each labelled node that may still lead to the end; length = nodes.
    next: Vec<u32>,
    /// Labelled nodes in order of layer.
    queue: Vec<u32>,
    /// Where the last layer begins in `queue`.
    last: usize,
    /// Its layer.
    depth: u32,
}

/// The residual graph with the search's memory.
#[derive(Clone, Debug)]
pub(super) struct Residual {
    /// Length = nodes + 1.
    pub(super) first: Vec<u32>,
    /// By tail; length = 2 × pairs.
    pub(super) halves: Vec<Half>,
    /// What each half may carry when nothing flows; length = halves.
    pub(super) capacity: Vec<u64>,
    balls: [Ball; 2],
    /// Labels below it are of earlier phases.
    base: u32,
    /// Halves whose residual is not their capacity, or whose partner's is not; may repeat.
    touched: Vec<u32>,
    /// Halves from the sources to a meeting node (back to front), then on to the sinks.
    path: Vec<u32>,
    /// The side that could grow no further; its labelled nodes are one side of a minimum cut.
    exhausted: Side,
}

impl Residual {
    /// Builds the graph from pairs of arcs `(tail, head, capacity there, capacity back)`.
    ///
    /// Returns it with the position of each pair's first half; the second is its partner. O(nodes + pairs).
    pub(super) fn new(nodes: usize, pairs: &[(u32, u32, u64, u64)]) -> (Self, Vec<u32>) {
        let mut first = vec![0u32; nodes + 1];
        for &(tail, head, ..) in pairs {
            first[tail as usize + 1] += 1;
            first[head as usize + 1] += 1;
        }
        for i in 0..nodes {
            first[i + 1] += first[i];
        }
        let mut place = first.clone();
        let mut put = |node: u32| {
            place[node as usize] += 1;
            place[node as usize] - 1
        };
        let mut halves = vec![Half { head: 0, partner: 0, residual: 0 }; pairs.len() * 2];
        let mut positions = Vec::with_capacity(pairs.len());
        for &(tail, head, there, back) in pairs {
            let (a, b) = (put(tail), put(head));
            halves[a as usize] = Half { head, partner: b, residual: there };
            halves[b as usize] = Half { head: tail, partner: a, residual: back };
            positions.push(a);
        }
        let capacity = halves.iter().map(|half| half.residual).collect();
        let ball = Ball { label: vec![0; nodes], next: vec![0; nodes], ..Ball::default() };
        let balls = [ball.clone(), ball];
        let path = Vec::new();
        (Self { first, halves, capacity, balls, base: 0, touched: Vec::new(), path, exhausted: Side::Source }, positions)
    }

    /// Forgets the last flow. O(what it touched).
    pub(super) fn reset(&mut self) {
        for &half in &self.touched {
            let partner = self.halves[half as usize].partner;
            for half in [half, partner] {
                self.halves[half as usize].residual = self.capacity[half as usize];
            }
        }
        self.touched.clear();
    }

    /// Takes a pair out of service until the next reset.
    pub(super) fn close(&mut self, half: u32) {
        let partner = self.halves[half as usize].partner;
        self.halves[half as usize].residual = 0;
        self.halves[partner as usize].residual = 0;
        self.touched.push(half);
    }

    /// Sends as much as fits from `sources` to `sinks`, which share no node, and returns how much.
    ///
    /// O(V² E) time in the worst case, O(E) in practice; no allocation once warm. Dinic 1970.
    pub(super) fn saturate(&mut self, sources: &[u32], sinks: &[u32]) -> u64 {
        let mut total = 0;
        while let Some(meeting) = self.grow(sources, sinks, 1) {
            total += self.augment(meeting);
        }
        total
    }

    /// Tells whether a path leads from a source to a sink on which every half has at least `residual` left.
    pub(super) fn connects(&mut self, sources: &[u32], sinks: &[u32], residual: u64) -> bool {
        self.grow(sources, sinks, residual).is_some()
    }

    /// Tells whether a node lies on the sources' side of the cut found last.
    pub(super) fn is_source_side(&self, node: usize) -> bool {
        let is_labelled = self.balls[self.exhausted as usize].label[node] >= self.base;
        is_labelled == (self.exhausted == Side::Source)
    }

    /// Labels layers from both ends until they meet; says which side's last layer holds the meeting nodes, or `None`
    /// if one side is exhausted.
    fn grow(&mut self, sources: &[u32], sinks: &[u32], least: u64) -> Option<Side> {
        let nodes = u32::try_from(self.first.len()).expect("networks have fewer than 2^24 vertices");
        let deepest = self.balls.iter().map(|ball| ball.depth).max().expect("there are two sides");
        self.base = match self.base.checked_add(deepest + 1) {
            Some(base) if base < u32::MAX - nodes => base,
            _ => {
                self.balls.iter_mut().for_each(|ball| ball.label.fill(0));
                1
            }
        };
        for (ball, ends) in self.balls.iter_mut().zip([sources, sinks]) {
            ball.queue.clear();
            ball.queue.extend_from_slice(ends);
            (ball.last, ball.depth) = (0, 0);
            for &end in ends {
                ball.label[end as usize] = self.base;
            }
        }
        let mut work = [self.layer_work(Side::Source), self.layer_work(Side::Sink)];
        loop {
            let side = if work[0] <= work[1] { Side::Source } else { Side::Sink };
            if work[side as usize] == 0 {
                self.exhausted = side;
                return None;
            }
            if self.add_layer(side, least) {
                return Some(side);
            }
            work[side as usize] = self.layer_work(side);
        }
    }

    /// Arcs at the last layer of a side.
    fn layer_work(&self, side: Side) -> u32 {
        let ball = &self.balls[side as usize];
        ball.queue[ball.last..].iter().map(|&v| self.first[v as usize + 1] - self.first[v as usize]).sum()
    }

    /// Labels the next layer of a side; tells whether it meets the other side.
    fn add_layer(&mut self, side: Side, least: u64) -> bool {
        let Self { first, halves, balls, base, .. } = self;
        let (low, high) = balls.split_at_mut(1);
        let (ball, other) = match side {
            Side::Source => (&mut low[0], &high[0]),
            Side::Sink => (&mut high[0], &low[0]),
        };
        let layer = ball.last..ball.queue.len();
        ball.last = ball.queue.len();
        ball.depth += 1;
        let label = *base + ball.depth;
        let mut is_met = false;
        for i in layer {
            let tail = ball.queue[i] as usize;
            for half in &halves[first[tail] as usize..first[tail + 1] as usize] {
                let head = half.head as usize;
                if ball.label[head] >= *base {
                    continue;
                }
                let residual = match side {
                    Side::Source => half.residual,
                    Side::Sink => halves[half.partner as usize].residual,
                };
                if residual >= least {
                    ball.label[head] = label;
                    ball.next[head] = first[head];
                    ball.queue.push(half.head);
                    is_met |= other.label[head] >= *base;
                }
            }
        }
        is_met
    }

    /// Sends a blocking flow through the nodes where the sides met, and returns how much.
    fn augment(&mut self, met_on: Side) -> u64 {
        let mut total = 0;
        for i in self.balls[met_on as usize].last..self.balls[met_on as usize].queue.len() {
            let middle = self.balls[met_on as usize].queue[i];
            if self.balls[1 - met_on as usize].label[middle as usize] < self.base {
                continue;
            }
            loop {
                self.path.clear();
                if !(self.trace(middle, Side::Source) && self.trace(middle, Side::Sink)) {
                    break;
                }
                total += self.push();
            }
        }
        total
    }

    /// Extends `path` from a labelled node to its end, layer by layer; false if no path is left.
    fn trace(&mut self, middle: u32, side: Side) -> bool {
        let Self { first, halves, balls, base, path, .. } = self;
        let Ball { label, next, .. } = &mut balls[side as usize];
        let bottom = path.len();
        let mut node = middle as usize;
        while label[node] > *base {
            let wanted = label[node] - 1;
            let end = first[node + 1];
            let mut at = next[node];
            let open = loop {
                if at == end {
                    break None;
                }
                let half = halves[at as usize];
                if label[half.head as usize] == wanted {
                    let forward = match side {
                        Side::Source => half.partner,
                        Side::Sink => at,
                    };
                    if halves[forward as usize].residual > 0 {
                        break Some((forward, half.head));
                    }
                }
                at += 1;
            };
            next[node] = at;
            if let Some((forward, head)) = open {
                path.push(forward);
                node = head as usize;
            } else if path.len() > bottom {
                // A dead end: step back over the half that led here and never try it again in this phase.
                let led_here = path.pop().expect("it is longer than the bottom");
                node = match side {
                    Side::Source => halves[led_here as usize].head,
                    Side::Sink => halves[halves[led_here as usize].partner as usize].head,
                } as usize;
                next[node] += 1;
            } else {
                return false;
            }
        }
        true
    }

    /// Fills `path` to its narrowest half and returns by how much.
    fn push(&mut self) -> u64 {
        let amount = self.path.iter().map(|&half| self.halves[half as usize].residual).min();
        let amount = amount.expect("sources and sinks share no node");
        for &half in &self.path {
            let partner = self.halves[half as usize].partner;
            self.halves[half as usize].residual -= amount;
            self.halves[partner as usize].residual += amount;
        }
        self.touched.extend_from_slice(&self.path);
        amount
    }
}
