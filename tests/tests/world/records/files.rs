use super::*;

const FILE: &str = "Teléfono;Nombre;Correo;Ciudad;Etiquetas;Acepta\n\
    987 654 321;Ana Núñez;ana@example.org;Lima;vip;sí\n\
    +49 151 12345678;\"Bob; the first\";;;new;no\n\
    12;Cid;;Lima;;\n\
    987654322;Dan;dan;Quito;;\n\
    0987654321;;;Cusco;;\n\
    ;Eva;;;;\n";

fn plan(extra: Value) -> Value {
    let mut plan = json!({
        "columns": {"Teléfono": "phone", "Nombre": "name", "Correo": "email", "Ciudad": "field.city",
            "Etiquetas": "labels", "Acepta": "consent.marketing"},
        "kind": "contact", "calling_code": "51", "labels": ["fair-2026"],
        "consent": {"wording": "I want offers by WhatsApp", "given_at": "2026-11-20T10:00:00Z"}
    });
    plan.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    plan
}

/// Uploads and starts; gives the finished import.
async fn import(stage: &Stage, plan: Value, file: &[u8]) -> Value {
    let begun = post(stage, "/v1/imports", plan).await;
    let upload = begun["upload"].as_str().unwrap();
    let client = graph::client().no_proxy().build().unwrap();
    let put = client.put(upload).body(file.to_vec()).send().await.unwrap();
    assert!(put.status().is_success(), "{}", put.status());
    let path = format!("/v1/imports/{}", id(&begun));
    ask(stage, Method::POST, &format!("{path}/start"), Value::Null, StatusCode::ACCEPTED).await;
    stage.settle().await;
    stage.read(&path).await
}

async fn download(links: &Value) -> String {
    let client = graph::client().no_proxy().build().unwrap();
    let mut all = String::new();
    for link in links.as_array().unwrap() {
        all.push_str(&client.get(link.as_str().unwrap()).send().await.unwrap().text().await.unwrap());
    }
    all
}

fn counts(import: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "refused"].map(|name| import[name].as_i64().unwrap())
}

#[tokio::test]
async fn a_file_becomes_records_and_a_second_time_changes_nothing() {
    let stage = Stage::start().await;
    fields(&stage).await;
    let list = post(&stage, "/v1/lists", json!({"name": "Fair"})).await;
    let first = import(&stage, plan(json!({"list": list["id"]})), FILE.as_bytes()).await;
    assert_eq!(first["state"], "finished", "{first:#}");
    assert_eq!((first["lines"].as_i64(), counts(&first)), (Some(6), [3, 1, 0, 2]), "{first:#}");
    let report = download(&first["files"]).await;
    let refused: Vec<_> = report.lines().filter(|line| line.contains("refused")).collect();
    assert_eq!(
        refused,
        [
            "4,refused,,phone,\"must be a phone with its calling code, 7 to 15 digits\"",
            "5,refused,,email,must be an e-mail address",
            "5,refused,,field.city,\"must be one of Lima, Cusco\"",
        ],
        "{report}"
    );
    let ana = stage.all("/v1/contacts?q=nunez").await.remove(0);
    assert_eq!((&ana["phone"], &ana["fields"]["city"]), (&json!("51987654321"), &json!("Cusco")));
    assert_eq!((&ana["labels"], &ana["source"]["kind"]), (&json!(["fair-2026", "vip"]), &json!("import")));
    let consent = stage.read(&format!("/v1/contacts/{}/consent", id(&ana))).await;
    assert!(consent.to_string().contains("I want offers by WhatsApp"), "{consent:#}");
    assert_eq!(stage.all(&format!("/v1/lists/{}/members", list["id"].as_str().unwrap())).await.len(), 3);
    // The same file again is known by its content.
    let again = import(&stage, plan(json!({"list": list["id"]})), FILE.as_bytes()).await;
    assert_eq!((&again["state"], counts(&again)), (&json!("finished"), [0, 0, 0, 0]));
    assert!(again["reason"].as_str().unwrap().contains(first["id"].as_str().unwrap()));
    // A line more is another file: what is known already changes nothing.
    let longer = format!("{FILE}987654399;Fay;;;;\n");
    let longer = import(&stage, plan(json!({})), longer.as_bytes()).await;
    let [created, updated, unchanged, refused] = counts(&longer);
    // Eva has neither phone nor address: nobody can tell that she is the same.
    assert_eq!((created, refused), (2, 2), "{longer:#}");
    assert_eq!(updated + unchanged, 3);
}

#[tokio::test]
async fn a_dry_run_says_what_would_become_of_each_line_and_writes_nothing() {
    let stage = Stage::start().await;
    fields(&stage).await;
    let dry = import(&stage, plan(json!({"dry_run": true})), FILE.as_bytes()).await;
    assert_eq!((&dry["state"], &dry["dry_run"]), (&json!("finished"), &json!(true)));
    let report = download(&dry["files"]).await;
    assert!(report.starts_with("line,outcome,contact,column,problem\n2,created,"), "{report}");
    assert!(stage.all("/v1/contacts").await.is_empty());
    // Trying it out does not count as having imported it.
    let real = import(&stage, plan(json!({})), FILE.as_bytes()).await;
    assert_eq!(counts(&real), [3, 1, 0, 2]);
}

#[tokio::test]
async fn a_file_that_cannot_be_imported_says_why() {
    let stage = Stage::start().await;
    fields(&stage).await;
    let failed = import(&stage, plan(json!({})), b"Phone,Name\n1,2\n").await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["reason"].as_str().unwrap().contains("has no column Acepta"), "{failed:#}");
    let begun = post(&stage, "/v1/imports", plan(json!({}))).await;
    let path = format!("/v1/imports/{}", id(&begun));
    ask(&stage, Method::POST, &format!("{path}/start"), Value::Null, StatusCode::ACCEPTED).await;
    stage.settle().await;
    assert_eq!(stage.read(&path).await["reason"], "the file is not there");
    for (extra, field) in [
        (json!({"columns": {}}), "columns"),
        (json!({"columns": {"A": "field.size"}}), "columns.A"),
        (json!({"columns": {"A": "phone", "B": "phone"}}), "columns.B"),
        (json!({"columns": {"A": "labels"}}), "columns"),
        (json!({"kind": "friend"}), "kind"),
        (json!({"calling_code": "+51"}), "calling_code"),
        (json!({"labels": ["a b"]}), "labels"),
        (json!({"list": "none"}), "list"),
        (json!({"consent": null}), "consent"),
        (json!({"consent": {"wording": "", "given_at": "2026-11-20T10:00:00Z"}}), "consent.wording"),
        (json!({"consent": {"wording": "x", "given_at": "2027-11-20T10:00:00Z"}}), "consent.given_at"),
        (json!({"consent": {"wording": "x", "given_at": "soon"}}), "consent.given_at"),
        (json!({"dry_run": "yes"}), "dry_run"),
        (json!({"colums": {}}), "colums"),
    ] {
        let refused =
            ask(&stage, Method::POST, "/v1/imports", plan(extra.clone()), StatusCode::BAD_REQUEST).await;
        assert_eq!(refused["field"], field, "{extra}: {refused}");
    }
}

#[tokio::test]
async fn an_import_goes_on_where_it_was_killed_and_makes_nobody_twice() {
    use tests::{Faults, Moment};
    let mut file = "Teléfono;Nombre;Correo;Ciudad;Etiquetas;Acepta\n".to_owned();
    for n in 0..30 {
        file.push_str(&format!("98765{n:04};Person {n};;;;\n"));
    }
    for n in [1, 3, 9, 20, 40, 61, 75] {
        let faults = Faults::default();
        let stage = Stage::faulty(faults.clone()).await;
        fields(&stage).await;
        let begun = post(&stage, "/v1/imports", plan(json!({}))).await;
        let client = graph::client().no_proxy().build().unwrap();
        client.put(begun["upload"].as_str().unwrap()).body(file.clone()).send().await.unwrap();
        faults.kill("jobs", n, Moment::After);
        let path = format!("/v1/imports/{}", id(&begun));
        ask(&stage, Method::POST, &format!("{path}/start"), Value::Null, StatusCode::ACCEPTED).await;
        stage.settle().await;
        stage.pass(3_600).await;
        let done = stage.read(&path).await;
        assert_eq!(done["state"], "finished", "killed at {n}: {done:#}");
        assert_eq!(counts(&done), [30, 0, 0, 0], "killed at {n}");
        assert_eq!(stage.all("/v1/contacts").await.len(), 30, "killed at {n}");
    }
}

#[tokio::test]
async fn contacts_are_written_into_files_without_formulas() {
    let stage = Stage::start().await;
    fields(&stage).await;
    for (name, kind) in [("=cmd|' /C calc'!A0", "lead"), ("Bob", "vendor")] {
        let fields = json!({"city": "Lima"});
        post(&stage, "/v1/contacts", json!({"kind": kind, "name": name, "fields": fields})).await;
    }
    stage.settle().await;
    let asked = ask(
        &stage,
        Method::POST,
        "/v1/contact-exports",
        json!({"filter": "kind:lead"}),
        StatusCode::ACCEPTED,
    )
    .await;
    stage.settle().await;
    let done = stage.read(&format!("/v1/contact-exports/{}", id(&asked))).await;
    assert_eq!((&done["state"], &done["lines"]), (&json!("finished"), &json!(1)));
    let file = download(&done["files"]).await;
    assert!(file.starts_with("id,kind,name,") && file.contains("field.city"), "{file}");
    assert!(file.contains("'=cmd|") && file.contains(",Lima") && !file.contains("Bob"), "{file}");
    // By a name: the entries of names are read in their order.
    let asked = json!({"filter": "name:bob"});
    let asked = ask(&stage, Method::POST, "/v1/contact-exports", asked, StatusCode::ACCEPTED).await;
    stage.settle().await;
    let done = stage.read(&format!("/v1/contact-exports/{}", id(&asked))).await;
    assert_eq!((&done["state"], &done["lines"]), (&json!("finished"), &json!(1)), "{done:#}");
    assert!(download(&done["files"]).await.contains("Bob"));
}

const NAMES: &str = "Teléfono;Nombre;Correo;Ciudad;Etiquetas;Acepta\n";

#[tokio::test]
async fn a_line_with_another_form_of_a_phone_on_record_changes_that_record_and_makes_no_second_one() {
    let stage = Stage::start().await;
    fields(&stage).await;
    for (seen, other, third) in [
        ("553187650021", "5531987650021", "553187650021"),
        ("5215587650022", "525587650022", "5215587650022"),
        ("5491187650023", "541187650023", "54111587650023"),
    ] {
        let lia = stage.person("Lia Moss", seen, json!({}));
        stage.writes(&lia, "Hello");
        stage.settle().await;
        let before = stage.all("/v1/contacts").await.len();
        // The form twice in one file, too: the second line changes what the first one wrote.
        let file = format!("{NAMES}+{other};Lia M. {seen};;Lima;;\n+{third};;;Cusco;;\n");
        let done = import(&stage, plan(json!({})), file.as_bytes()).await;
        assert_eq!((counts(&done), &done["state"]), ([0, 2, 0, 0], &json!("finished")), "{done:#}");
        let contacts = stage.all("/v1/contacts").await;
        assert_eq!(contacts.len(), before, "{other}");
        let record = contacts.iter().find(|contact| contact["phone"] == seen).unwrap();
        assert_eq!(
            (&record["given_name"], &record["fields"]["city"]),
            (&json!(format!("Lia M. {seen}")), &json!("Cusco"))
        );
    }
    // Nor does a number that two lines of one file write in two ways make two.
    let before = stage.all("/v1/contacts").await.len();
    let file = format!("{NAMES}+5531987650029;Eva;;;;\n+553187650029;Eva Fern;;;;\n");
    let done = import(&stage, plan(json!({})), file.as_bytes()).await;
    assert_eq!(counts(&done), [1, 1, 0, 0], "{done:#}");
    assert_eq!(stage.all("/v1/contacts").await.len(), before + 1);
    // By hand, the number is on record in whatever form.
    let record = json!({"kind": "lead", "name": "Eva", "phone": "+553187650029"});
    let taken = ask(&stage, Method::POST, "/v1/contacts", record, StatusCode::CONFLICT).await;
    assert!(taken["contact"].is_string(), "{taken:#}");
}

#[tokio::test]
async fn a_line_about_a_record_that_was_merged_changes_the_one_that_people_see() {
    let stage = Stage::start().await;
    fields(&stage).await;
    let mut ids = Vec::new();
    for phone in ["+15550109941", "+15550109942"] {
        ids.push(id(
            &post(&stage, "/v1/contacts", json!({"kind": "lead", "name": "Ana", "phone": phone})).await
        ));
    }
    let into = json!({"into": ids[0]});
    ask(&stage, Method::POST, &format!("/v1/contacts/{}/merge", ids[1]), into, StatusCode::OK).await;
    let file = format!("{NAMES}+15550109942;Ana Núñez;;Lima;;\n");
    let done = import(&stage, plan(json!({})), file.as_bytes()).await;
    assert_eq!(counts(&done), [0, 1, 0, 0], "{done:#}");
    assert_eq!(stage.read(&format!("/v1/contacts/{}", ids[0])).await["given_name"], "Ana Núñez");
}

#[tokio::test]
async fn a_line_does_not_bring_back_who_was_erased_unless_it_says_that_they_agreed_since() {
    let stage = Stage::start().await;
    fields(&stage).await;
    let record =
        json!({"kind": "lead", "name": "Lia", "phone": "+5531987650031", "email": "lia@example.org"});
    let lia = id(&post(&stage, "/v1/contacts", record).await);
    let why = json!({"reason": "asked by letter"});
    ask(&stage, Method::POST, &format!("/v1/contacts/{lia}/erase"), why, StatusCode::ACCEPTED).await;
    stage.pass(300).await;
    let file = format!("{NAMES}+553187650031;Lia;;;;\n;Lia;Lia@example.org;;;\n+5531987650031;Lia;;;;sí\n");
    let done = import(&stage, plan(json!({})), file.as_bytes()).await;
    assert_eq!(counts(&done), [0, 0, 0, 3], "they agreed before: {done:#}");
    let report = download(&done["files"]).await;
    assert!(report.contains("2,refused,,phone,is of somebody who was erased"), "{report}");
    assert!(report.contains("3,refused,,email,is of somebody who was erased"), "{report}");
    assert!(stage.all("/v1/contacts").await.is_empty());
    stage.pass(60).await;
    let since = json!({"consent": {"wording": "I want offers", "given_at": stage.now().to_string()}});
    let done = import(&stage, plan(since), file.as_bytes()).await;
    assert_eq!(counts(&done), [1, 0, 0, 2], "{done:#}");
}
