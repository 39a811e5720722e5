//! Loops in the widest lanes that the processor has; the only user of pulp.
//!
//! Without it the compiler must keep to what every processor of a kind knows: on x86-64 that is 128 bits, no minimum of
//! 32-bit integers and no count of bits. What is computed is the same to the bit, so it is for integers and sets of bits
//! alone: floats stay out of here.

/// Runs `work`, compiled once for each width of lanes, with the widest of this processor.
///
/// What `work` calls is widened with it only where it is inlined into it: mark all of it `#[inline(always)]`, the closure
/// too. The choice costs a few ns: make it outside the loop.
#[inline(always)]
pub(super) fn wide<T>(work: impl FnOnce() -> T) -> T {
    pulp::Arch::new().dispatch(work)
}
