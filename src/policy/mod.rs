//! The law of routes: which gateways may carry what, as predicates and as an automaton.
