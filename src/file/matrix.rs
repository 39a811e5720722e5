//! A square table: the header names what the first column names, and every pair has a cell.
//!
//! What the cells mean is for the caller.

use std::collections::BTreeSet;

use super::csv::{Scanner, ragged};
use crate::file::Entry;
use crate::problem::{FileId, Place, Problem, Problems, code};

/// A square table as it was written.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// What stands above the first column.
    pub corner: Entry,
    /// The names in the header, after the corner.
    pub columns: Vec<Entry>,
    /// Each row's name and its cells, as many as columns.
    pub rows: Vec<(Entry, Vec<Entry>)>,
}

/// Reads a square table, whose rows may be in another order than its columns.
///
/// A row that is too long or short, a name that stands twice, or on one side only, and broken quotes are problems.
pub fn matrix(file: FileId, problems: &mut Problems) -> Matrix {
    let text = problems.file(file).text.clone();
    let mut scanner = Scanner::new(file, &text);
    let Some(header) = scanner.row(problems) else {
        let problem = Problem::new(code::NO_HEADER, "the table has no header").at(Place { file, span: 0..0 }, "");
        problems.push(problem.help("the first line has a unit and then a name for each column, such as `Gbit/s,CN,KZ`"));
        return Matrix::default();
    };
    let width = header.cells.len();
    let mut header = header.cells.into_iter();
    let mut matrix = Matrix { corner: header.next().unwrap_or_default(), columns: header.collect(), rows: Vec::new() };
    // A row that cannot be read still has a name.
    let mut names = Vec::new();
    while let Some(row) = scanner.row(problems) {
        let problem = ragged(&row, width);
        let is_sound = problem.is_none() && !row.is_cut;
        problem.into_iter().filter(|_| !row.is_cut).for_each(|problem| problems.push(problem));
        let mut cells = row.cells.into_iter();
        let Some(name) = cells.next() else { continue };
        names.push(name.clone());
        if is_sound {
            matrix.rows.push((name, cells.collect()));
        }
    }
    check_names(&matrix.columns, &names, problems);
    matrix
}

fn check_names(columns: &[Entry], rows: &[Entry], problems: &mut Problems) {
    for (names, others, side, other) in [(columns, rows, "column", "row"), (rows, columns, "row", "column")] {
        let known: BTreeSet<&str> = others.iter().map(|name| name.text.as_str()).collect();
        let mut seen = BTreeSet::new();
        for name in names {
            let text = name.text.as_str();
            if !seen.insert(text) {
                let code = if side == "column" { code::DUPLICATE_COLUMN } else { code::DUPLICATE_ID };
                let problem = name.problem(code, format!("{side} `{text}` stands twice"), "again");
                problems.push(problem.help("leave one of them out"));
            } else if !known.contains(text) {
                let problem = name.problem(code::MISSING_VALUE, format!("`{text}` has a {side} and no {other}"), "");
                problems.push(problem.help(format!("the table is square: add a {other} `{text}`, or leave out this {side}")));
            }
        }
    }
}
