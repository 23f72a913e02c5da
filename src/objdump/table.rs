//! Columns for people.

/// How wide a column may become; what is longer pushes the others aside.
const MAX_WIDTH: usize = 100;

/// A table whose first row is a heading.
pub(super) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(heading: [&str; N]) -> Table<N> {
        let rows = vec![heading.map(str::to_owned)];
        Table { rows }
    }

    pub(super) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    /// All columns flush left; those in which no row has anything are left out. Nothing if there are no rows.
    pub(super) fn text(&self) -> String {
        if self.rows.len() == 1 {
            return String::new();
        }
        let is_used = |column: usize| {
            let mut cells = self.rows[1..].iter().map(|row| row[column].as_str());
            cells.any(|cell| !matches!(cell, "" | "-"))
        };
        let width = |column: usize| {
            self.rows
                .iter()
                .map(|row| row[column].chars().count())
                .max()
        };
        let columns: Vec<(usize, usize)> = (0..N)
            .filter(|&column| is_used(column))
            .map(|column| (column, width(column).unwrap_or(0).min(MAX_WIDTH)))
            .collect();
        let mut text = String::new();
        for row in &self.rows {
            let cells = columns
                .iter()
                .map(|&(column, width)| format!("{:<width$}", row[column]));
            let line = cells.collect::<Vec<_>>().join("  ");
            text += &format!("  {}\n", line.trim_end());
        }
        text
    }
}
