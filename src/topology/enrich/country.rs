//! Territories of sites whose country nobody says.

use super::{Step, position, territory};
use crate::topology::gazetteer::Gazetteer;
use crate::topology::grid::Near;
use crate::topology::raw::RawTopology;

/// No city further than this says anything about a place.
const WITHIN_KM: f64 = 1_500.0;
/// The code that importers give where nobody says.
const NOWHERE: &str = "ZZ";

/// Gives sites the country of the nearest city; branching units without territory stay on the high seas.
pub(super) fn fill(raw: &mut RawTopology, world: &Gazetteer) -> usize {
    let is_open = |site: &crate::topology::raw::RawSite| {
        site.territory.text == NOWHERE || site.territory.is_blank() && !super::has_role(site, "branching-unit")
    };
    if !raw.sites.iter().any(is_open) {
        return 0;
    }
    // Close ones first: most places are near a city, and small cells hold few.
    let nets = [100.0, WITHIN_KM].map(|within| {
        let mut net = Near::new(within);
        world.cities().iter().enumerate().for_each(|(i, city)| net.add(i, city.position));
        net
    });
    let mut count = 0;
    for i in 0..raw.sites.len() {
        let Some(place) = Some(&raw.sites[i]).filter(|site| is_open(site)).and_then(position) else { continue };
        let Some((city, _)) = nets.iter().find_map(|net| net.nearest(place, |_| true)) else { continue };
        let code = world.cities()[city].country.clone();
        territory(raw, &code, world, Step::Country);
        let site = &mut raw.sites[i];
        site.territory = code.into();
        site.source.add(Step::Country.source());
        count += 1;
    }
    let is_empty = raw.sites.iter().all(|site| site.territory.text != NOWHERE);
    raw.head.territory.retain(|territory| !(is_empty && territory.id.text == NOWHERE));
    count
}
