//! One page for people who decide: how old the images are, what is missing in them, and what to rebuild.
//!
//! It needs nothing else: no script, no font, no picture, and its policy forbids the browser to fetch any. It is light or dark
//! as the reader's system is, and everything that a colour says is written, too. All text from outside is escaped.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::markup::Escaped;
use super::text::todo;
use super::view::{Group, counted, matched};
use super::{Finding, Report, Rule, Severity, Verdict};

const STYLE: &str = include_str!("page.css");

/// How many advisories of a package are in sight; the others are a click away.
const IN_SIGHT: usize = 8;

pub(super) fn write(reports: &[Report]) -> String {
    let verdict = Verdict::of_all(reports);
    let title = match reports {
        [report] => format!("Image report: {}", report.reference),
        reports => format!("Image report: {}", counted(reports.len(), "image")),
    };
    let now = reports.iter().map(|report| report.now).max().unwrap_or_default();
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n",
        Escaped(&title),
        Escaped(&title)
    );
    let _ = writeln!(
        out,
        "<p class=\"lead\">{} {}</p>\n<p>As of <time datetime=\"{}\">{}</time>.</p>\n</header>\n<main>",
        badge(verdict),
        Escaped(&lead(reports)),
        now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        now.strftime("%-d %B %Y, %H:%M UTC")
    );
    if reports.len() > 1 {
        summary(&mut out, reports);
    }
    for (number, report) in reports.iter().enumerate() {
        // The same image may be there twice, on two platforms.
        let prefix = if reports.len() > 1 { format!("{}. ", number + 1) } else { String::new() };
        image(&mut out, report, number, &prefix);
    }
    let _ = writeln!(
        out,
        "</main>\n<footer>\n<p>Written by reposnap {}.</p>\n</footer>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    );
    out
}

/// The whole in two sentences.
fn lead(reports: &[Report]) -> String {
    let rebuilds = reports.iter().filter(|report| !report.rebuild.is_empty()).count();
    let unsure = reports.iter().filter(|report| report.verdict == Verdict::Inconclusive).count();
    let found = reports.iter().filter(|report| report.verdict == Verdict::Findings).count();
    let all = reports.len();
    let mut lead = match (all, found, unsure) {
        (1, 1, _) => "Something was found in the image.".to_owned(),
        (1, _, 1) => "Nobody can tell yet whether the image is in order.".to_owned(),
        (1, ..) => "Everything was looked at, and nothing found.".to_owned(),
        (all, 0, 0) => format!("All {all} images were looked at, and nothing found."),
        (all, found, 0) => format!("Something was found in {found} of {all} images."),
        (all, found, unsure) => {
            format!("Something was found in {found} of {all} images; of {unsure}, nobody can tell yet.")
        }
    };
    match (all, rebuilds) {
        (_, 0) => {}
        (1, _) => lead.push_str(" It needs a rebuild."),
        (_, rebuilds) => {
            let _ = write!(
                lead,
                " {} to be rebuilt.",
                if rebuilds == 1 { "1 has".into() } else { format!("{rebuilds} have") }
            );
        }
    }
    if let Some(oldest) = reports.iter().filter_map(Report::age).max() {
        let days = counted(usize::try_from(oldest).unwrap_or(usize::MAX), "day");
        let _ = write!(lead, " {} {days} old.", if all == 1 { "It is" } else { "The oldest is" });
    }
    lead
}

fn badge(verdict: Verdict) -> String {
    let word = verdict.as_str();
    format!("<strong class=\"badge {word}\">{word}</strong>")
}

fn age(report: &Report) -> String {
    match report.age() {
        Some(days) => counted(usize::try_from(days).unwrap_or(usize::MAX), "day"),
        None => "unknown".to_owned(),
    }
}

fn summary(out: &mut String, reports: &[Report]) {
    out.push_str(
        "<section aria-labelledby=\"images\">\n<h2 id=\"images\">Images</h2>\n<div class=\"wide\">\n<table>\n\
         <caption>Every image, its age, and what was found</caption>\n<thead>\n<tr><th scope=\"col\">Image</th>\
         <th scope=\"col\">Verdict</th><th scope=\"col\">Age</th><th scope=\"col\">Packages</th>\
         <th scope=\"col\">Errors</th><th scope=\"col\">Warnings</th><th scope=\"col\">To rebuild</th></tr>\n</thead>\n<tbody>\n",
    );
    for (number, report) in reports.iter().enumerate() {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\"><a href=\"#image-{number}\">{}</a></th><td>{}</td><td>{}</td><td class=\"number\">{}</td>\
             <td class=\"number\">{}</td><td class=\"number\">{}</td><td>{}</td></tr>",
            Escaped(&report.reference),
            badge(report.verdict),
            age(report),
            report.packages.len(),
            report.count(Severity::Error),
            report.count(Severity::Warning),
            if report.rebuild.is_empty() { "no" } else { "yes" }
        );
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    let mut rebuild: Vec<&str> = Vec::new();
    let mut seen = HashSet::new();
    for image in reports.iter().flat_map(|report| &report.rebuild) {
        if seen.insert(image) {
            rebuild.push(image);
        }
    }
    if !rebuild.is_empty() {
        out.push_str("<h3>What to rebuild, in this order</h3>\n<ol>\n");
        for image in rebuild {
            let _ = writeln!(out, "<li>{}</li>", Escaped(image));
        }
        out.push_str("</ol>\n");
    }
    out.push_str("</section>\n");
}

fn image(out: &mut String, report: &Report, number: usize, prefix: &str) {
    let _ = writeln!(
        out,
        "<section id=\"image-{number}\" aria-labelledby=\"title-{number}\">\n<h2 id=\"title-{number}\">{prefix}{} {}</h2>",
        Escaped(&report.reference),
        badge(report.verdict)
    );
    if !report.doubts.is_empty() {
        out.push_str("<div class=\"banner\">\n<h3>Nobody can tell</h3>\n<p>What is below may not be all, since:</p>\n");
        list(out, report.doubts.iter().map(String::as_str));
        out.push_str("</div>\n");
    }
    facts(out, report);
    let todo = todo(report);
    if !todo.is_empty() {
        out.push_str("<h3>What to do</h3>\n");
        list(out, todo.iter().map(String::as_str));
    }
    missing(out, report);
    vulnerabilities(out, &report.groups());
    let rest = |finding: &&Finding| !matches!(finding.rule, Rule::Advisory | Rule::Outdated | Rule::SecurityUpdate);
    let others: Vec<&Finding> = report.findings_that(true).filter(rest).collect();
    findings(out, report, "What else was found", "Findings that are no updates and no vulnerabilities", &others);
    let (suppressed, notes): (Vec<&Finding>, Vec<&Finding>) =
        report.findings_that(false).partition(|finding| finding.suppressed.is_some());
    findings(out, report, "Notes", "Worth knowing; they do not count", &notes);
    findings(out, report, "Suppressed", "Somebody stated that these do not count", &suppressed);
    out.push_str("</section>\n");
}

fn list<'a>(out: &mut String, items: impl Iterator<Item = &'a str>) {
    out.push_str("<ul>\n");
    for item in items {
        let _ = writeln!(out, "<li>{}</li>", Escaped(item));
    }
    out.push_str("</ul>\n");
}

fn facts(out: &mut String, report: &Report) {
    out.push_str("<dl>\n");
    let mut fact = |name: &str, value: &str| {
        let _ = writeln!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", Escaped(value));
    };
    if let Some(dated) = &report.dated {
        let (first, last) = (dated.first.time.strftime("%-d %B %Y"), dated.last.time.strftime("%-d %B %Y"));
        fact("Age", &format!("{}: its packages are of {first} to {last}", age(report)));
        fact("Dated by", &format!("{} of {} packages", dated.covered, dated.packages));
    } else {
        fact("Age", "unknown: no snapshot tells");
    }
    fact("System", &report.system());
    fact("Packages", &report.packages.len().to_string());
    if let Some(environment) = &report.environment {
        fact("Held against", environment);
    }
    if let Some(digest) = report.digest {
        fact("Digest", &format!("sha256:{digest}"));
    }
    let origins = report.origins();
    if origins.keys().any(Option::is_some) {
        let parts: Vec<String> = origins.iter().map(|(found, count)| format!("{count} {}", matched(*found))).collect();
        fact("Origin of packages", &parts.join("; "));
    }
    out.push_str("</dl>\n");
}

/// What the environment has newer.
fn missing(out: &mut String, report: &Report) {
    let updates: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| matches!(finding.rule, Rule::Outdated | Rule::SecurityUpdate) && finding.suppressed.is_none())
        .collect();
    if updates.is_empty() {
        return;
    }
    let security = updates.iter().filter(|finding| finding.rule == Rule::SecurityUpdate).count();
    let _ = writeln!(
        out,
        "<h3>What is missing</h3>\n<div class=\"wide\">\n<table>\n<caption>{}, {} for security</caption>\n<thead>\n\
         <tr><th scope=\"col\">Package</th><th scope=\"col\">In the image</th><th scope=\"col\">Newer version</th>\
         <th scope=\"col\">For</th></tr>\n</thead>\n<tbody>",
        counted(updates.len(), "newer version"),
        security
    );
    for finding in updates {
        let package = report.package(finding);
        let newer = finding.fixed_in.as_ref().or(package.and_then(|package| package.candidate.as_ref()));
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
            Escaped(&package.map(super::Reported::label).unwrap_or_else(|| "the image".to_owned())),
            Escaped(package.map_or("", |package| &package.version)),
            Escaped(newer.map_or("", String::as_str)),
            if finding.rule == Rule::SecurityUpdate { "<strong>security</strong>" } else { "currency" }
        );
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

fn vulnerabilities(out: &mut String, groups: &[Group<'_>]) {
    if groups.is_empty() {
        return;
    }
    let total: usize = groups.iter().map(|group| group.advisories().len()).sum();
    let _ = writeln!(
        out,
        "<h3>Known vulnerabilities</h3>\n<div class=\"wide\">\n<table>\n<caption>{} of {}</caption>\n<thead>\n\
         <tr><th scope=\"col\">Source package</th><th scope=\"col\">In the image</th><th scope=\"col\">Mended in</th>\
         <th scope=\"col\">Worst</th><th scope=\"col\">Advisories</th></tr>\n</thead>\n<tbody>",
        counted(total, "vulnerability"),
        counted(groups.len(), "source package"),
    );
    for group in groups {
        let fix = match (group.fix(), group.fixes().as_slice()) {
            (Some(fix), _) => fix.to_owned(),
            (None, []) => "nothing yet".to_owned(),
            (None, fixes) => fixes.join(", "),
        };
        let packages: Vec<String> = group.packages.iter().map(|package| package.label()).collect();
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}<br><span class=\"small\">{}</span></th><td>{}</td><td>{}</td><td>{}</td><td>",
            Escaped(group.source),
            Escaped(&packages.join(", ")),
            Escaped(group.version),
            Escaped(&fix),
            group.urgency()
        );
        let advisories = group.advisories();
        let (seen, folded) = advisories.split_at(advisories.len().min(IN_SIGHT));
        let some_fixed = !group.fixes().is_empty();
        links(out, seen, some_fixed);
        if !folded.is_empty() {
            let _ = write!(out, "<details><summary>{} more</summary>", folded.len());
            links(out, folded, some_fixed);
            out.push_str("</details>");
        }
        out.push_str("</td></tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// Where the version beside them mends some, the others are marked.
fn links(out: &mut String, advisories: &[(&str, &Finding)], some_fixed: bool) {
    for (at, (name, finding)) in advisories.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        // Anything may be in a report that somebody read from JSON: only what leads into the web becomes a link.
        match finding.urls.iter().find(|url| url.starts_with("https://") || url.starts_with("http://")) {
            Some(url) => {
                let _ = write!(out, "<a rel=\"noreferrer\" href=\"{}\">{}</a>", Escaped(url), Escaped(name));
            }
            None => {
                let _ = write!(out, "{}", Escaped(name));
            }
        }
        if some_fixed && finding.fixed_in.is_none() {
            out.push_str(" (stays)");
        }
    }
}

fn findings(out: &mut String, report: &Report, title: &str, caption: &str, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<h3>{title}</h3>\n<div class=\"wide\">\n<table>\n<caption>{caption}</caption>\n<thead>\n<tr><th scope=\"col\">About</th>\
         <th scope=\"col\">Severity</th><th scope=\"col\">What</th></tr>\n</thead>\n<tbody>"
    );
    for finding in findings {
        let about = match (report.package(finding), &finding.path) {
            (Some(package), _) => format!("{} {}", package.label(), package.version),
            (None, Some(path)) => path.clone(),
            (None, None) => "the image".to_owned(),
        };
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{severity}</td><td>{}",
            Escaped(&about),
            Escaped(&finding.message)
        );
        if let Some(path) = finding.path.as_ref().filter(|_| finding.package.is_some()) {
            let _ = write!(out, "<br><code>{}</code>", Escaped(path));
        }
        if let Some(suppressed) = &finding.suppressed {
            let reasons = [&suppressed.justification, &suppressed.words].into_iter().flatten();
            let reasons: Vec<&str> = reasons.map(String::as_str).collect();
            let _ = write!(
                out,
                "<br><span class=\"small\">{}: {} ({}, {})</span>",
                suppressed.status.as_str(),
                Escaped(&reasons.join(": ")),
                Escaped(&suppressed.author),
                suppressed.time.strftime("%-d %B %Y")
            );
        }
        out.push_str("</td></tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}
