//! What a topology's files claim, before anything is checked.
//!
//! Every importer produces a [`RawTopology`]; only [`super::build`] turns one into a `Topology`.
