//! Years of faults and repairs: what breaks when, for how long, and what is not carried meanwhile.

pub mod compile;
pub mod course;
pub mod model;
mod pool;
