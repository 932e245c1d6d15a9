//! `Signed-By`: approvals by keys of gpg, through its agent and from files, and what gpgv says of them.

use std::path::Path;
use std::process::{Command, Output};

use reposnap::environment::gate::{Statement, approval, statement};
use reposnap::openpgp::GpgAgent;

use super::*;

/// GnuPG's home below a short path, for its sockets.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::Builder::new().prefix("g").tempdir_in("/tmp").unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn gpg(&self, arguments: &[&str]) -> Vec<u8> {
        let fixed = ["--batch", "--pinentry-mode", "loopback", "--passphrase", ""];
        let output =
            Command::new("gpg").arg("--homedir").arg(self.path()).args(fixed).args(arguments).output().unwrap();
        assert!(output.status.success(), "gpg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn key(&self, user: &str, arguments: &[&str]) -> String {
        let before: &[&str] = arguments;
        let made =
            self.gpg(&[before, &["--status-fd", "1", "--quick-gen-key", user, "ed25519", "sign", "1y"]].concat());
        let made = String::from_utf8(made).unwrap();
        let line = made.lines().find_map(|line| line.strip_prefix("[GNUPG:] KEY_CREATED ")).unwrap();
        line.split(' ').nth(1).unwrap().to_owned()
    }

    fn gpgv(&self, keyring: &Path, message: &str) -> Output {
        let file = self.path().join("message.asc");
        std::fs::write(&file, message).unwrap();
        let mut command = Command::new("gpgv");
        command.arg("--homedir").arg(self.path()).arg("--keyring").arg(keyring).args(["--output", "-"]).arg(file);
        command.output().unwrap()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").arg("--homedir").arg(self.path()).args(["--kill", "all"]).output();
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

async fn judged(stable: &Environment, snapshot: Digest, given: Vec<Given>) -> Judgement {
    judge(stable, Proposal::new(Change::promoted(snapshot, "x"), snapshot).evidence(given), None).await.unwrap()
}

#[tokio::test]
async fn gpg_approves_and_gpgv_agrees() {
    let home = Home::new();
    let qa = home.key("QA <qa@example.org>", &[]);
    let boss = home.key("Boss <boss@example.org>", &[]);
    let stranger = home.key("Stranger", &[]);
    let (qa_file, boss_file) = (home.path().join("qa.gpg"), home.path().join("boss.asc"));
    std::fs::write(&qa_file, home.gpg(&["--export", &qa])).unwrap();
    std::fs::write(&boss_file, home.gpg(&["--armor", "--export", &boss])).unwrap();
    let policy_file = home.path().join("policies");
    let text = "# who has a say\nEnvironment: stable\nSigned-By: qa.gpg boss.asc\nApprovals: 2\nMaximum-Age: 7d\n\nEnvironment: testing\n";
    std::fs::write(&policy_file, text).unwrap();
    let policy = Policy::read(&policy_file, "stable").unwrap();
    assert_eq!(Policy::read(&policy_file, "testing").unwrap().text(), "Environment: testing\n");
    assert_eq!(Policy::read(&policy_file, "other").unwrap_err().kind(), reposnap::Kind::NotFound);

    let (store, [one, two, three, _]) = store().await;
    let stable = environment(&store, "stable", one).await;
    let other = environment(&store, "other", one).await;
    stable.set_policy(Some(&policy), None, &note(0)).await.unwrap().unwrap();
    assert_eq!(missing(&judged(&stable, two, Vec::new()).await), ["gate-approval"]);

    // QA signs through the agent, and what is signed can be read and verified by anybody.
    let asked = Statement {
        role: Some("qa".into()),
        comment: Some("all green".into()),
        ..statement(&stable, two, now()).await.unwrap()
    };
    let message = asked.sign(&GpgAgent::new(&qa).unwrap().homedir(home.path())).unwrap();
    let verdict = home.gpgv(&qa_file, &message);
    assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stderr));
    assert_eq!(String::from_utf8(verdict.stdout).unwrap(), asked.to_text().unwrap());
    let digest = approval::keep(&store, &message).await.unwrap();
    assert!(store.objects().exists(&format!("approvals/{two}/{digest}")).await.unwrap());
    let half = judged(&stable, two, Vec::new()).await;
    assert!(half.refusal().unwrap().message().contains("1 of 2 approvals"), "{}", half.refusal().unwrap());

    // The same person twice is one; a stranger is none.
    let again =
        statement(&stable, two, now()).await.unwrap().sign(&GpgAgent::new(&qa).unwrap().homedir(home.path())).unwrap();
    let foreign = statement(&stable, two, now())
        .await
        .unwrap()
        .sign(&GpgAgent::new(&stranger).unwrap().homedir(home.path()))
        .unwrap();
    let given = vec![Given::Approval(again.into_bytes()), Given::Approval(foreign.into_bytes())];
    let judgement = judged(&stable, two, given).await;
    let refusal = judgement.refusal().unwrap();
    assert!(refusal.message().contains("1 of 2") && refusal.message().contains("not in the keyring"), "{refusal}");

    // The other signs by a key file, as gpg exports it, and by gpg itself over the statement.
    let exported = home.gpg(&["--armor", "--export-secret-keys", &boss]);
    let file = KeyFile::from_bytes(&exported, None).unwrap();
    let by_file = asked.sign(&file).unwrap();
    assert!(home.gpgv(&boss_file_binary(&home, &boss), &by_file).status.success());
    let plain = home.path().join("statement");
    std::fs::write(&plain, asked.to_text().unwrap()).unwrap();
    let by_gpg = home.gpg(&["--local-user", &boss, "--output", "-", "--clearsign", plain.to_str().unwrap()]);
    for approval in [by_file.clone().into_bytes(), by_gpg] {
        assert!(judged(&stable, two, vec![Given::Approval(approval)]).await.passes());
    }

    // For another snapshot, another environment, or one of that name elsewhere: nothing.
    let (elsewhere, _) = super::store().await;
    let namesake = environment(&elsewhere, "stable", one).await;
    let wrong = [
        (statement(&stable, three, now()).await.unwrap(), "for another snapshot"),
        (statement(&other, two, now()).await.unwrap(), "for another environment"),
        (statement(&namesake, two, now()).await.unwrap(), "in another store"),
        (Statement { date: time(0), ..asked.clone() }, "too old"),
        (Statement { date: now() + jiff::SignedDuration::from_hours(2), ..asked.clone() }, "dated after its signature"),
    ];
    for (statement, word) in wrong {
        let message = statement.sign(&file).unwrap();
        let judgement = judged(&stable, two, vec![Given::Approval(message.into_bytes())]).await;
        let refusal = judgement.refusal().unwrap();
        assert!(refusal.message().contains(word), "{word}: {refusal}");
    }
    // Another text by the right key is no approval, and a changed one is worth nothing.
    let text = file.clearsign(b"I like it\n").unwrap();
    let changed = by_file.replace("all green", "all good!");
    for (message, word) in
        [(text, "this is no approval"), (changed.into_bytes(), "is wrong"), (b"yes".to_vec(), "not a")]
    {
        let judgement = judged(&stable, two, vec![Given::Approval(message)]).await;
        assert!(judgement.refusal().unwrap().message().contains(word), "{word}: {}", judgement.refusal().unwrap());
    }

    let entry = append_now(judged(&stable, two, vec![Given::Approval(by_file.into_bytes())]).await).await;
    let record = entry.body.gate.unwrap();
    let kept = serde_json::to_value(&record.evidence).unwrap();
    let signers: Vec<&str> = kept.as_array().unwrap().iter().map(|one| one["signer"].as_str().unwrap()).collect();
    assert_eq!(signers, [boss.as_str(), qa.as_str()]);
    assert_eq!((&kept[1]["role"], &kept[1]["comment"]), (&"qa".into(), &"all green".into()));
    assert!(holds(&stable).await, "{:?}", told(&stable).await);
}

/// gpgv reads binary keyrings alone.
fn boss_file_binary(home: &Home, boss: &str) -> std::path::PathBuf {
    let file = home.path().join("boss.gpg");
    std::fs::write(&file, home.gpg(&["--export", boss])).unwrap();
    file
}

async fn append_now(judgement: Judgement) -> Entry<Change> {
    judgement.append(&Note::new("ana", "go")).await.unwrap().unwrap()
}

#[tokio::test]
async fn keys_that_expired_approve_nothing_any_more() {
    let home = Home::new();
    let qa = home.key("QA <qa@example.org>", &["--faked-system-time", "20240101T000000"]);
    let file = home.path().join("qa.gpg");
    std::fs::write(&file, home.gpg(&["--export", &qa])).unwrap();
    let policy_file = home.path().join("policy");
    std::fs::write(&policy_file, "Environment: stable\nSigned-By: qa.gpg\n").unwrap();
    let policy = Policy::read(&policy_file, "stable").unwrap();
    let (store, [one, two, ..]) = store().await;
    let stable = environment(&store, "stable", one).await;
    // The log lies in the past here, when the key was good.
    let past: Timestamp = "2024-06-01T00:00:00Z".parse().unwrap();
    let young = Environment::open(&store, "young").unwrap();
    young.create(Change::created(one), &Note::new("ana", "").at(past)).await.unwrap();
    let young_policy = Policy::parse(policy.text().replace("stable", "young").as_bytes()).unwrap();
    young.set_policy(Some(&young_policy), None, &Note::new("ana", "").at(past)).await.unwrap().unwrap();
    stable.set_policy(Some(&policy), None, &note(0)).await.unwrap().unwrap();

    let sign = |statement: Statement| {
        let text = home.path().join("statement");
        std::fs::write(&text, statement.to_text().unwrap()).unwrap();
        home.gpg(&[
            "--faked-system-time",
            "20240601T000000",
            "--yes",
            "--output",
            "-",
            "--clearsign",
            text.to_str().unwrap(),
        ])
    };
    let approval = sign(statement(&stable, two, past).await.unwrap());
    let judgement = judged(&stable, two, vec![Given::Approval(approval)]).await;
    let refusal = judgement.refusal().unwrap();
    assert!(refusal.message().contains("the key expired on 2024-12-31"), "{refusal}");

    // An entry of that time is judged as of that time, for ever.
    let approval = sign(statement(&young, two, past).await.unwrap());
    let proposal = Proposal::new(Change::promoted(two, "x"), two).evidence(vec![Given::Approval(approval)]).at(past);
    append_now(judge(&young, proposal, None).await.unwrap()).await;
    assert!(holds(&young).await, "{:?}", told(&young).await);
}
