//! What 512 states of the world cost at once: who is interrupted, who has no lawful route left, and how much traffic that is.
//!
//! It draws no states and sums up none: see `snapshots` for samples and `bounds` for enumeration. Rule R15, that no
//! territory is entered twice, is not asked here, so what has no route left may be a little more.

use std::collections::BTreeMap;

use crate::algorithm::block::Block;
use crate::algorithm::connectivity::{Connectivity, Workspace};
use crate::demand::Request;
use crate::failure::stake::Stake;
use crate::failure::timeline::model::{Model, PartId};
use crate::network::{Metric, VertexId, compile};
use crate::parallel;
use crate::policy::{Law, Query};
use crate::topology::{SegmentId, SiteId};

/// The question, prepared once and shared by all threads.
#[derive(Debug)]
pub struct States<'a> {
    stake: &'a Stake,
    /// At each claim: the parts of which any interrupts it, ascending.
    breakers: Vec<Vec<PartId>>,
    views: Vec<View>,
    /// Accounts below this number are counted: all, territories, services.
    accounts: usize,
    /// At each territory: its claims with another territory, if any.
    abroad: Vec<Vec<u32>>,
}

/// One network and who is sought in it.
#[derive(Debug)]
struct View {
    kernel: Connectivity,
    /// At each source: claims and the vertices where their routes may end.
    claims: Vec<Vec<(u32, Vec<VertexId>)>>,
}

/// What a block of states costs; kept from one block to the next.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Traffic whose usual route is out of service, by account and state.
    pub interrupted: Amounts,
    /// Traffic without any lawful route left, by account and state.
    pub unconnected: Amounts,
    /// At each claim: states in which no lawful route is left.
    pub parted: Vec<Block>,
    /// At each territory: states in which none of its claims with another one has a route.
    pub cut_off: Vec<Block>,
    hit: Vec<Block>,
    workspaces: Vec<Workspace>,
}

/// Mbit/s by account and state.
#[derive(Debug, Default)]
pub struct Amounts {
    rows: Vec<[u64; Block::STATES]>,
    /// Rows that hold anything but zeros.
    touched: Vec<bool>,
}

impl<'a> States<'a> {
    /// Prepares the kernels; the claims of the stake are those of the requests that have a route.
    #[must_use]
    pub fn new(law: &Law<'_>, metric: Metric, requests: &[Request], stake: &'a Stake, model: &Model) -> Self {
        let mut breaks: Vec<Vec<PartId>> = vec![Vec::new(); law.topology().segment_count()];
        for (i, part) in model.parts().iter().enumerate() {
            part.segments.iter().for_each(|segment| breaks[segment.index()].push(PartId::from_index(i)));
        }
        let breakers = |segments: &[SegmentId]| {
            let mut parts: Vec<PartId> = segments.iter().flat_map(|segment| &breaks[segment.index()]).copied().collect();
            parts.sort_unstable();
            parts.dedup();
            parts
        };
        let queries: Vec<&Query> = stake.claims().map(|claim| &requests[claim.request].query).collect();
        let mut abroad = vec![Vec::new(); law.topology().territories().len()];
        for (claim, query) in (0u32..).zip(&queries) {
            let ends = [query.from, query.to].map(|site| law.territory(site));
            if ends[0] != ends[1] {
                ends.into_iter().flatten().for_each(|territory| abroad[territory.index()].push(claim));
            }
        }
        Self {
            breakers: stake.claims().map(|claim| breakers(&claim.segments)).collect(),
            views: views(law, metric, &queries, model),
            accounts: stake.ledger.common(),
            abroad,
            stake,
        }
    }

    /// How many accounts are counted: all, territories, services, as the ledger numbers them.
    #[must_use]
    pub const fn accounts(&self) -> usize {
        self.accounts
    }

    /// How many claims there are.
    #[must_use]
    pub fn claims(&self) -> usize {
        self.breakers.len()
    }

    /// Tells which territories have any claim with another one.
    pub fn is_abroad(&self) -> impl Iterator<Item = bool> {
        self.abroad.iter().map(|claims| !claims.is_empty())
    }

    /// Judges the states of a block in which parts are `down`; states that are not in `counted` are left out.
    pub fn judge(&self, down: &[Block], counted: Block, verdict: &mut Verdict) {
        verdict.reset(self);
        for (hit, breakers) in verdict.hit.iter_mut().zip(&self.breakers) {
            *hit = breakers.iter().fold(Block::NONE, |sum, part| sum | down[part.index()]) & counted;
        }
        for (view, workspace) in self.views.iter().zip(&mut verdict.workspaces) {
            let is_hit =
                |claims: &[(u32, Vec<VertexId>)]| claims.iter().any(|(claim, _)| !verdict.hit[*claim as usize].is(&Block::NONE));
            let sources: Vec<usize> = (0..view.claims.len()).filter(|&source| is_hit(&view.claims[source])).collect();
            if sources.is_empty() {
                continue;
            }
            view.kernel.evaluate(down, workspace);
            for source in sources {
                let reach = view.kernel.reach(source, workspace);
                for (claim, ends) in &view.claims[source] {
                    let hit = verdict.hit[*claim as usize];
                    if !hit.is(&Block::NONE) {
                        verdict.parted[*claim as usize] = hit & !reach.any(ends.iter().copied());
                    }
                }
            }
        }
        for (claim, known) in self.stake.claims().enumerate() {
            let numbers = || known.entry.numbers().filter(|&number| number < self.accounts);
            verdict.interrupted.add(verdict.hit[claim], numbers(), known.traffic.mbps());
            verdict.unconnected.add(verdict.parted[claim], numbers(), known.traffic.mbps());
        }
        for (cut_off, claims) in verdict.cut_off.iter_mut().zip(&self.abroad) {
            let all = claims.iter().fold(Block::ALL, |all, &claim| all & verdict.parted[claim as usize]);
            *cut_off = if claims.is_empty() { Block::NONE } else { all };
        }
    }
}

/// One view per network: claims by where they begin.
fn views(law: &Law<'_>, metric: Metric, queries: &[&Query], model: &Model) -> Vec<View> {
    let groups: Vec<Vec<SegmentId>> = model.parts().iter().map(|part| part.segments.clone()).collect();
    let compiled = compile(law, metric, &queries.iter().map(|&query| query.clone()).collect::<Vec<_>>());
    let mut members = vec![Vec::new(); compiled.networks.len()];
    (0u32..).zip(&compiled.of_query).for_each(|(claim, &network)| members[network].push(claim));
    parallel::map(
        members.len(),
        || (),
        |(), i| {
            let network = &compiled.networks[i];
            let mut sources: BTreeMap<SiteId, Vec<(u32, Vec<VertexId>)>> = BTreeMap::new();
            for &claim in &members[i] {
                let query = queries[claim as usize];
                sources.entry(query.from).or_default().push((claim, network.ends(query.to).collect()));
            }
            let starts: Vec<Vec<VertexId>> = sources.keys().map(|&site| network.starts(site).collect()).collect();
            let targets: Vec<VertexId> = sources.values().flatten().flat_map(|(_, ends)| ends).copied().collect();
            let kernel = Connectivity::new(network, &groups, &starts, &targets);
            View { kernel, claims: sources.into_values().collect() }
        },
    )
}

impl Verdict {
    fn reset(&mut self, states: &States<'_>) {
        for amounts in [&mut self.interrupted, &mut self.unconnected] {
            amounts.reset(states.accounts);
        }
        for (blocks, count) in
            [(&mut self.parted, states.claims()), (&mut self.hit, states.claims()), (&mut self.cut_off, states.abroad.len())]
        {
            blocks.clear();
            blocks.resize(count, Block::NONE);
        }
        self.workspaces.resize_with(states.views.len(), Workspace::default);
    }
}

impl Amounts {
    fn reset(&mut self, accounts: usize) {
        self.rows.resize(accounts, [0; Block::STATES]);
        self.touched.resize(accounts, false);
        for (row, is_touched) in self.rows.iter_mut().zip(&mut self.touched).filter(|(_, is_touched)| **is_touched) {
            row.fill(0);
            *is_touched = false;
        }
    }

    fn add(&mut self, states: Block, accounts: impl Iterator<Item = usize>, mbps: u64) {
        if states.is(&Block::NONE) {
            return;
        }
        for account in accounts {
            self.touched[account] = true;
            let row = &mut self.rows[account];
            states.states().for_each(|state| row[state] += mbps);
        }
    }

    /// Accounts with anything but zeros, ascending, and what each state costs them.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &[u64; Block::STATES])> {
        self.rows.iter().enumerate().filter(|&(account, _)| self.touched[account])
    }
}
