//! What breaks, how often, and who notices: outage sets, samples of them, and their impact.

pub mod sample;
