//! Simulator of international connectivity: gateways, cross-border cables, and the law that decides which routes are allowed.
//!
//! It holds the public rooms and no logic. `ARCHITECTURE.md` says who may import whom.

pub mod algorithm;
pub mod capacity;
pub mod demand;
pub mod failure;
pub mod file;
pub mod network;
pub mod page;
pub mod parallel;
pub mod policy;
pub mod problem;
pub mod random;
pub mod report;
pub mod route;
pub mod scenario;
pub mod statistics;
pub mod study;
#[cfg(test)]
mod testing;
pub mod topology;
pub mod units;
