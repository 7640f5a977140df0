//! Managing templates: what is asked of Meta about them, once per call and never again by itself.
//!
//! See [Cloud API/Template management], read 2026-11.

use cloud_api::manage::template::{
    CreateTemplate, CreatedTemplate, EditTemplate, TEMPLATE_FIELDS, TEMPLATES_A_PAGE, TemplateDone,
    TemplateNode, TemplatesPage,
};
use cloud_api::{TemplateId, WabaId};
use secrecy::{ExposeSecret, SecretString};

use crate::manage::read;
use crate::{Graph, Managed};

/// The most pages that one list is asked for: a WABA has at most 6,000 templates, and Meta takes some hundreds of calls an
/// hour.
const PAGES: usize = 100;

/// A list of templates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedTemplates {
    /// Those that could be read.
    pub nodes: Vec<TemplateNode>,
    /// How many could not.
    pub unreadable: usize,
}

impl Graph {
    /// Reads a WABA's templates, over all pages; with a name, those of that name.
    pub async fn templates_of(
        &self,
        token: &SecretString,
        waba: &WabaId,
        name: Option<&str>,
    ) -> Managed<ListedTemplates> {
        let (mut list, mut after) = (ListedTemplates::default(), None::<String>);
        let limit = TEMPLATES_A_PAGE.to_string();
        for _ in 0..PAGES {
            let mut query = vec![("fields", TEMPLATE_FIELDS), ("limit", limit.as_str())];
            query.extend(name.map(|name| ("name", name)));
            query.extend(after.as_deref().map(|after| ("after", after)));
            let path = format!("{waba}/message_templates");
            let page: TemplatesPage = match self.get(token, "templates", &path, &query).await {
                Managed::Done(page) => page,
                other => return other.then(|_| None),
            };
            let next = page.next().map(str::to_owned);
            list.unreadable += page.unreadable.len();
            list.nodes.extend(page.data);
            match next {
                Some(next) => after = Some(next),
                None => return Managed::Done(list),
            }
        }
        Managed::Unknown { why: "more pages than any WABA has".to_owned() }
    }

    /// Asks for a new template. Meta reviews it, and takes one of a name and language.
    pub async fn create_template(
        &self,
        token: &SecretString,
        waba: &WabaId,
        template: &CreateTemplate,
    ) -> Managed<CreatedTemplate> {
        let request = self.http.post(self.url(&format!("{waba}/message_templates")));
        let request = request.bearer_auth(token.expose_secret()).json(template);
        self.ask("create_template", request).await.then(|body| read(&body))
    }

    /// Asks for a change of a template. Meta reviews it again.
    pub async fn edit_template(
        &self,
        token: &SecretString,
        template: &TemplateId,
        edit: &EditTemplate,
    ) -> Managed<()> {
        let request = self.http.post(self.url(template.as_str()));
        let request = request.bearer_auth(token.expose_secret()).json(edit);
        self.ask("edit_template", request).await.then(|body| done(&body))
    }

    /// Deletes one language of a template.
    pub async fn delete_template(
        &self,
        token: &SecretString,
        waba: &WabaId,
        (template, name): (&TemplateId, &str),
    ) -> Managed<()> {
        let request = self.http.delete(self.url(&format!("{waba}/message_templates")));
        let query = [("hsm_id", template.as_str()), ("name", name)];
        let request = request.bearer_auth(token.expose_secret()).query(&query);
        self.ask("delete_template", request).await.then(|body| done(&body))
    }
}

fn done(body: &[u8]) -> Option<()> {
    read::<TemplateDone>(body).filter(|done| done.success).map(drop)
}
