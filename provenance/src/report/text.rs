//! For people at a terminal: the verdict first, then what to do, then what was found.

use std::fmt::Write as _;

use super::view::{Group, counted, matched, plain};
use super::{Finding, Report, Rule, Severity, Verdict};

/// How many advisories of a package are named; the rest is counted.
const NAMED: usize = 6;

pub(super) fn write(reports: &[Report]) -> String {
    let mut out = String::new();
    if reports.len() > 1 {
        let with = |verdict| reports.iter().filter(|report| report.verdict == verdict).count();
        let _ = writeln!(
            out,
            "{}: {} ({} clean, {} with findings, {} inconclusive)\n",
            Verdict::of_all(reports).as_str(),
            counted(reports.len(), "image"),
            with(Verdict::Clean),
            with(Verdict::Findings),
            with(Verdict::Inconclusive)
        );
    }
    for (number, report) in reports.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        one(&mut out, report);
    }
    out
}

fn one(out: &mut String, report: &Report) {
    let _ = writeln!(out, "{}: {}", report.verdict.as_str(), plain(&report.reference));
    if !report.doubts.is_empty() {
        out.push_str("Nobody can tell, since:\n");
        lines(out, report.doubts.iter().map(|doubt| plain(doubt)));
    }
    about(out, report);
    let todo = todo(report);
    if !todo.is_empty() {
        out.push_str("\nWhat to do:\n");
        lines(out, todo.iter().map(|line| plain(line)));
    }
    groups(out, &report.groups());
    let others: Vec<&Finding> = report.findings_that(true).filter(|finding| finding.rule != Rule::Advisory).collect();
    section(out, report, "Other findings", &others);
    let (suppressed, notes): (Vec<&Finding>, Vec<&Finding>) =
        report.findings_that(false).partition(|finding| finding.suppressed.is_some());
    section(out, report, "Notes", &notes);
    section(out, report, "Suppressed", &suppressed);
}

fn about(out: &mut String, report: &Report) {
    if let Some(digest) = report.digest {
        let _ = writeln!(out, "sha256:{digest}");
    }
    let _ = write!(out, "{}, {}", plain(&report.system()), counted(report.packages.len(), "package"));
    if let (Some(dated), Some(age)) = (&report.dated, report.age()) {
        let (first, last) = (dated.first.time.strftime("%Y-%m-%d"), dated.last.time.strftime("%Y-%m-%d"));
        let _ = write!(
            out,
            "; of {first} to {last}, {} old ({} of {} packages tell)",
            counted(usize::try_from(age).unwrap_or(usize::MAX), "day"),
            dated.covered,
            dated.packages
        );
    }
    if let Some(environment) = &report.environment {
        let _ = write!(out, "; held against {}", plain(environment));
    }
    out.push('\n');
    let origins = report.origins();
    if origins.keys().any(Option::is_some) {
        let parts: Vec<String> = origins.iter().map(|(found, count)| format!("{count} {}", matched(*found))).collect();
        let _ = writeln!(out, "{}", parts.join(", "));
    }
}

/// What somebody should do, in sentences.
pub(super) fn todo(report: &Report) -> Vec<String> {
    let mut todo = Vec::new();
    if !report.rebuild.is_empty() {
        todo.push(format!("Rebuild {}.", report.rebuild.join(", then ")));
    }
    let groups = report.groups();
    let named = groups.iter().flat_map(Group::advisories);
    let (fixed, open): (Vec<_>, Vec<_>) = named.partition(|(_, finding)| finding.fixed_in.is_some());
    let updates = report.findings_that(true).filter(|it| it.rule == Rule::SecurityUpdate).count();
    if !fixed.is_empty() {
        let has_fix = |finding: &&Finding| finding.rule == Rule::Advisory && finding.fixed_in.is_some();
        let mut packages: Vec<_> = report.findings_that(true).filter(has_fix).filter_map(|it| it.package).collect();
        packages.sort_unstable();
        packages.dedup();
        todo.push(format!(
            "Update {}: that mends {}.",
            counted(packages.len(), "package"),
            counted(fixed.len(), "vulnerability")
        ));
    } else if updates > 0 {
        todo.push(format!("Take {} from the environment.", counted(updates, "security update")));
    }
    if !open.is_empty() {
        todo.push(format!("Decide about {}, which no update mends yet.", counted(open.len(), "vulnerability")));
    }
    for (rule, what) in [
        (Rule::FromNowhere, "Find out where {} came from."),
        (Rule::Modified, "Find out who built {} anew under an old version."),
        (Rule::FileChanged, "Find out who changed files: {}."),
        (Rule::BadSignature, "Do not trust {}, whose signatures do not hold."),
        (Rule::FalseLabel, "Correct what the image says of itself: {}."),
        (Rule::HalfInstalled, "Repair {}, which dpkg left half way."),
    ] {
        let found = report.findings_that(true).filter(|finding| finding.rule == rule).count();
        if found > 0 {
            let noun = match rule {
                Rule::FileChanged => "file",
                Rule::FalseLabel => "label",
                _ => "package",
            };
            todo.push(what.replace("{}", &counted(found, noun)));
        }
    }
    if report.verdict == Verdict::Inconclusive {
        todo.push("Remove the doubts and look again.".to_owned());
    }
    todo
}

fn groups(out: &mut String, groups: &[Group<'_>]) {
    if groups.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nAdvisories, by source package ({}):", groups.len());
    let rows = groups.iter().map(|group| {
        let advisories = group.advisories();
        let some_fixed = !group.fixes().is_empty();
        let mut names: Vec<String> =
            advisories.iter().take(NAMED).map(|(name, finding)| named(name, finding, some_fixed)).collect();
        if advisories.len() > NAMED {
            names.push(format!("and {} more", advisories.len() - NAMED));
        }
        let fix = match (group.fix(), group.fixes().as_slice()) {
            (Some(fix), _) => format!("-> {fix}"),
            (None, []) => "no fix".to_owned(),
            (None, fixes) => format!("-> {}", fixes.join(" or ")),
        };
        [
            word(group.severity()).to_owned(),
            group.urgency().to_string(),
            format!("{} {}", group.source, group.version),
            fix,
            names.join(", "),
        ]
    });
    table(out, rows.collect());
}

/// An advisory's name, and that it stays where the version beside it mends others alone.
fn named(name: &str, finding: &Finding, some_fixed: bool) -> String {
    match some_fixed && finding.fixed_in.is_none() {
        true => format!("{name} (stays)"),
        false => name.to_owned(),
    }
}

fn word(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        Some(Severity::Note) | None => "note",
    }
}

fn section(out: &mut String, report: &Report, title: &str, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title} ({}):", findings.len());
    let rows = findings.iter().map(|finding| {
        let about = match (report.package(finding), &finding.path) {
            (Some(package), Some(path)) => format!("{} {} {path}", package.label(), package.version),
            (Some(package), None) => format!("{} {}", package.label(), package.version),
            (None, Some(path)) => path.clone(),
            (None, None) => "the image".to_owned(),
        };
        let mut message = finding.message.clone();
        if let Some(suppressed) = &finding.suppressed {
            let reason = suppressed.justification.as_ref().or(suppressed.words.as_ref());
            message = format!("{message}; {}", suppressed.status.as_str());
            if let Some(reason) = reason {
                message.push_str(&format!(" ({reason})"));
            }
            message.push_str(&format!(", {}, {}", suppressed.author, suppressed.time.strftime("%Y-%m-%d")));
        }
        [word(Some(finding.severity)).to_owned(), finding.rule.as_str().to_owned(), about, message]
    });
    table(out, rows.collect());
}

fn lines(out: &mut String, lines: impl Iterator<Item = String>) {
    for line in lines {
        let _ = writeln!(out, "  - {line}");
    }
}

/// The widest column that others are aligned behind.
const WIDEST: usize = 48;

fn table<const N: usize>(out: &mut String, rows: Vec<[String; N]>) {
    let rows: Vec<[String; N]> = rows.into_iter().map(|row| row.map(|cell| plain(&cell))).collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    for row in &rows {
        out.push(' ');
        for (column, cell) in row.iter().enumerate() {
            let pad = if column + 1 == N { 0 } else { widths[column] };
            let _ = write!(out, " {cell:pad$}");
        }
        while out.ends_with(' ') {
            out.pop();
        }
        out.push('\n');
    }
}
