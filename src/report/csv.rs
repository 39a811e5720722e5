//! The tables of a report as comma-separated values (RFC 4180), safe to open in a spreadsheet.
//!
//! One table is one plain file. Several stand one after the other, each under a line `# part/table` and after an
//! empty line. Facts and notes are not written: JSON has them. Text that a spreadsheet would
//! take for a formula (it begins with `=`, `+`, `-`, `@`) gets an apostrophe before it; unsafe characters are shown
//! as `\u{…}`, so a cell never has a line break.

use std::io;

use super::{Kind, Report, Table, Value, plain};

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut tables = Vec::new();
    collect(report, "", &mut tables);
    let is_single = tables.len() == 1;
    for (i, (name, table)) in tables.iter().enumerate() {
        if !is_single {
            writeln!(out, "{}# {name}", if i == 0 { "" } else { "\n" })?;
        }
        rows(table, out)?;
    }
    Ok(())
}

fn collect(report: &Report, path: &str, tables: &mut Vec<(String, Table)>) {
    for table in report.tables.iter().cloned().chain(report.expectation_table()) {
        tables.push((format!("{path}{}", table.key), table));
    }
    for (i, part) in report.parts.iter().enumerate() {
        collect(part, &format!("{path}{}-{}/", i + 1, part.key), tables);
    }
}

fn rows(table: &Table, out: &mut dyn io::Write) -> io::Result<()> {
    let is_estimate: Vec<bool> = table.columns().iter().map(|column| matches!(column.kind, Kind::Estimate(_))).collect();
    let mut header = Vec::new();
    for (column, &is_estimate) in table.columns().iter().zip(&is_estimate) {
        header.push(field(&column.key));
        if is_estimate {
            header.push(field(&format!("{}_se", column.key)));
        }
    }
    writeln!(out, "{}", header.join(","))?;
    for row in table.rows() {
        let mut cells = Vec::new();
        for (value, &is_estimate) in row.iter().zip(&is_estimate) {
            match value {
                Value::Unknown => cells.extend(vec![String::new(); 1 + usize::from(is_estimate)]),
                Value::Text(text) => cells.push(field(text)),
                Value::Integer(count) => cells.push(count.to_string()),
                Value::Number(number) => cells.push(number.to_string()),
                Value::Bool(truth) => cells.push(truth.to_string()),
                Value::Estimate { mean, standard_error } => cells.extend([mean.to_string(), standard_error.to_string()]),
            }
        }
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

fn field(text: &str) -> String {
    let text = plain(text);
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if text.contains([',', '"']) || text.starts_with([' ', '#']) || text.ends_with(' ') {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::super::{Column, Report};
    use super::*;

    fn written(report: &Report) -> String {
        let mut bytes = Vec::new();
        write(report, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn one_table_is_a_plain_file() {
        let mut report = sample();
        report.expectations.clear();
        let expected = "from,latency_ms,note\nUrumqi,101.25,'=1+1\n乌鲁木齐,50.60000000000001,\"a|b, \\u{202e}c\"\n\
                        \"\"\"Khan\"\"\\u{a}Tash\",,\n";
        assert_eq!(written(&report), expected);
    }

    #[test]
    fn several_tables_stand_under_their_names() {
        let text = written(&sample());
        assert!(text.starts_with("# routes\nfrom,"), "{text}");
        assert!(text.contains("\n\n# expectations\nclaim,found,held\nlatency under,101.25 ms,false\n"), "{text}");
    }

    #[test]
    fn no_text_is_taken_for_a_formula() {
        for text in ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(A1)"] {
            assert!(field(text).trim_start_matches('"').starts_with('\''), "{text}");
        }
        assert!(field("\t=1").starts_with("\\u{9}"));
    }

    #[test]
    fn an_estimate_takes_two_columns() {
        let mut report = Report::new("cut", "");
        let mut table = Table::new("t", "", vec![Column::estimate("unserved_gbps", "Unserved", 1)]);
        table.push(vec![Value::Estimate { mean: 1.5, standard_error: 0.25 }]);
        table.push(vec![Value::Unknown]);
        report.tables.push(table);
        assert_eq!(written(&report), "unserved_gbps,unserved_gbps_se\n1.5,0.25\n,\n");
    }
}
