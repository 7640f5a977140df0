//! Who may ask for reports, for which days, and in which form.

use super::*;

const DAYS: &str = "from=2026-11-23&to=2026-11-23";

#[tokio::test]
async fn reports_are_for_supervisors_and_admins() {
    let stage = Stage::start().await;
    for (role, expected) in [(Role::Agent, 403), (Role::Supervisor, 200), (Role::Admin, 200)] {
        for path in [format!("/v1/reports?{DAYS}"), format!("/v1/reports/days.csv?{DAYS}")] {
            let (status, body) = asks(&stage, ("eva", role), Method::GET, &path, None).await;
            assert_eq!(status.as_u16(), expected, "{path}: {body}");
        }
    }
}

#[tokio::test]
async fn a_company_without_anything_has_a_report_of_nothing() {
    let stage = Stage::start().await;
    let told = report(&stage, DAYS).await;
    assert_eq!(
        told["totals"]["first_response"],
        json!({ "count": 0, "median_seconds": null, "p90_seconds": null, "on_time": 0 })
    );
    assert_eq!(told["totals"]["cost"], json!([]));
    assert_eq!(told["backlog"]["open"], 0);
    assert_eq!(
        (&told["agents"], &told["campaigns"], &told["target_seconds"]),
        (&json!([]), &json!([]), &json!(600))
    );
    assert_eq!(told["days"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn days_that_are_none_are_refused_by_name() {
    let stage = Stage::start().await;
    for (query, field) in [
        ("to=2026-11-23", "from"),
        ("from=2026-11-23", "to"),
        ("from=23.11.2026&to=2026-11-23", "from"),
        ("from=2026-11-23&to=2026-11-31", "to"),
        ("from=2026-11-23&to=2026-11-22", "to"),
        ("from=2025-11-23&to=2026-11-24", "to"),
        ("from=2026-11-23&to=2026-11-23&zone=Mars/Base", "zone"),
        ("from=2026-11-23&to=2026-11-23&number=12", "number"),
        ("from=2026-11-23&to=2026-11-23&currency=dollars", "currency"),
        ("from=2026-11-23&to=2026-11-23&agent=ana", "agent"),
    ] {
        let (status, body) = stage.api(Method::GET, &format!("/v1/reports?{query}"), None).await;
        assert_eq!((status.as_u16(), &body["field"]), (400, &json!(field)), "{query}: {body}");
    }
    let (status, _) = stage.api(Method::GET, "/v1/reports?from=2025-11-24&to=2026-11-24", None).await;
    assert_eq!(status, StatusCode::OK, "366 days are possible");
    for part in ["people.csv", "days", "days.xlsx"] {
        let (status, body) = stage.api(Method::GET, &format!("/v1/reports/{part}?{DAYS}"), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{part}: {body}");
    }
}

#[tokio::test]
async fn each_part_is_a_file_that_a_spreadsheet_reads() {
    let stage = Stage::start().await;
    hired(&stage, "ana", "=Ana, the first").await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104401").await;
    stage.pass(60).await;
    answers(&stage, "ana", &id).await;
    stage.pass(A_PASS).await;
    for part in ["days", "hours", "agents", "departments", "numbers", "costs", "campaigns"] {
        let text = String::from_utf8(stage.bytes(&format!("/v1/reports/{part}.csv?{DAYS}")).await).unwrap();
        let mut lines = text.split_terminator("\r\n");
        let columns = lines.next().unwrap().split(',').count();
        for line in lines.filter(|line| !line.contains('"')) {
            assert_eq!(line.split(',').count(), columns, "{part}: {text}");
        }
    }
    let agents = String::from_utf8(stage.bytes(&format!("/v1/reports/agents.csv?{DAYS}")).await).unwrap();
    assert!(agents.contains("ana,\"'=Ana, the first\",,1,1,"), "{agents}");
    let days = String::from_utf8(stage.bytes(&format!("/v1/reports/days.csv?{DAYS}")).await).unwrap();
    assert!(days.contains("\r\n2026-11-23,1,1,1,0,0,0,0,0,0,1,"), "{days}");
}
