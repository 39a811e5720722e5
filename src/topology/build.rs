//! Turns a `RawTopology` into a `Topology`, or says everything that is wrong with it.
