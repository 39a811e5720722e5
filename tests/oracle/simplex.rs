//! Small linear programs solved exactly: the simplex method in fractions of whole numbers, with Bland's rule.

/// A fraction in lowest terms; the denominator is positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fraction {
    over: i128,
    under: i128,
}

impl Fraction {
    pub(crate) const fn whole(number: i128) -> Self {
        Self { over: number, under: 1 }
    }

    /// Panics where the numbers get too large, rather than be wrong.
    fn new(over: i128, under: i128) -> Self {
        let (mut a, mut b) = (over.abs(), under.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = a * under.signum();
        Self { over: over / divisor, under: under / divisor }
    }

    fn times(self, other: Self) -> Self {
        Self::new(product(self.over, other.over), product(self.under, other.under))
    }

    fn by(self, other: Self) -> Self {
        Self::new(product(self.over, other.under), product(self.under, other.over))
    }

    fn minus(self, other: Self) -> Self {
        let over = product(self.over, other.under).checked_sub(product(other.over, self.under)).expect("small numbers");
        Self::new(over, product(self.under, other.under))
    }

    fn is_below(self, other: Self) -> bool {
        self.minus(other).over < 0
    }

    pub(crate) fn value(self) -> f64 {
        self.over as f64 / self.under as f64
    }
}

fn product(a: i128, b: i128) -> i128 {
    a.checked_mul(b).expect("small numbers")
}

/// The most of `gain`·x with `rows`·x ≤ `limits` and x ≥ 0, where no limit is negative; `None` if there is no most.
///
/// Dantzig 1951; Bland 1977 for the choice of pivot, which ends after finitely many.
pub(crate) fn maximum(gain: &[i128], rows: &[Vec<i128>], limits: &[i128]) -> Option<Fraction> {
    assert!(limits.iter().all(|&limit| limit >= 0), "all at zero is a solution");
    let (n, m) = (gain.len(), rows.len());
    // Columns: the variables, a slack for each row, the right-hand side. The last row is the gain, negated.
    let width = n + m + 1;
    let mut table = vec![vec![Fraction::whole(0); width]; m + 1];
    for (i, (row, &limit)) in rows.iter().zip(limits).enumerate() {
        row.iter().enumerate().for_each(|(j, &entry)| table[i][j] = Fraction::whole(entry));
        (table[i][n + i], table[i][width - 1]) = (Fraction::whole(1), Fraction::whole(limit));
    }
    gain.iter().enumerate().for_each(|(j, &gain)| table[m][j] = Fraction::whole(-gain));
    let mut basis: Vec<usize> = (n..n + m).collect();
    while let Some(enters) = (0..width - 1).find(|&j| table[m][j].over < 0) {
        let mut leaves: Option<(Fraction, usize)> = None;
        for i in (0..m).filter(|&i| table[i][enters].over > 0) {
            let ratio = table[i][width - 1].by(table[i][enters]);
            if leaves.is_none_or(|(least, row)| ratio.is_below(least) || ratio == least && basis[i] < basis[row]) {
                leaves = Some((ratio, i));
            }
        }
        let (_, row) = leaves?;
        basis[row] = enters;
        pivot(&mut table, row, enters);
    }
    Some(table[m][width - 1])
}

fn pivot(table: &mut [Vec<Fraction>], row: usize, column: usize) {
    let head = table[row][column];
    table[row].iter_mut().for_each(|entry| *entry = entry.by(head));
    let pivot_row = table[row].clone();
    for other in table.iter_mut().enumerate().filter(|&(i, _)| i != row).map(|(_, other)| other) {
        let factor = other[column];
        if factor.over != 0 {
            other.iter_mut().zip(&pivot_row).for_each(|(entry, &pivot)| *entry = entry.minus(factor.times(pivot)));
        }
    }
}
