//! What an outage costs, and whose account it goes to.
//!
//! A loss is offered traffic that is not carried. Who judges it (connectivity, rerouting, optimal restoration, with or
//! without the law) is the caller's choice; this only keeps the books.

use crate::policy::Query;
use crate::topology::{CableId, SegmentId, Service, SiteId, TerritoryId, Topology};
use crate::units::{Bandwidth, Date};

/// Somebody or something whose losses are counted on their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// All traffic.
    All,
    /// Traffic that begins or ends there.
    Territory(TerritoryId),
    /// Traffic of the class.
    Service(Service),
    /// Traffic that is switched there when nothing is out of service.
    Gateway(SiteId),
    /// Traffic that uses it when nothing is out of service.
    Cable(CableId),
    /// The cable itself: not traffic in Mbit/s, but metres of it out of service.
    Plant(CableId),
}

/// The accounts of a topology on a day, and what is offered to each.
///
/// Accounts are numbered: all, then territories, services, sites, cables and plants in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    territories: usize,
    sites: usize,
    cables: usize,
    /// Length = accounts; Mbit/s, metres for plants.
    offered: Vec<u64>,
    /// At each segment that is in service: its cable and its length in metres.
    plants: Vec<Option<(CableId, u64)>>,
}

/// The accounts of one demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry(Vec<u32>);

/// What is not carried in one state: Mbit/s by number of account. Length = [`Ledger::len`]; plants are filled in later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss(Vec<u64>);

impl Ledger {
    /// Nothing offered yet. Plants count the segments in service on the day.
    #[must_use]
    pub fn new(topology: &Topology, day: Date) -> Self {
        let mut ledger = Self {
            territories: topology.territories().len(),
            sites: topology.site_count(),
            cables: topology.cables().len(),
            offered: Vec::new(),
            plants: vec![None; topology.segment_count()],
        };
        ledger.offered = vec![0; ledger.len()];
        for (id, segment) in topology.segments().filter(|&(id, _)| topology.in_service(id, day)) {
            ledger.plants[id.index()] = Some((segment.cable, segment.length.m()));
            let account = ledger.number(Account::Plant(segment.cable));
            ledger.offered[account] += segment.length.m();
        }
        ledger
    }

    /// A ledger with the account of all traffic and those of services alone: for systems without a map.
    #[must_use]
    pub fn without_map(offered: Bandwidth) -> Self {
        let mut ledger =
            Self { territories: 0, sites: 0, cables: 0, offered: vec![0; 1 + Service::ALL.len()], plants: Vec::new() };
        ledger.offered[0] = offered.mbps();
        ledger
    }

    /// How many accounts.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always the account of all")]
    pub const fn len(&self) -> usize {
        1 + self.territories + Service::ALL.len() + self.sites + 2 * self.cables
    }

    /// How many accounts are of all, of territories and of services; they come first.
    #[must_use]
    pub const fn common(&self) -> usize {
        self.number(Account::Gateway(SiteId(0)))
    }

    /// The number of an account.
    #[must_use]
    pub const fn number(&self, account: Account) -> usize {
        let services = 1 + self.territories;
        let sites = services + Service::ALL.len();
        let cables = sites + self.sites;
        match account {
            Account::All => 0,
            Account::Territory(id) => 1 + id.index(),
            Account::Service(service) => services + service as usize,
            Account::Gateway(id) => sites + id.index(),
            Account::Cable(id) => cables + id.index(),
            Account::Plant(id) => cables + self.cables + id.index(),
        }
    }

    /// All accounts, in order of number.
    pub fn accounts(&self) -> impl Iterator<Item = Account> {
        let territories = (0..self.territories).map(|i| Account::Territory(TerritoryId::from_index(i)));
        let sites = (0..self.sites).map(|i| Account::Gateway(SiteId::from_index(i)));
        let cables = (0..self.cables).map(|i| Account::Cable(CableId::from_index(i)));
        let plants = (0..self.cables).map(|i| Account::Plant(CableId::from_index(i)));
        let services = Service::ALL.into_iter().map(Account::Service);
        std::iter::once(Account::All).chain(territories).chain(services).chain(sites).chain(cables).chain(plants)
    }

    /// What is offered to the account numbered so: Mbit/s, metres for plants.
    #[must_use]
    pub fn offered(&self, number: usize) -> u64 {
        self.offered[number]
    }

    /// Enters a demand: it counts once for all, for each territory of its ends, for its service, and for each of the
    /// gateways and cables of its usual route.
    ///
    /// # Panics
    /// If the demand names what the ledger does not know.
    pub fn enter(&mut self, topology: &Topology, query: &Query, traffic: Bandwidth, usual: &UsualRoute) -> Entry {
        let ends = [query.from, query.to].into_iter().filter_map(|site| topology.site(site).territory);
        let mut accounts = vec![Account::All, Account::Service(query.service)];
        accounts.extend(ends.map(Account::Territory));
        accounts.extend(usual.gateways.iter().copied().map(Account::Gateway));
        accounts.extend(usual.cables.iter().copied().map(Account::Cable));
        accounts.sort_unstable();
        accounts.dedup();
        let numbers = accounts.into_iter().map(|account| self.number(account));
        let numbers: Vec<u32> = numbers.map(|number| u32::try_from(number).expect("fewer than 2^32 accounts")).collect();
        for &number in &numbers {
            self.offered[number as usize] += traffic.mbps();
        }
        Entry(numbers)
    }

    /// Metres out of service by number of plant's account, for these segments; segments not in service do not count.
    pub(super) fn plants_lost(&self, lost: impl Iterator<Item = SegmentId>) -> impl Iterator<Item = (usize, u64)> {
        let plants = lost.filter_map(|segment| self.plants.get(segment.index()).copied().flatten());
        plants.map(|(cable, metres)| (self.number(Account::Plant(cable)), metres))
    }
}

/// Where a demand goes when nothing is out of service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsualRoute {
    /// Whose service gateways switch it.
    pub gateways: Vec<SiteId>,
    /// Whose segments carry it.
    pub cables: Vec<CableId>,
}

impl Entry {
    /// Numbers of the accounts, ascending.
    pub fn numbers(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|&number| number as usize)
    }
}

impl Loss {
    /// Everything is carried.
    #[must_use]
    pub fn none(ledger: &Ledger) -> Self {
        Self(vec![0; ledger.len()])
    }

    /// So much of a demand is not carried.
    pub fn add(&mut self, entry: &Entry, unserved: Bandwidth) {
        for &number in &entry.0 {
            self.0[number as usize] += unserved.mbps();
        }
    }

    /// So much is not carried on one account alone.
    pub fn add_to(&mut self, ledger: &Ledger, account: Account, unserved: Bandwidth) {
        self.0[ledger.number(account)] += unserved.mbps();
    }

    /// What is lost by number of account, where anything is; ascending.
    pub(super) fn lost(&self) -> impl Iterator<Item = (usize, u64)> {
        self.0.iter().copied().enumerate().filter(|&(_, lost)| lost > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Toy, day};
    use crate::topology::{Regime, Transit};

    #[test]
    fn numbers_are_those_of_the_list() {
        let toy = Toy::new().territory("A", Regime::Open, Transit::Service).territory("B", Regime::Open, Transit::Service);
        let topology = toy.site("a", "A", &[]).site("b", "B", &[]).segment("a", "b", 7_000).build();
        let ledger = Ledger::new(&topology, day());
        let accounts: Vec<Account> = ledger.accounts().collect();
        assert_eq!(accounts.len(), ledger.len());
        assert!(accounts.iter().enumerate().all(|(i, &account)| ledger.number(account) == i));
        assert_eq!(ledger.offered(ledger.number(Account::Plant(CableId(0)))), 7_000);
        assert_eq!(ledger.plants_lost([SegmentId(0)].into_iter()).collect::<Vec<_>>(), [(accounts.len() - 1, 7_000)]);
    }

    #[test]
    fn a_demand_within_a_territory_counts_there_once() {
        let toy = Toy::new().territory("A", Regime::Open, Transit::Service);
        let topology = toy.site("a", "A", &[]).site("b", "A", &[]).segment("a", "b", 7_000).build();
        let mut ledger = Ledger::new(&topology, day());
        let query = Query { from: SiteId(0), to: SiteId(1), service: Service::Voice, operator: None };
        let usual = UsualRoute { gateways: vec![SiteId(1), SiteId(1)], cables: vec![CableId(0)] };
        let entry = ledger.enter(&topology, &query, Bandwidth::from_mbps(10), &usual);
        let mut loss = Loss::none(&ledger);
        loss.add(&entry, Bandwidth::from_mbps(4));
        let lost: Vec<usize> = loss.lost().map(|(number, lost)| if lost == 4 { number } else { usize::MAX }).collect();
        let accounts =
            [Account::All, Account::Territory(TerritoryId(0)), Account::Service(Service::Voice), Account::Gateway(SiteId(1))];
        let mut expected: Vec<usize> = accounts.iter().map(|&account| ledger.number(account)).collect();
        expected.push(ledger.number(Account::Cable(CableId(0))));
        assert_eq!(lost, expected);
        assert!(expected.iter().all(|&number| ledger.offered(number) == 10));
    }
}
