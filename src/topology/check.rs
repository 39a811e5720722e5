//! What is odd about a topology without being wrong: warnings that only the whole can give.

use crate::problem::{Code, Place, Problem, Problems, code};
use crate::topology::{SiteId, Topology};
use crate::units::Validity;

/// Where the thing with an id was given.
type PlaceOf<'a> = &'a dyn Fn(&str) -> Option<Place>;

/// Adds warnings: sites that nothing reaches, sites whose segments are never in service, demands without any capacity.
///
/// `places` tell where a site and a demand were given, by id.
pub(super) fn warnings(topology: &Topology, places: [PlaceOf<'_>; 2], problems: &mut Problems) {
    let [of_site, of_demand] = places;
    let mut warn = |code: Code, message: String, place: Option<Place>, help: &str| {
        let problem = Problem { place, ..Problem::new(code, message) };
        problems.push(problem.help(help));
    };
    for (id, site) in topology.sites() {
        let mut times = segment_times(topology, id).peekable();
        if times.peek().is_none() {
            let message = format!("no segment reaches site `{}`", site.id);
            warn(code::UNCONNECTED_SITE, message, of_site(&site.id), "add a segment, or leave the site out");
        } else if !times.any(|time| time.from.is_none_or(|from| time.to.is_none_or(|to| from < to))) {
            let message = format!("site `{}` is never in service: no segment's time and its own overlap", site.id);
            warn(code::NEVER_IN_SERVICE, message, of_site(&site.id), "correct the dates of the site or of its segments");
        }
    }
    for demand in topology.demands() {
        for end in [demand.from, demand.to].into_iter().filter(|&end| !has_capacity(topology, end)) {
            let site = &topology.site(end).id;
            let message = format!("demand `{}` has no capacity at `{site}`: no segment there has any", demand.id);
            let help = "give a segment `design`, `lit` or `imputed`, or leave the demand out";
            warn(code::NO_CAPACITY, message, of_demand(&demand.id), help);
        }
    }
}

/// When each segment at a site and both its ends exist.
fn segment_times(topology: &Topology, site: SiteId) -> impl Iterator<Item = Validity> {
    topology.graph().edges(site.into()).map(|edge| {
        let segment = edge.weight();
        segment.ends.iter().fold(segment.validity, |time, &end| time.and(topology.site(end).validity))
    })
}

fn has_capacity(topology: &Topology, site: SiteId) -> bool {
    topology.graph().edges(site.into()).any(|edge| {
        let segment = edge.weight();
        let capacities = [Some(segment.capacity), segment.capacity_back];
        capacities.into_iter().flatten().any(|c| [c.design, c.lit, c.imputed].iter().flatten().any(|b| b.mbps() > 0))
    })
}
