//! What breaks, how often, for how long, and who notices: outage sets, samples and years of them, and their impact.

pub mod availability;
pub mod checkpoint;
pub mod hazard;
pub mod likely;
pub mod repair;
pub mod sample;
pub mod timeline;
