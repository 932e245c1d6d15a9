//! Text and JSON on the standard output; errors where they belong.

use std::io::Write;
use std::path::Path;

use reposnap::{Error, Kind, Result};
use serde::Serialize;
use serde_json::json;

/// Prints one JSON document.
pub fn json<T: Serialize>(document: &T) -> Result<()> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| Error::new(Kind::Internal, "the result can't be written as JSON").source(error))?;
    text_line(&text)
}

/// Prints text; nothing for empty text.
pub fn text(text: &str) -> Result<()> {
    if text.is_empty() { Ok(()) } else { text_line(text.trim_end_matches('\n')) }
}

fn text_line(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        // Who closed the pipe has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|error| Error::io("standard output", error)),
    }
}

/// Tells an error: one line on the standard error, or a JSON document on the standard output.
pub fn error(error: &Error, as_json: bool) {
    if as_json {
        let document = json!({ "error": error });
        let _ = json(&document);
    } else {
        let _ = writeln!(std::io::stderr(), "error: {error}");
    }
}

/// What clap says of arguments that it does not understand: the sentence before the first blank line.
pub fn of_arguments(error: &clap::Error) -> Error {
    let text = error.render().to_string();
    let sentence: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let sentence = sentence.join(" ");
    Error::new(Kind::Usage, sentence.trim_start_matches("error: ")).help("`--help` tells what can be said")
}

/// Writes a file whole or not at all; `-` is standard output.
pub fn file(path: &Path, text: &str) -> Result<()> {
    if path == Path::new("-") {
        return self::text(text);
    }
    let failed = |error| Error::io(path.display().to_string(), error);
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".reposnap").tempfile_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    let mode = std::fs::metadata(path).map(|there| there.permissions()).ok();
    let mode = mode.unwrap_or_else(|| std::os::unix::fs::PermissionsExt::from_mode(0o644));
    file.as_file().set_permissions(mode).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Rows as columns of text, each as wide as it must be.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(cells.collect::<Vec<String>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}
