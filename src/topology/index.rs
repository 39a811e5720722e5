//! Ids in order, to find which thing has one: smaller than a map, and as safe against ids that are chosen to be slow.

/// Numbered ids in order of the alphabet; the first of several alike counts.
///
/// The ids themselves stay where they are, and are shown by a function whenever they are needed.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The beginnings of the ids, ascending, so that most searches look at nothing else.
    keys: Vec<u128>,
    /// Number of each id; length = keys.
    numbers: Vec<u32>,
}

impl Index {
    /// Takes down the ids of so many things, those without any left out; returns which say one again, each with the
    /// first that did, in order of number. O(n log n).
    pub(super) fn new<'i>(count: usize, id: impl Fn(usize) -> &'i str) -> (Self, Vec<[usize; 2]>) {
        let mut order: Vec<(u128, usize)> =
            (0..count).filter(|&number| !id(number).is_empty()).map(|number| (key(id(number)), number)).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))).then(a.1.cmp(&b.1)));
        let (mut index, mut again) = (Self::default(), Vec::new());
        for (key, number) in order {
            match index.numbers.last().map(|&first| first as usize) {
                Some(first) if index.keys.last() == Some(&key) && id(first) == id(number) => again.push([number, first]),
                _ => {
                    index.keys.push(key);
                    index.numbers.push(u32::try_from(number).expect("tables hold fewer than 2^32 entries"));
                }
            }
        }
        again.sort_unstable();
        (index, again)
    }

    /// The number of the thing with that id. O(log n).
    pub(super) fn find<'i>(&self, wanted: &str, id: impl Fn(usize) -> &'i str) -> Option<usize> {
        let key = key(wanted);
        let from = self.keys.partition_point(|&other| other < key);
        let alike = match &self.keys[from..] {
            [_, second, ..] if *second == key => self.keys[from..].partition_point(|&other| other == key),
            rest => usize::from(rest.first() == Some(&key)),
        };
        let at = from + self.numbers[from..from + alike].partition_point(|&number| id(number as usize) < wanted);
        self.numbers.get(at).map(|&number| number as usize).filter(|&number| id(number) == wanted)
    }

    /// Numbers in order of id.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> {
        self.numbers.iter().map(|&number| number as usize)
    }
}

/// The first bytes of an id as a number that is in the order of ids, equal ones aside.
fn key(id: &str) -> u128 {
    let mut bytes = [0; size_of::<u128>()];
    let length = id.len().min(bytes.len());
    bytes[..length].copy_from_slice(&id.as_bytes()[..length]);
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_found_and_the_first_of_several_counts() {
        let ids = ["b", "", "a", "a-very-long-id-of-many-letters-2", "b", "a-very-long-id-of-many-letters-1", "b", "a\0"];
        let id = |number: usize| ids[number];
        let (index, again) = Index::new(ids.len(), id);
        assert_eq!(again, [[4, 0], [6, 0]]);
        assert_eq!(index.numbers().collect::<Vec<_>>(), [2, 7, 5, 3, 0]);
        for number in [0, 2, 3, 5, 7] {
            assert_eq!(index.find(ids[number], id), Some(number));
        }
        for other in ["", "c", "aa", "a-very-long-id-of-many-letters-", "a-very-long-id-of-many-letters-3"] {
            assert_eq!(index.find(other, id), None, "{other}");
        }
    }
}
