//! Single losses that cut something off: cables, risk groups, bridges and articulation sites of the physical graph.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Glance;
use crate::report::{Column, Report, Table};
use crate::topology::structure::{Components, Pieces, Splitter, WeakPoints};
use crate::topology::{SegmentId, SiteId, TerritoryId};

/// Weak spots that the report lists; the rest is counted.
const LISTED: usize = 15;

/// One thing that may be lost, and what hangs on it.
struct Loss<'t> {
    what: &'static str,
    id: &'t str,
    name: String,
    harm: Harm,
}

/// What hangs on a loss.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Harm {
    /// Territories that had a way abroad and have none any more, ascending.
    isolated: Vec<TerritoryId>,
    /// Sites on land, not lost themselves, that no longer hang together with the most of their component.
    cut_off: usize,
}

impl Glance<'_> {
    pub(super) fn weak_spots(&self, report: &mut Report) {
        let weak = WeakPoints::new(self.topology, |segment| self.is_up[segment.index()]);
        report.fact("bridges", "Segments that alone join two parts", weak.segments.len());
        report.fact("articulation_sites", "Sites that alone join two parts", weak.sites.len());
        let mut losses = self.losses(&weak);
        losses.retain(|loss| loss.harm != Harm::default());
        let key = |loss: &Loss<'_>| (Reverse(loss.harm.isolated.len()), Reverse(loss.harm.cut_off));
        losses.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| (a.what, a.id).cmp(&(b.what, b.id))));
        let columns = vec![
            Column::text("what", "Loss of"),
            Column::text("id", "Id"),
            Column::text("name", "Name"),
            Column::number("sites_cut_off", "Sites cut off", 0),
            Column::number("territories_isolated", "Territories", 0),
            Column::text("isolated", "Left without a way abroad"),
        ];
        let mut table = Table::new("weak_spots", "Weak spots: single losses that cut something off", columns);
        for Loss { what, id, name, harm } in losses.iter().take(LISTED) {
            let codes: Vec<&str> = harm.isolated.iter().map(|&id| self.topology.territory(id).code.as_str()).collect();
            table.push(vec![
                (*what).into(),
                (*id).into(),
                name.as_str().into(),
                harm.cut_off.into(),
                codes.len().into(),
                codes.join(", ").into(),
            ]);
        }
        report.tables.push(table);
        if losses.len() > LISTED {
            report.note(format!("{} weak spots in all; the {LISTED} worst are listed.", losses.len()));
        }
        report.note("Weak spots are of the physical graph; studies say what the law makes of a loss.");
    }

    /// Every cable, risk group, bridge and articulation site, with what hangs on it.
    ///
    /// A bridge is left out where the loss of its whole cable does no more.
    fn losses(&self, weak: &WeakPoints) -> Vec<Loss<'_>> {
        let topology = self.topology;
        let components = Components::new(topology, |segment| self.is_up[segment.index()]);
        let land = Land::new(self, &components);
        let mut splitter = Splitter::new(topology, |segment: SegmentId| self.is_up[segment.index()], &components.of_site);
        let is_bridge = |id: &SegmentId| weak.segments.binary_search(id).is_ok();
        let mut harm = |segments: &[SegmentId], sites: &[SiteId]| match (segments, sites) {
            // Most cables of a large topology: nothing to look for.
            ([segment], []) if !is_bridge(segment) => Harm::default(),
            _ => land.harm(&splitter.split(segments, sites), sites),
        };
        let mut losses = Vec::new();
        for &id in &weak.sites {
            let site = topology.site(id);
            losses.push(Loss { what: "site", id: &site.id, name: site.name.clone(), harm: harm(&[], &[id]) });
        }
        for (id, segments) in self.cables() {
            let cable = topology.cable(id);
            let whole = harm(&segments, &[]);
            for &id in segments.iter().filter(|id| is_bridge(id)) {
                let segment = topology.segment(id);
                let part = harm(&[id], &[]);
                if part != whole {
                    let name = segment.ends.map(|end| topology.site(end).name.as_str()).join(" – ");
                    losses.push(Loss { what: "segment", id: &segment.id, name, harm: part });
                }
            }
            losses.push(Loss { what: "cable", id: &cable.id, name: cable.name.clone(), harm: whole });
        }
        for group in topology.risk_groups() {
            let harm = harm(&group.segments, &group.sites);
            losses.push(Loss { what: "risk group", id: &group.id, name: String::new(), harm });
        }
        losses
    }
}

/// What is on land in each component.
struct Land<'g> {
    glance: &'g Glance<'g>,
    components: &'g Components,
    /// Sites of each territory in each component; length = components.
    of_component: Vec<BTreeMap<TerritoryId, usize>>,
    /// In how many components each territory hangs together with another; length = territories.
    joined: Vec<usize>,
    /// Tells of each site whether it is in service; length = sites.
    is_reached: Vec<bool>,
}

impl<'g> Land<'g> {
    fn new(glance: &'g Glance<'g>, components: &'g Components) -> Self {
        let mut of_component = vec![BTreeMap::new(); components.sizes.len()];
        let mut is_reached = vec![false; glance.topology.site_count()];
        for &site in &glance.sites {
            is_reached[site.index()] = true;
            if let Some(territory) = glance.topology.site(site).territory {
                *of_component[components.of_site[site.index()] as usize].entry(territory).or_default() += 1;
            }
        }
        let mut joined = vec![0; glance.topology.territories().len()];
        for territories in of_component.iter().filter(|territories| territories.len() > 1) {
            territories.keys().for_each(|territory| joined[territory.index()] += 1);
        }
        Self { glance, components, of_component, joined, is_reached }
    }

    /// The territory of a site in service.
    fn territory(&self, site: SiteId) -> Option<TerritoryId> {
        self.glance.topology.site(site).territory.filter(|_| self.is_reached[site.index()])
    }

    /// How many sites each territory has among these.
    fn count(&self, sites: &[SiteId]) -> BTreeMap<TerritoryId, usize> {
        let mut counts = BTreeMap::new();
        for territory in sites.iter().filter_map(|&site| self.territory(site)) {
            *counts.entry(territory).or_default() += 1;
        }
        counts
    }

    /// What hangs on the loss that left these pieces and took these sites.
    fn harm(&self, split: &[Pieces], lost: &[SiteId]) -> Harm {
        let mut cut_off = 0;
        // In how many components each territory had a way abroad and has none any more.
        let mut parted: BTreeMap<TerritoryId, usize> = BTreeMap::new();
        for pieces in split {
            let all = &self.of_component[pieces.component as usize];
            let off: Vec<BTreeMap<TerritoryId, usize>> = pieces.off.iter().map(|sites| self.count(sites)).collect();
            let is_here = |site: &&SiteId| self.components.of_site[site.index()] == pieces.component;
            let mut gone = self.count(&lost.iter().filter(is_here).copied().collect::<Vec<_>>());
            off.iter().flatten().for_each(|(&territory, count)| *gone.entry(territory).or_default() += count);
            let total = |counts: &BTreeMap<TerritoryId, usize>| counts.values().sum::<usize>();
            let rest = total(all) - total(&gone);
            let sizes = || off.iter().map(total).chain([rest]);
            cut_off += sizes().sum::<usize>() - sizes().max().unwrap_or(0);
            if all.len() > 1 {
                for territory in parted_in(all, &off, &gone) {
                    *parted.entry(territory).or_default() += 1;
                }
            }
        }
        let isolated = parted.into_iter().filter(|&(territory, count)| count == self.joined[territory.index()]);
        Harm { isolated: isolated.map(|(territory, _)| territory).collect(), cut_off }
    }
}

/// The territories of a component that hang together with no other any more: `off` are the pieces that fell off, `gone` is
/// what they and the loss took from the rest.
fn parted_in(
    all: &BTreeMap<TerritoryId, usize>,
    off: &[BTreeMap<TerritoryId, usize>],
    gone: &BTreeMap<TerritoryId, usize>,
) -> BTreeSet<TerritoryId> {
    let is_whole_gone = |territory: &TerritoryId| gone.get(territory) == all.get(territory);
    let rest = all.len() - gone.keys().filter(|territory| is_whole_gone(territory)).count();
    let mut parted: BTreeSet<TerritoryId> = gone.keys().copied().collect();
    if rest < 2 {
        parted.extend(all.keys().copied());
    } else {
        parted.retain(is_whole_gone);
    }
    for piece in off.iter().filter(|piece| piece.len() > 1) {
        parted.retain(|territory| !piece.contains_key(territory));
    }
    parted
}
