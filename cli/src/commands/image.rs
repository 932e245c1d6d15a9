//! `image`: what is in an image, where it came from, and what is signed of it.

use std::collections::BTreeMap;

use reposnap::Result;
use reposnap_api::attest::{self, Attestations, Decision};
use reposnap_api::audit::{self, Dates, Interval, Traces};
use reposnap_api::image;
use reposnap_api::signatures::{self, Signed};
use reposnap_image::Inventory;
use reposnap_provenance::report::{self, Verdict};

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::{self, table};

/// Builds a request that reads an image.
macro_rules! reading {
    ($Request:path, $reading:expr $(, $field:ident: $value:expr)* $(,)?) => {{
        let args::Reading { reference, platform, files, rpm_keys, plain_http, no_cache } = $reading;
        $Request { reference, platform, files, rpm_keys, plain_http, no_cache, $($field: $value),* }
    }};
}
pub(super) use reading;

/// Runs a command of `image`.
pub async fn run(context: &Context, command: args::Image) -> Result<Outcome> {
    let session = context.session();
    match command {
        args::Image::Inspect { reading } => {
            let inventory = image::inspect(session, reading!(image::Inspect, reading)).await?;
            context.print(&inventory, inspected)?;
            let is_known = !inventory.databases.is_empty() && !inventory.packages.is_empty();
            Ok(if is_known { Outcome::Done } else { Outcome::Inconclusive })
        }
        args::Image::Match { reading } => {
            let traces = audit::match_(session, reading!(audit::Match, reading)).await?;
            context.print(&traces, traced)?;
            Ok(outcome(traces.verdict))
        }
        args::Image::Date { reading } => {
            let dates = audit::date(session, reading!(audit::Date, reading)).await?;
            context.print(&dates, dated)?;
            Ok(match (&dates.dated, dates.false_labels.is_empty()) {
                (None, _) => Outcome::Inconclusive,
                (Some(_), false) => Outcome::Findings,
                (Some(_), true) => Outcome::Done,
            })
        }
        args::Image::Audit(arguments) => audited(context, arguments).await,
        args::Image::Attest(arguments) => attest(context, arguments).await,
        args::Image::Verify { reading, policy, attestations, at } => {
            let request = reading!(attest::Verify, reading, policy: policy, attestations: attestations, at: at);
            let decision = attest::verify(session, request).await?;
            context.print(&decision, decided)?;
            Ok(if decision.accepted { Outcome::Done } else { Outcome::Findings })
        }
        args::Image::Signatures { reading, keys, expected, signatures, at } => {
            let request = reading!(
                signatures::Signatures,
                reading,
                keys: keys,
                expected: expected,
                signatures: signatures,
                at: at,
            );
            let signed = signatures::signatures(session, request).await?;
            context.print(&signed, told)?;
            Ok(if signed.signatures.is_empty() { Outcome::Findings } else { Outcome::Done })
        }
    }
}

async fn audited(context: &Context, arguments: args::Audit) -> Result<Outcome> {
    let args::Audit { reading, rev, advisories, vex, release, own_mirrors, format, output, at } = arguments;
    let request = reading!(
        audit::Audit,
        reading,
        rev: rev,
        advisories: advisories,
        vex: vex,
        release: release,
        own_mirrors: own_mirrors,
        at: at,
    );
    let report = audit::audit(context.session(), request).await?;
    let verdict = report.verdict;
    let text = report::write(std::slice::from_ref(&report), format.0)?;
    match output {
        Some(file) => output::file(&file, &text)?,
        None => context.print(&report, |_| text)?,
    }
    Ok(outcome(verdict))
}

async fn attest(context: &Context, arguments: args::Attest) -> Result<Outcome> {
    let args::Attest { reading, key, password_file, rev, builder, build_parameters, store_url, attach, output, at } =
        arguments;
    let build_parameters: BTreeMap<String, String> = build_parameters.into_iter().collect();
    let request = reading!(
        attest::Attest,
        reading,
        key: key,
        password_file: password_file,
        rev: rev,
        builder: builder,
        build_parameters: build_parameters,
        store_url: store_url,
        attach: attach,
        at: at,
    );
    let attestations = attest::attest(context.session(), request).await?;
    if let Some(file) = output {
        let lines = attestations.attestations.iter();
        let lines = lines.map(|one| one.bundle.as_ref().unwrap_or(&one.envelope).trim_end().to_owned() + "\n");
        output::file(&file, &lines.collect::<String>())?;
    }
    context.print(&attestations, attested)?;
    Ok(Outcome::Done)
}

/// How a command ends that came to a verdict.
pub(super) fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Clean => Outcome::Done,
        Verdict::Findings => Outcome::Findings,
        Verdict::Inconclusive => Outcome::Inconclusive,
    }
}

fn layer_of(layer: Option<usize>) -> String {
    layer.map_or_else(|| "-".to_owned(), |layer| layer.to_string())
}

fn inspected(inventory: &Inventory) -> String {
    let row = |package: &reposnap_image::Package| {
        let state = match package.state.status.as_str() {
            "installed" => String::new(),
            status => status.to_owned(),
        };
        let (name, version) = (package.name.clone(), package.version.clone());
        vec![name, version, package.architecture.clone(), layer_of(package.layer), state]
    };
    let mut text = table(&inventory.packages.iter().map(row).collect::<Vec<_>>());
    for changed in inventory.files.iter().flatten() {
        text.push_str(&format!("{} of {} was changed\n", changed.path, changed.package));
    }
    let os = inventory.os.as_ref().and_then(|os| os.name.clone()).unwrap_or_else(|| "an unknown system".to_owned());
    text.push_str(&match inventory.databases.is_empty() {
        true => format!("{os}; there is no package database, so nobody can tell what is in it\n"),
        false => format!("{os}; {} packages in {} layers\n", inventory.packages.len(), inventory.layers.len()),
    });
    text
}

fn traced(traces: &Traces) -> String {
    let row = |trace: &audit::Trace| {
        let place = trace.places.iter().map(|place| match &place.suite {
            Some(suite) => format!("{} ({suite})", place.name),
            None => place.name.clone(),
        });
        let mut place: Vec<String> = place.collect();
        // A list that had it, lost it and has it again is told once.
        place.dedup();
        let place = place.join(", ");
        let word = serde_json::to_value(trace.matched).ok();
        let word = word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        vec![trace.name.clone(), trace.version.clone(), trace.architecture.clone(), layer_of(trace.layer), word, place]
    };
    let mut text = table(&traces.packages.iter().map(row).collect::<Vec<_>>());
    text.extend(traces.doubts.iter().map(|doubt| format!("nobody can tell: {doubt}\n")));
    text
}

fn dated(dates: &Dates) -> String {
    let interval = |interval: &Interval| {
        format!(
            "{} {} to {}, {} of {} packages",
            interval.name, interval.first_time, interval.last_time, interval.covered, interval.packages
        )
    };
    let or_not = |dated: &Option<Interval>| dated.as_ref().map_or_else(|| "no snapshot".to_owned(), interval);
    let mut rows = vec![vec!["image".to_owned(), or_not(&dates.dated)]];
    rows.extend(dates.layers.iter().map(|layer| vec![format!("layer {}", layer.layer), or_not(&layer.dated)]));
    let mut text = table(&rows);
    let left = dates.dated.iter().flat_map(|dated| &dated.left);
    text.extend(left.map(|left| format!("not in them: {} {} {}\n", left.name, left.version, left.architecture)));
    text.extend(dates.false_labels.iter().map(|finding| format!("{}\n", finding.message)));
    text
}

fn attested(attestations: &Attestations) -> String {
    let mut text = String::new();
    for attestation in &attestations.attestations {
        text.push_str(&format!("{}\n", attestation.predicate_type));
    }
    text.push_str(&format!(
        "{} packages of sha256:{}, signed by {}\n",
        attestations.packages, attestations.digest, attestations.key
    ));
    text.extend(attestations.attached.iter().map(|digest| format!("attached as sha256:{digest}\n")));
    text
}

fn decided(decision: &Decision) -> String {
    let mut text = match decision.accepted {
        true => "accepted\n".to_owned(),
        false => "refused\n".to_owned(),
    };
    for refusal in &decision.refusals {
        text.push_str(&format!("{}: {}\n", refusal.rule, refusal.message));
    }
    if decision.more > 0 {
        text.push_str(&format!("and {} more\n", decision.more));
    }
    text
}

fn told(signed: &Signed) -> String {
    let mut text = String::new();
    for signature in &signed.signatures {
        let signers = signature.signers.iter().map(|signer| signer.key.as_str());
        let signers = signers.collect::<Vec<&str>>().join(", ");
        text.push_str(&format!("{} {} by {signers}\n", signature.kind, signature.claim));
    }
    text.extend(signed.refused.iter().map(|why| format!("does not count: {why}\n")));
    if signed.signatures.is_empty() {
        text.push_str("no signature holds\n");
    }
    text
}
