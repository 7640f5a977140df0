//! What `local` says when it is ready.

use std::fmt::Write;
use std::path::Path;

use secrecy::ExposeSecret;

use crate::world::{Secrets, World, WorldOptions};

/// What is where, and what to try first. Secrets only where everybody knows them.
#[must_use]
pub fn banner(world: &World, options: &WorldOptions) -> String {
    let (public, admin) = (world.public_url(), world.admin_url());
    let storage = match &options.data {
        Some(directory) => format!("durable in {}", directory.display()),
        None => "in memory, gone when this ends (--data DIR keeps it)".to_owned(),
    };
    let whatsapp = match &options.graph_url {
        Some(url) => format!("real, {url}"),
        None => format!("simulated, {admin}/sim"),
    };
    let console = world.origin();
    let phone = match world.is_for_newcomers() {
        true => format!("  phone     {console}/phone   a simulated customer, beside the console\n"),
        false => String::new(),
    };
    let queue = world.queue_url("SendQueue").unwrap_or_default();
    let mut text = format!(
        "\nVentana is ready.\n\n  \
         console   {console}\n{phone}  \
         public    {public}\n    webhook   {public}/webhook\n    API       {public}/v1\n  \
         private   {admin}\n    AWS       DynamoDB, SQS, S3, Secrets Manager at {admin}\n    send      {queue}\n  \
         WhatsApp  {whatsapp}\n  \
         data      {storage}\n"
    );
    if options.graph_url.is_none() {
        text.push('\n');
        write_defaults(&mut text, &options.secrets);
    }
    for binary in &world.missing_functions {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(text, "  not built: {binary}");
    }
    text.push_str("\nTry:\n");
    if world.sim.is_some() {
        let _ = writeln!(
            text,
            "  curl {admin}/sim/people/amara/messages -d '{{\"text\":\"Is the kettle back?\"}}'"
        );
    }
    if world.is_for_newcomers() {
        let _ = writeln!(text, "  TOKEN=$(curl -s '{public}/dev/token?role=admin' | cut -d '\"' -f 4)");
    } else {
        // Without a directory there is nobody who could sign in, and nothing that would be kept.
        let directory = options.data.as_deref().unwrap_or(Path::new("DIR")).display();
        let _ = writeln!(text, "  local users add you@example.org --role admin --data {directory}");
        let _ = writeln!(
            text,
            "  TOKEN=$(curl -s {public}/auth/token -H 'content-type: application/json' \\\n    \
             -d '{{\"username\":\"you@example.org\",\"password\":\"…\"}}' | cut -d '\"' -f 4)"
        );
    }
    let _ = write!(
        text,
        "  curl -H \"authorization: Bearer $TOKEN\" {public}/v1/conversations\n\nCtrl-C stops it.\n"
    );
    text
}

/// The secrets that the simulator brings; one that was chosen is never shown.
fn write_defaults(text: &mut String, secrets: &Secrets) {
    let all = [
        ("META_APP_SECRET", &secrets.app_secret, Secrets::APP_SECRET),
        ("META_VERIFY_TOKEN", &secrets.verify_token, Secrets::VERIFY_TOKEN),
        ("META_ACCESS_TOKEN", &secrets.access_token, Secrets::ACCESS_TOKEN),
    ];
    for (name, secret, known) in all {
        let shown = if secret.expose_secret() == known { known } else { "(yours)" };
        // As above.
        let _ = writeln!(text, "  {name:<17} {shown}");
    }
}
