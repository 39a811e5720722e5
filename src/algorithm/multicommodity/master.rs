//! The restricted master program: which mix of the columns found so far is best, and at what prices.
//!
//! It is put to the interior-point solver in its dual form, whose variables are prices and few, and whose rows are
//! columns. Nothing here is trusted: what comes back is made feasible and measured again by the caller.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettingsBuilder, DefaultSolver, IPSolver, SupportedConeT};

use super::Goal;
use super::columns::Column;

/// A mix of columns and the prices that go with it.
#[derive(Clone, Debug)]
pub(super) struct Mix {
    /// How much of each column; length = columns.
    pub(super) shares: Vec<f64>,
    /// Price per unit of utilisation of each row; length = rows.
    pub(super) prices: Vec<f64>,
    /// Price of serving each group; length = groups.
    pub(super) rents: Vec<f64>,
}

/// Solves the master program over some resources (`rows`), to a relative tolerance.
///
/// The solver's own verdict does not count: a mix is what the caller measures it to be, from a point that did not converge
/// as from one that did. `None` if the solver refuses the program or ends at what is not a number.
///
/// ```text
///   concurrent, dual:  max Σ rent_g            carried, dual:  min Σ price_r + Σ rent_g
///     rent_g ≤ Σ use_cr price_r  for c of g      worth_c ≤ rent_g + Σ use_cr price_r  for c of g
///     Σ price_r = 1,  price ≥ 0                  price, rent ≥ 0
/// ```
/// with `use_cr` the part of row r's capacity that column c takes, and shares as multipliers of the inequalities.
pub(super) fn solve(goal: Goal, groups: usize, columns: &[Column], rows: &Rows, tolerance: f64) -> Option<Mix> {
    let (r, n) = (rows.resources.len(), columns.len());
    let mut entries: Vec<Vec<(usize, f64)>> = vec![Vec::new(); r + groups];
    let most_worth = columns.iter().map(|column| column.worth).fold(f64::MIN_POSITIVE, f64::max);
    let mut bounds = Vec::new();
    let equalities = usize::from(goal == Goal::Concurrent);
    if goal == Goal::Concurrent {
        entries[..r].iter_mut().for_each(|entry| entry.push((0, 1.0)));
        bounds.push(1.0);
    }
    for (i, column) in columns.iter().enumerate() {
        for &(resource, load) in &column.loads {
            if let Some(row) = rows.of_resource[resource as usize] {
                entries[row as usize].push((equalities + i, -load / rows.capacity[row as usize]));
            }
        }
        match goal {
            Goal::Concurrent => {
                entries[r + column.group].push((equalities + i, 1.0));
                bounds.push(0.0);
            }
            Goal::Carried => {
                entries[r + column.group].push((equalities + i, -1.0));
                bounds.push(-column.worth / most_worth);
            }
        }
    }
    let signed = if goal == Goal::Concurrent { r } else { r + groups };
    for (i, entry) in entries[..signed].iter_mut().enumerate() {
        entry.push((equalities + n + i, -1.0));
        bounds.push(0.0);
    }
    let cost = match goal {
        Goal::Concurrent => [vec![0.0; r], vec![-1.0; groups]].concat(),
        Goal::Carried => vec![1.0; r + groups],
    };
    let matrix = compress(bounds.len(), entries);
    let mut cones = Vec::new();
    if goal == Goal::Concurrent {
        cones.push(SupportedConeT::ZeroConeT(1));
    }
    cones.push(SupportedConeT::NonnegativeConeT(n + signed));
    let settings = DefaultSettingsBuilder::default()
        .verbose(false)
        .presolve_enable(false)
        .max_threads(1)
        .tol_gap_abs(tolerance)
        .tol_gap_rel(tolerance)
        .tol_feas(tolerance)
        .build()
        .expect("the settings are within their bounds");
    let nothing = CscMatrix::zeros((r + groups, r + groups));
    let mut solver = DefaultSolver::new(&nothing, &cost, &matrix, &bounds, &cones, settings).ok()?;
    solver.solve();
    let scale = if goal == Goal::Concurrent { 1.0 } else { most_worth };
    let (point, multipliers) = (&solver.solution.x, &solver.solution.z[equalities..equalities + n]);
    if !point.iter().chain(multipliers).all(|value| value.is_finite()) {
        return None;
    }
    let nonnegative = |value: &f64| value.max(0.0) * scale;
    Some(Mix {
        shares: multipliers.iter().map(|share| share.max(0.0)).collect(),
        prices: point[..r].iter().map(nonnegative).collect(),
        rents: point[r..].iter().map(nonnegative).collect(),
    })
}

/// The resources that have a row in the master program.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Ascending by time of entry.
    pub(super) resources: Vec<u32>,
    pub(super) capacity: Vec<f64>,
    /// Length = resources.
    pub(super) of_resource: Vec<Option<u32>>,
}

impl Rows {
    pub(super) fn new(resources: usize) -> Self {
        Self { of_resource: vec![None; resources], ..Self::default() }
    }

    /// Gives a resource a row; tells whether it had none.
    pub(super) fn add(&mut self, resource: usize, capacity: f64) -> bool {
        if self.of_resource[resource].is_some() {
            return false;
        }
        self.of_resource[resource] = Some(u32::try_from(self.resources.len()).expect("lanes are counted in 32 bits"));
        self.resources.push(u32::try_from(resource).expect("lanes are counted in 32 bits"));
        self.capacity.push(capacity);
        true
    }
}

fn compress(rows: usize, columns: Vec<Vec<(usize, f64)>>) -> CscMatrix<f64> {
    let width = columns.len();
    let (mut starts, mut places, mut values) = (vec![0], Vec::new(), Vec::new());
    for column in columns {
        for (row, value) in column {
            places.push(row);
            values.push(value);
        }
        starts.push(places.len());
    }
    CscMatrix::new(rows, width, starts, places, values)
}
