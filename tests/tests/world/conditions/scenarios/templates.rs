//! Scenarios of templates: what Meta says of them at once.

use cloud_api::WabaId;
use cloud_api::language::Language;
use cloud_api::manage::template::{TemplateNode, TemplateState};
use cloud_api::webhook::event::templates::{QualityScore, TemplateCategoryName};
use domain::template::{Telling, Told};
use futures::future::join_all;
use serde_json::json;
use store::{Heard, TemplateKey};
use tests::Stage;

pub(crate) async fn news_at_once_are_all_heard(stage: &Stage) {
    let (store, waba) = (stage.store(), WabaId::new("7"));
    let node = json!({ "id": "70", "name": "offer", "language": "en_US", "status": "PENDING", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "Tea" }] });
    let node: TemplateNode = serde_json::from_value(node).unwrap();
    store.record_template(&waba, &node, stage.now(), stage.now()).await.unwrap();
    let news = [
        Telling::State(TemplateState::Approved, None),
        Telling::Quality(QualityScore::Red),
        Telling::Category(TemplateCategoryName::Marketing),
        Telling::NextCategory(TemplateCategoryName::Utility, None),
        Telling::Ttl(Some(60)),
    ];
    let told = news.into_iter().map(|news| {
        let (store, waba, at) = (store.clone(), waba.clone(), stage.now());
        let told = Told {
            template: "70".into(),
            name: Some("offer".to_owned()),
            language: Some(Language::new("en_US")),
            tellings: vec![news],
            read_again: false,
        };
        tokio::spawn(async move { store.hear_of_template(&waba, &told, at, at).await })
    });
    for heard in join_all(told).await {
        assert!(matches!(heard.unwrap().unwrap(), Heard::Folded(changes) if changes.len() == 1));
    }
    let key = TemplateKey { waba, name: "offer".to_owned(), language: Language::new("en_US") };
    let mirror = store.template(&key).await.unwrap().unwrap().mirror.unwrap();
    assert_eq!(mirror.state, TemplateState::Approved);
    assert_eq!((mirror.quality, mirror.ttl_seconds), (Some(QualityScore::Red), Some(60)));
    assert_eq!(mirror.content.category, Some(TemplateCategoryName::Marketing));
    assert!(mirror.next_category.is_some());
}
