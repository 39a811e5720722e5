//! Changes to a scenario as a planner says them: a cable more, a gateway's role, another law.
//!
//! [`changed`] writes them behind the effective scenario as the edits that its file would have, and reads that as any
//! scenario is read: the same checks hold, in the same words, and what came out can be saved. It computes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::problem::Problems;
use crate::scenario::{self, Scenario};
use crate::topology::geography::geodesic_m;
use crate::topology::import::claim::{Medium, usual_km};
use crate::topology::{Role, SiteId, Topology};
use crate::units::Validity;

/// The name under which problems of a changed scenario are shown.
const NAME: &str = "changed scenario";

/// One change. Sites go by id or name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// A cable that was not there.
    Cable(Cable),
    /// A site takes a role or gives it up, on all days; with the role go its licences.
    Role {
        /// The site.
        site: String,
        /// A role, such as `regional`.
        role: String,
        /// Whether it has the role from now on.
        held: bool,
    },
    /// Which rules hold.
    Policy {
        /// A profile, such as `physical`.
        profile: String,
    },
    /// One rule holds or does not, whatever the profile says.
    Rule {
        /// Its code, such as `R15`.
        rule: String,
        /// Whether it holds.
        held: bool,
    },
}

/// A cable of one segment, in service on any day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cable {
    /// Site at one end.
    pub from: String,
    /// Site at the other end.
    pub to: String,
    /// Lit, each way.
    pub capacity_gbps: f64,
    /// Along the cable; left out: what is usual for a cable between such places, see [`usual_km`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_km: Option<f64>,
    /// A kind of cable, such as `submarine`.
    pub kind: String,
}

impl Change {
    /// Reads a list of changes as JSON: `[{"change": "role", "site": "Kashgar", "role": "regional", "held": true}]`.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn list(json: &str) -> Result<Vec<Self>, String> {
        serde_json::from_str(json).map_err(|error| format!("these are no changes: {error}"))
    }

    /// Writes a list of changes as JSON that [`list`](Self::list) reads.
    #[must_use]
    pub fn json(changes: &[Self]) -> String {
        serde_json::to_string(changes).unwrap_or_default()
    }
}

impl fmt::Display for Change {
    /// For people, in a few words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cable(Cable { from, to, capacity_gbps, length_km, kind }) => {
                write!(f, "{kind} cable {from} – {to}, {capacity_gbps} Gbit/s")?;
                length_km.map_or(Ok(()), |km| write!(f, ", {km} km"))
            }
            Self::Role { site, role, held } => write!(f, "{site} is {}a {role} gateway", if *held { "" } else { "no longer " }),
            Self::Policy { profile } => write!(f, "{profile} policy"),
            Self::Rule { rule, held } => write!(f, "rule {rule} {}", if *held { "holds" } else { "is off" }),
        }
    }
}

/// The scenario as if its file had ended with these changes, one after the other; its paths count from `base`.
///
/// # Errors
/// Every problem, as [`parse`](scenario::parse) would find it in a file.
pub fn changed(scenario: &Scenario, base: &Path, changes: &[Change]) -> Result<Scenario, Problems> {
    let mut file: Table = toml::from_str(&scenario.effective).unwrap_or_default();
    let mut edits = Edits { topology: &scenario.topology, roles: BTreeMap::new(), unlicensed: BTreeSet::new(), list: Vec::new() };
    for change in changes {
        match change {
            Change::Cable(cable) => edits.cable(cable),
            Change::Role { site, role, held } => edits.role(site, role, *held),
            Change::Policy { profile } => {
                policy(&mut file).map(|policy| policy.insert("profile".into(), profile.as_str().into()));
            }
            Change::Rule { rule, held } => rule_is(&mut file, rule, *held),
        }
    }
    if !edits.list.is_empty()
        && let Value::Array(list) = file.entry("edit").or_insert_with(|| Value::Array(Vec::new()))
    {
        list.extend(edits.list.into_iter().map(Value::Table));
    }
    let text = toml::to_string(&file).unwrap_or_default();
    scenario::parse(NAME, text.into_bytes(), base, &[])
}

fn policy(file: &mut Table) -> Option<&mut Table> {
    file.entry("policy").or_insert_with(|| Value::Table(Table::new())).as_table_mut()
}

fn rule_is(file: &mut Table, rule: &str, held: bool) {
    let Some(policy) = policy(file) else { return };
    for (key, is_meant) in [("rules_on", held), ("rules_off", !held)] {
        let Value::Array(rules) = policy.entry(key).or_insert_with(|| Value::Array(Vec::new())) else { continue };
        rules.retain(|known| known.as_str() != Some(rule));
        if is_meant {
            rules.push(rule.into());
        }
    }
}

/// Edits under construction, and what they have made of roles so far.
struct Edits<'a> {
    topology: &'a Topology,
    roles: BTreeMap<SiteId, Vec<(String, Validity)>>,
    unlicensed: BTreeSet<(SiteId, Role)>,
    list: Vec<Table>,
}

impl Edits<'_> {
    fn add(&mut self, pairs: impl IntoIterator<Item = (&'static str, Value)>) {
        self.list.push(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
    }

    /// The id of a site; where there is none, the text, so that whoever reads the edits says so.
    fn id(&self, text: &str) -> String {
        self.topology.find_site(text).map_or(text, |site| &self.topology.site(site).id).to_owned()
    }

    fn cable(&mut self, Cable { from, to, capacity_gbps, length_km, kind }: &Cable) {
        let is_taken = |id: &str| {
            let is_here = |edit: &Table| edit.get("id").and_then(Value::as_str) == Some(id);
            self.topology.cables().iter().any(|cable| cable.id == id)
                || self.topology.segments().any(|(_, segment)| segment.id == id)
                || self.list.iter().any(is_here)
        };
        let number = (1..).find(|i| !is_taken(&format!("added-{i}"))).unwrap_or(0);
        let id = format!("added-{number}");
        let ends = [from, to].map(|text| self.topology.find_site(text));
        let usual = || {
            let [a, b] = [ends[0]?, ends[1]?].map(|site| self.topology.site(site).position);
            let medium = if kind == "submarine" { Medium::Sea } else { Medium::Land };
            Some((usual_km(geodesic_m(a, b) / 1e3, medium) * 10.0).round() / 10.0)
        };
        let length = length_km.or_else(usual);
        let name =
            ends.iter().zip([from, to]).map(|(end, text)| end.map_or(text.as_str(), |site| &self.topology.site(site).name));
        let name = name.collect::<Vec<_>>().join(" – ");
        let [a, b] = [self.id(from), self.id(to)];
        self.add([
            ("add", "cable".into()),
            ("id", id.as_str().into()),
            ("name", name.into()),
            ("kind", kind.as_str().into()),
            ("confidence", "low".into()),
        ]);
        let segment = [
            ("add", "segment".into()),
            ("id", format!("{id}-1").into()),
            ("cable", id.into()),
            ("a", a.into()),
            ("b", b.into()),
            ("lit", format!("{capacity_gbps} Gbit/s").into()),
            ("confidence", "low".into()),
        ];
        self.add(segment.into_iter().chain(length.map(|km| ("length_km", km.into()))));
    }

    fn role(&mut self, site: &str, role: &str, held: bool) {
        let topology = self.topology;
        let Some(id) = topology.find_site(site) else {
            self.add([("change", "site".into()), ("id", site.into()), ("roles", role.into())]);
            return;
        };
        let before = || topology.site(id).roles.iter().map(|&(role, time)| (role.word().to_owned(), time)).collect();
        let roles: &mut Vec<(String, Validity)> = self.roles.entry(id).or_insert_with(before);
        roles.retain(|(word, _)| word != role);
        if held {
            roles.push((role.to_owned(), Validity::ALWAYS));
        }
        let roles: Vec<Value> = roles.iter().map(|(word, time)| dated(word, *time).into()).collect();
        let name = topology.site(id).id.as_str();
        self.add([("change", "site".into()), ("id", name.into()), ("roles", roles.into())]);
        let licence = topology.scopes().iter().find(|scope| scope.site == id && scope.role.word() == role);
        if let Some(scope) = licence.filter(|_| !held)
            && self.unlicensed.insert((id, scope.role))
        {
            self.add([("remove", "scope".into()), ("site", name.into()), ("role", role.into())]);
        }
    }
}

/// As files of topologies write it: `regional@2012-05-21`, `channel@2005-01-01..2015-01-01`.
fn dated(role: &str, time: Validity) -> String {
    match (time.from, time.to) {
        (None, None) => role.to_owned(),
        (Some(from), None) => format!("{role}@{from}"),
        (from, Some(to)) => format!("{role}@{}..{to}", from.map(|from| from.to_string()).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenarios")
    }

    fn scenario() -> Scenario {
        scenario::load(&base().join("belt-and-road-2017.toml"), &[]).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    fn after(scenario: &Scenario, json: &str) -> Scenario {
        let changes = Change::list(json).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(Change::list(&Change::json(&changes)).as_ref(), Ok(&changes), "what is written reads back");
        changed(scenario, &base(), &changes).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    fn roles(scenario: &Scenario, site: &str) -> Vec<Role> {
        let site = scenario.topology.find_site(site).unwrap_or_else(|| panic!("no {site}"));
        scenario.topology.site(site).roles.iter().map(|&(role, _)| role).collect()
    }

    #[test]
    fn no_change_changes_nothing() {
        let scenario = scenario();
        let same = after(&scenario, "[]");
        assert_eq!(same.effective, scenario.effective);
        assert_eq!(same.topology.segment_count(), scenario.topology.segment_count());
    }

    #[test]
    fn a_cable_whose_length_nobody_says_is_as_long_as_usual() {
        let json = r#"[{"change":"cable","from":"Hong-Kong","to":"Singapore","capacity_gbps":0.5,"kind":"submarine"}]"#;
        let changed = after(&scenario(), json);
        let topology = &changed.topology;
        let (_, segment) =
            topology.segments().find(|(_, segment)| segment.id == "added-1-1").unwrap_or_else(|| panic!("no segment"));
        let [a, b] = segment.ends.map(|end| topology.site(end).position);
        let usual = geodesic_m(a, b) / 1e3 * 1.09;
        assert!((segment.length.km() - usual).abs() <= 0.05, "{} km, usual {usual}", segment.length.km());
        assert_eq!(segment.capacity.lit.map(|capacity| capacity.mbps()), Some(500));
    }

    #[test]
    fn two_cables_have_two_names() {
        let one = r#"{"change":"cable","from":"Hong-Kong","to":"Singapore","capacity_gbps":1,"kind":"submarine"}"#;
        let scenario = scenario();
        let changed = after(&scenario, &format!("[{one},{one}]"));
        assert_eq!(changed.topology.segment_count(), scenario.topology.segment_count() + 2);
        let more = after(&changed, &format!("[{one}]"));
        assert_eq!(more.topology.segment_count(), changed.topology.segment_count() + 1);
    }

    #[test]
    fn a_role_given_up_takes_its_licences_along_and_may_come_back() {
        let change = |held: bool| format!(r#"{{"change":"role","site":"urumqi","role":"regional","held":{held}}}"#);
        let scenario = scenario();
        let licences = |scenario: &Scenario| {
            let site = scenario.topology.find_site("Urumqi");
            scenario.topology.scopes().iter().filter(|scope| Some(scope.site) == site).count()
        };
        assert!(licences(&scenario) > 0 && roles(&scenario, "Urumqi").contains(&Role::Regional));
        let without = after(&scenario, &format!("[{}]", change(false)));
        assert_eq!((licences(&without), roles(&without, "Urumqi")), (0, vec![Role::Hub]));
        let again = after(&scenario, &format!("[{},{}]", change(false), change(true)));
        assert_eq!(roles(&again, "Urumqi"), [Role::Hub, Role::Regional]);
    }

    #[test]
    fn the_last_word_on_a_rule_counts() {
        let rule = |held: bool| format!(r#"{{"change":"rule","rule":"R15","held":{held}}}"#);
        let scenario = scenario();
        let holds = |json: &str| after(&scenario, json).policy.rules.has(crate::policy::Rule::R15);
        assert!(!holds(&format!("[{},{}]", rule(true), rule(false))) && holds(&format!("[{},{}]", rule(false), rule(true))));
        assert!(!holds(r#"[{"change":"policy","profile":"physical"}]"#));
    }
}
