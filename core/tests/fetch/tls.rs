//! https: who is believed.

use std::path::Path;
use std::process::Command;

use reposnap::Kind;
use reposnap::source::fetch::{FetchOptions, Fetched, Trust};

use super::nginx::Nginx;
use super::server::{Server, ok};
use super::{body, get, options};

/// Runs openssl in `folder`, as if today were `when`.
fn openssl(folder: &Path, when: Option<&str>, arguments: &str) {
    let mut command = match when {
        Some(when) => {
            let mut command = Command::new("faketime");
            command.args([when, "openssl"]);
            command
        }
        None => Command::new("openssl"),
    };
    let output =
        command.args(arguments.split(' ')).current_dir(folder).output().expect("openssl and faketime are needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// nginx with a certificate for `name`, made `when`, by a certificate authority of its own: `ca.pem` in its folder.
fn server(name: &str, when: Option<&str>, config: &str) -> Nginx {
    let config = format!("ssl_certificate FOLDER/tls.pem; ssl_certificate_key FOLDER/tls.key; {config}");
    let nginx = Nginx::start("ssl", &config, |folder| {
        std::fs::write(folder.join("extensions"), format!("subjectAltName={name}")).unwrap();
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        let ca = format!("req -x509 {key} -keyout ca.key -out ca.pem -days 7300 -subj /CN=CA");
        openssl(folder, Some("2020-01-01 00:00:00"), &ca);
        openssl(folder, None, &format!("req {key} -keyout tls.key -out tls.csr -subj /CN=x"));
        let sign =
            "x509 -req -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tls.pem -days 30 -extfile extensions";
        openssl(folder, when, sign);
    });
    nginx.write("x", b"secret");
    nginx
}

fn trusting(nginx: &Nginx) -> FetchOptions {
    let mut options = options();
    options.trust = Trust::Only(nginx.folder.path().join("ca.pem"));
    options
}

fn url(nginx: &Nginx) -> String {
    format!("https://127.0.0.1:{}/x", nginx.port)
}

#[test]
fn a_trusted_server_is_believed_and_others_are_not() {
    let nginx = server("IP:127.0.0.1", None, "");
    assert_eq!(body(trusting(&nginx), &url(&nginx)).unwrap(), b"secret");
    let mut both = options();
    both.trust = Trust::SystemAnd(nginx.folder.path().join("ca.pem"));
    assert_eq!(body(both, &url(&nginx)).unwrap(), b"secret");
    // Nobody of the system's authorities has signed it.
    let error = get(options(), &url(&nginx)).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("tls-certificate")));
    // The same server by a name that its certificate does not have.
    let error = get(trusting(&nginx), &format!("https://localhost:{}/x", nginx.port)).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("tls-certificate")));
    assert!(error.message().contains("localhost"), "{error}");
}

#[test]
fn expired_and_future_certificates_are_refused() {
    for (when, what) in [("2021-01-01 00:00:00", "expired"), ("2037-01-01 00:00:00", "not valid yet")] {
        let nginx = server("IP:127.0.0.1", Some(when), "");
        let error = get(trusting(&nginx), &url(&nginx)).unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("tls-certificate")));
        assert!(error.message().contains(what), "{error}");
    }
}

#[test]
fn https_is_not_left_for_http() {
    let open = Server::fixed(ok("", b"open"));
    let nginx = server("IP:127.0.0.1", None, &format!("return 302 http://127.0.0.1:{}/;", open.port));
    let error = get(trusting(&nginx), &url(&nginx)).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("redirect-downgrade")));
    assert_eq!(open.count(), 0);
}

#[test]
fn http_may_lead_to_https() {
    let nginx = server("IP:127.0.0.1", None, "");
    let target = url(&nginx);
    let open = Server::fixed(super::server::answer("301 Moved", &format!("Location: {target}\r\n"), b""));
    let Fetched::Body(found) = get(trusting(&nginx), &open.url("/")).unwrap() else { panic!("a body") };
    assert_eq!((found.bytes.as_ref(), found.final_url.as_str()), (b"secret".as_slice(), target.as_str()));
}

#[test]
fn a_server_that_speaks_no_tls() {
    let open = Server::fixed("HTTP/1.0 400 Bad Request\r\n\r\n");
    let mut once = options();
    once.retries = 0;
    let error = get(once, &format!("https://127.0.0.1:{}/", open.port)).unwrap_err();
    assert_eq!(error.kind(), Kind::Network);
}

#[test]
fn a_trust_file_without_certificates_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options();
    for (name, content, kind) in [("missing", None, Kind::NotFound), ("empty", Some("not PEM"), Kind::Malformed)] {
        let path = folder.path().join(name);
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        for trust in [Trust::Only(path.clone()), Trust::SystemAnd(path.clone())] {
            options.trust = trust;
            assert_eq!(get(options.clone(), "https://127.0.0.1:1/").unwrap_err().kind(), kind);
        }
    }
}
