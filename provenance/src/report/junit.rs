//! JUnit XML, as Ant writes and Jenkins reads it: a suite for each image, a case for each package, one for the image itself,
//! and one that tells whether anybody can tell.
//!
//! What counts is a `<failure>`, a doubt is an `<error>`. Suppressed findings make a case `<skipped>`, and notes are in its
//! `<system-out>`.

use std::fmt::Write as _;

use super::markup::Escaped;
use super::{Finding, Report};

pub(super) fn write(reports: &[Report]) -> String {
    let suites: Vec<Suite> = reports.iter().map(Suite::of).collect();
    let sum = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"reposnap\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\">",
        sum(|suite| suite.tests),
        sum(|suite| suite.failures),
        sum(|suite| suite.errors)
    );
    for (id, (suite, report)) in suites.iter().zip(reports).enumerate() {
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" package=\"{name}\" id=\"{id}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" \
             skipped=\"{}\" time=\"0\" timestamp=\"{}\" hostname=\"localhost\">\n    <properties>",
            suite.tests,
            suite.failures,
            suite.errors,
            suite.skipped,
            report.now.strftime("%Y-%m-%dT%H:%M:%S"),
            name = Escaped(&report.reference),
        );
        let mut property = |name: &str, value: &str| {
            let _ = writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", Escaped(value));
        };
        property("verdict", report.verdict.as_str());
        if let Some(digest) = report.digest {
            property("digest", &format!("sha256:{digest}"));
        }
        if let Some(environment) = &report.environment {
            property("environment", environment);
        }
        out.push_str("    </properties>\n");
        out.push_str(&suite.cases);
        out.push_str("    <system-out></system-out>\n    <system-err></system-err>\n  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

#[derive(Default)]
struct Suite {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    cases: String,
}

impl Suite {
    fn of(report: &Report) -> Self {
        let mut suite = Self::default();
        let mut by_package: Vec<Vec<&Finding>> = vec![Vec::new(); report.packages.len()];
        let mut of_image = Vec::new();
        for finding in &report.findings {
            match finding.package.and_then(|at| by_package.get_mut(at)) {
                Some(findings) => findings.push(finding),
                None => of_image.push(finding),
            }
        }
        let class = format!("{}", Escaped(&report.reference));
        suite.doubts(&class, &report.doubts);
        suite.case(&class, "the image", &of_image);
        for (package, findings) in report.packages.iter().zip(by_package) {
            suite.case(&class, &format!("{} {}", package.label(), package.version), &findings);
        }
        suite
    }

    /// The case that says whether everything could be looked at.
    fn doubts(&mut self, class: &str, doubts: &[String]) {
        self.tests += 1;
        let _ =
            write!(self.cases, "    <testcase name=\"everything could be looked at\" classname=\"{class}\" time=\"0\"");
        match doubts {
            [] => self.cases.push_str("/>\n"),
            doubts => {
                self.errors += 1;
                let text = doubts.join("; ");
                let text = Escaped(&text);
                let _ = writeln!(
                    self.cases,
                    ">\n      <error type=\"inconclusive\" message=\"{text}\">{text}</error>\n    </testcase>"
                );
            }
        }
    }

    fn case(&mut self, class: &str, name: &str, findings: &[&Finding]) {
        self.tests += 1;
        let _ = write!(self.cases, "    <testcase name=\"{}\" classname=\"{class}\" time=\"0\"", Escaped(name));
        let counting: Vec<&&Finding> = findings.iter().filter(|finding| finding.counts()).collect();
        let silent: Vec<&&Finding> = findings.iter().filter(|finding| !finding.counts()).collect();
        if findings.is_empty() {
            self.cases.push_str("/>\n");
            return;
        }
        self.cases.push_str(">\n");
        let joined = |findings: &[&&Finding], between: &str| {
            let lines: Vec<String> =
                findings.iter().map(|it| format!("{}: {}", it.rule.as_str(), it.message)).collect();
            lines.iter().map(|line| Escaped(line).to_string()).collect::<Vec<String>>().join(between)
        };
        if let Some(first) = counting.first() {
            self.failures += 1;
            let _ = writeln!(
                self.cases,
                "      <failure type=\"{}\" message=\"{}\">{}</failure>",
                first.rule.as_str(),
                joined(&counting[..1], ""),
                joined(&counting, "\n")
            );
        } else if let Some(suppressed) = silent.iter().find_map(|finding| finding.suppressed.as_ref()) {
            self.skipped += 1;
            let reason = format!("{} says {}", suppressed.author, suppressed.status.as_str());
            let _ = writeln!(self.cases, "      <skipped message=\"{}\"/>", Escaped(&reason));
        }
        if !silent.is_empty() {
            let _ = writeln!(self.cases, "      <system-out>{}</system-out>", joined(&silent, "\n"));
        }
        self.cases.push_str("    </testcase>\n");
    }
}
