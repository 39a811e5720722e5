//! The law of routes: which gateways may carry what, as predicates and as an automaton.
//!
//! [`Rule`] names the rules R1–R20, [`Policy`] says which of them hold, [`Law`] answers for one topology on one day.
//! [`violations`] judges a finished walk, rule by rule; [`Automaton`] accepts exactly the walks that have no violation,
//! and is what networks are compiled from. The two are written apart, and tests hold them against each other.
//! It searches no routes.

mod automaton;
mod check;
mod law;

pub use automaton::{Automaton, State, Step};
pub use check::{Violation, Walk, share_violations, splice_violation, violations};
pub use law::{Law, Query, Side};

use crate::topology::{CapacityBasis, TerritoryId};
use crate::units::Date;

/// A rule of law, by the number it has in the explanation (`crossborder explain R4`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described by `summary`")]
pub enum Rule {
    R1 = 1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
    R16,
    R17,
    R18,
    R19,
    R20,
}

impl Rule {
    /// All rules in order.
    pub const ALL: [Self; 20] = [
        Self::R1,
        Self::R2,
        Self::R3,
        Self::R4,
        Self::R5,
        Self::R6,
        Self::R7,
        Self::R8,
        Self::R9,
        Self::R10,
        Self::R11,
        Self::R12,
        Self::R13,
        Self::R14,
        Self::R15,
        Self::R16,
        Self::R17,
        Self::R18,
        Self::R19,
        Self::R20,
    ];

    /// The code, such as `R4`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        const CODES: [&str; 20] = [
            "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R16", "R17", "R18",
            "R19", "R20",
        ];
        CODES[self as usize - 1]
    }

    /// Reads a code; `None` if there is no such rule.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.code() == code)
    }

    /// The rule in one line.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::R1 => "a channel gateway neither begins, ends nor switches traffic, nor joins two domestic segments",
            Self::R2 => "an international segment ends at a channel or border gateway on each regulated side",
            Self::R3 => "public services pass one service gateway of each regulated end",
            Self::R4 => "the service gateway lists the service",
            Self::R5 => "the service gateway covers the domestic end",
            Self::R6 => "the service gateway covers the far territory",
            Self::R7 => "the domestic way between service and channel gateway is part of the route",
            Self::R8 => {
                "border-local traffic runs from its area over one direct circuit of a border gateway to the adjoining area"
            }
            Self::R9 => "a border gateway carries nothing from or to places outside its two areas",
            Self::R10 => "the operator is licensed at the gateways and on the cables it uses",
            Self::R11 => "leased circuits are not spliced into another service",
            Self::R12 => "a territory is crossed only as its transit policy allows",
            Self::R13 => "regional and border gateways switch no transit",
            Self::R14 => "traffic is switched in transit in at most so many territories",
            Self::R15 => "no territory is entered twice",
            Self::R16 => "special administrative areas are territories of their own",
            Self::R17 => "a territory's traffic keeps to its limits by medium and neighbour",
            Self::R18 => "roles, licences and cables hold only in their time",
            Self::R19 => "in an emergency R5, R6, R10 and R17 are suspended",
            Self::R20 => "in an open regime any point of presence serves as service gateway",
        }
    }
}

/// A set of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleSet(u32);

impl RuleSet {
    /// No rule at all.
    pub const NONE: Self = Self(0);
    /// Every rule.
    pub const ALL: Self = Self((1 << 21) - 2);

    /// With this rule.
    #[must_use]
    pub const fn with(self, rule: Rule) -> Self {
        Self(self.0 | 1 << rule as u32)
    }

    /// Without this rule.
    #[must_use]
    pub const fn without(self, rule: Rule) -> Self {
        Self(self.0 & !(1 << rule as u32))
    }

    /// Tells whether it holds the rule.
    #[must_use]
    pub const fn has(self, rule: Rule) -> bool {
        self.0 >> rule as u32 & 1 == 1
    }

    /// The rules in order.
    pub fn iter(self) -> impl Iterator<Item = Rule> {
        Rule::ALL.into_iter().filter(move |&rule| self.has(rule))
    }
}

/// A ready-made choice of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Every rule holds.
    Lawful,
    /// Only physics: what is in service may be used by anyone for anything.
    Physical,
    /// What a regulator may suspend is suspended: R5, R6, R10 and R17 (rule R19).
    Emergency,
}

impl Profile {
    /// The rules that hold.
    #[must_use]
    pub const fn rules(self) -> RuleSet {
        match self {
            Self::Lawful => RuleSet::ALL,
            Self::Physical => RuleSet::NONE,
            Self::Emergency => RuleSet::ALL.without(Rule::R5).without(Rule::R6).without(Rule::R10).without(Rule::R17),
        }
    }

    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lawful => "lawful",
            Self::Physical => "physical",
            Self::Emergency => "emergency",
        }
    }
}

/// Which routes are allowed, on which day.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The rules that hold. Without any, only physics is left.
    pub rules: RuleSet,
    /// The day whose roles, licences and cables count.
    pub as_of: Date,
    /// In how many third territories traffic may be switched (R14).
    pub service_transit_max: u8,
    /// Territories that no route may touch.
    pub avoid: Vec<TerritoryId>,
    /// Which capacity counts.
    pub capacity: CapacityBasis,
}

impl Policy {
    /// A profile on a day, with the usual limit of one service transit and lit capacity.
    #[must_use]
    pub const fn new(profile: Profile, as_of: Date) -> Self {
        Self { rules: profile.rules(), as_of, service_transit_max: 1, avoid: Vec::new(), capacity: CapacityBasis::Lit }
    }

    /// The same policy with other rules.
    #[must_use]
    pub fn with_rules(&self, rules: RuleSet) -> Self {
        Self { rules, ..self.clone() }
    }

    /// Tells whether no rule holds.
    #[must_use]
    pub fn is_physical(&self) -> bool {
        self.rules == RuleSet::NONE
    }
}

#[cfg(test)]
mod tests;
