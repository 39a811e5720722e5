//! What `benches/peers/compare.py` found of other libraries on the same work: how long they took and we did.

use std::fs;
use std::path::Path;

use crossborder::report::{Column, Table};
use serde::Deserialize;

use crate::failure::Failure;

/// The file that the script writes.
#[derive(Deserialize)]
struct Comparison {
    format: u32,
    rows: Vec<Row>,
}

/// A library at one task.
#[derive(Deserialize)]
struct Row {
    task: String,
    size: String,
    /// Of the task; what a peer did not do of them is scaled.
    parts: u64,
    peer: String,
    version: String,
    peer_s: f64,
    ours_s: f64,
    parts_done: u64,
    parts_agreed: u64,
}

/// The comparison, task by task.
pub(super) fn read(path: &Path) -> Result<Table, Failure> {
    let text = fs::read(path).map_err(Failure::file(path))?;
    let help = || Some("make it by `python3 benches/peers/compare.py --json FILE`".to_owned());
    let Comparison { format, rows } = serde_json::from_slice(&text)
        .map_err(|error| Failure::Usage(format!("`{}` is no comparison with peers: {error}", path.display()), help()))?;
    if format != 1 {
        return Err(Failure::Usage(format!("`{}` is of format {format}, not 1", path.display()), help()));
    }
    let columns = vec![
        Column::text("task", "Task"),
        Column::text("size", "Size"),
        Column::text("peer", "Peer"),
        Column::text("version", "Version"),
        Column::number("peer_ms", "Peer", 3),
        Column::number("ours_ms", "Ours", 3),
        Column::number("times", "Times as fast", 2),
        Column::number("parts", "Parts", 0),
        Column::number("done", "Done by the peer", 0),
        Column::number("same", "Same answer", 0),
    ];
    let mut table = Table::new("peers", "Peers on the same work, on one thread; below 1 they are faster", columns);
    for Row { task, size, parts, peer, version, peer_s, ours_s, parts_done, parts_agreed } in rows {
        table.push(vec![
            task.into(),
            size.into(),
            peer.into(),
            version.into(),
            (peer_s * 1e3).into(),
            (ours_s * 1e3).into(),
            (peer_s / ours_s).into(),
            parts.into(),
            parts_done.into(),
            parts_agreed.into(),
        ]);
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_where_we_lose_is_there() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let row = |peer: &str, peer_s: f64| {
            format!(
                "{{\"task\": \"t\", \"size\": \"3 sites\", \"parts\": 4, \"peer\": \"{peer}\", \"version\": \"1\", \
                 \"peer_s\": {peer_s}, \"ours_s\": 0.5, \"times_as_fast\": 0, \"parts_done\": 2, \"parts_agreed\": 2}}"
            )
        };
        let text = format!("{{\"format\": 1, \"rows\": [{}, {}]}}", row("quick", 0.25), row("slow", 4.0));
        fs::write(file.path(), text).unwrap();
        let table = read(file.path()).unwrap();
        let times = table.columns().iter().position(|column| column.key == "times").unwrap();
        let told: Vec<String> = table.rows().iter().map(|row| row[times].for_people(2).into_owned()).collect();
        assert_eq!(told, ["0.50", "8.00"]);
    }

    #[test]
    fn another_format_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "{\"format\": 2, \"rows\": []}").unwrap();
        assert!(matches!(read(file.path()), Err(Failure::Usage(..))));
    }
}
