//! Opening: database and key in, [`Services`] out.

use std::error::Error as _;
use std::sync::Arc;

use domain::ids::OrganisationId;
use secrecy::SecretString;
use store::Store;
use tokio::sync::Notify;
use usecases::webhooks::{Inbox, Unverified};
use usecases::{
    CapabilityKey, Changes, Ids, LeverAccess, Place, Practice, SealingKey, Services, SystemClock,
    SystemRandom, Vault,
};
use uuid::Uuid;

use crate::config::{DatabaseArguments, KeySource, PublicUrl, Settings, database_url, sqlite_file};
use crate::refusal::Refusal;
use crate::{demo, key_file};

/// The name under which a sealed text shows whether a key is this database's.
const KEY_CHECK: &str = "key_check";

/// What is sealed there.
const KEY_CHECK_TEXT: &str = "fulcrum";

/// Opens what `settings` name and makes the services.
///
/// # Errors
/// A sentence on what stands in the way: the key, the database, or a database
/// of the other kind (practice or real).
pub async fn open(
    settings: &Settings,
    public_url: &PublicUrl,
    practice: Option<Practice>,
) -> Result<Services, Refusal> {
    // Read before the database is touched: a wrong setting leaves no trace.
    let found = find_key(&settings.key)?;
    let store = open_store(&settings.database_url).await?;
    let store = if settings.mail.is_configured() { store.telling() } else { store };
    demo::mark(&store, &settings.database_url, settings.demo.is_some()).await?;
    let key = prove_key(&store, settings, found).await?;
    let transport = lever::Transport::new(settings.timing.lever_deadline).map_err(|error| {
        Refusal::new(
            format!("TLS cannot be set up: {error}."),
            "Look at this machine's certificate authorities.",
        )
    })?;
    // In the demo the address given by the operator is the practice Lever.
    let operator = if practice.is_some() { None } else { settings.lever.clone() };
    let clock = Arc::new(SystemClock);
    let lever = LeverAccess::at_rate(transport, operator, practice, settings.lever_rate)
        .sharing(&store, clock.clone());
    Ok(Services {
        store,
        vault: Vault::new(key.clone()),
        capabilities: CapabilityKey::new(key),
        lever,
        mail: settings.mail.clone(),
        changes: Changes::default(),
        clock,
        ids: Ids::default(),
        random: Arc::new(SystemRandom),
        settings: Arc::new(usecases::Settings {
            public_url: public_url.origin().to_owned(),
            platform: settings.platform.clone(),
            demo: settings.demo.is_some(),
            timing: settings.timing,
        }),
        inbox: Inbox::default(),
        unverified: Unverified::default(),
        wake: Arc::new(Notify::new()),
    })
}

/// Brings the schema of the database up to date.
///
/// # Errors
/// A sentence on why the database cannot be used.
pub async fn migrate(arguments: &DatabaseArguments) -> Result<(), Refusal> {
    let store = open_store(&database_url(arguments)).await?;
    store.close().await;
    eprintln!("fulcrum: the database is up to date.");
    Ok(())
}

/// Opens the database and brings its schema up to date.
///
/// # Errors
/// A sentence on why it cannot be used.
pub async fn open_store(url: &str) -> Result<Store, Refusal> {
    Store::open(url).await.map_err(|error| store_refusal(url, error))
}

/// The key as far as it is there; `None` when the first start is to write it.
///
/// # Errors
/// When it is missing, unreadable or weak.
pub fn find_key(source: &KeySource) -> Result<Option<SealingKey>, Refusal> {
    match source {
        KeySource::Inline(text) => key_file::inline(text).map(Some),
        KeySource::File { path, write_at_first_start } => match key_file::read(path)? {
            None if !write_at_first_start => Err(key_file::missing(path)),
            found => Ok(found),
        },
    }
}

/// Holds the key against the text that the first start sealed with it, so that
/// a lost or exchanged key is told now and not at the first secret. The first
/// start writes the key, where it may, and seals the text.
async fn prove_key(
    store: &Store,
    settings: &Settings,
    found: Option<SealingKey>,
) -> Result<SealingKey, Refusal> {
    let refused = |error| store_refusal(&settings.database_url, error);
    let mut tx = store.begin().await.map_err(refused)?;
    let sealed = store::meta::get(&mut tx, KEY_CHECK).await.map_err(refused)?;
    let key = match (found, &settings.key, &sealed) {
        (Some(key), ..) => key,
        (None, KeySource::File { path, .. }, None) => key_file::write_new(path, &SystemRandom)?,
        (None, KeySource::File { path, .. }, Some(_)) => return Err(key_file::missing(path)),
        (None, KeySource::Inline(text), _) => key_file::inline(text)?,
    };
    let vault = Vault::new(key.clone());
    let place =
        Place { table: "meta", column: "value", organisation: OrganisationId(Uuid::nil()), row: KEY_CHECK };
    match sealed {
        Some(sealed) => {
            let opened = hex::decode(sealed).is_ok_and(|sealed| vault.open(&place, &sealed).is_ok());
            if !opened {
                return Err(Refusal::new(
                    "The sealing key is not the one this database was sealed with.",
                    "Put that key back, or name its file by --key-file (FULCRUM_KEY_FILE).",
                ));
            }
        }
        None => {
            let sealed =
                vault.seal(&SystemRandom, &place, &SecretString::from(KEY_CHECK_TEXT)).map_err(|error| {
                    Refusal::new(format!("The sealing key cannot be used: {error}."), "Give another key.")
                })?;
            store::meta::put(&mut tx, KEY_CHECK, &hex::encode(sealed)).await.map_err(refused)?;
            tx.commit().await.map_err(refused)?;
        }
    }
    Ok(key)
}

/// Why the database cannot be used. The URL itself is not shown: it may hold a
/// password.
#[must_use]
pub fn store_refusal(url: &str, error: store::Error) -> Refusal {
    use store::Error;
    let name = sqlite_file(url).map_or_else(|| server_of(url), |path| path.display().to_string());
    let mut inside = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        inside = cause.to_string();
        source = cause.source();
    }
    match error {
        Error::UnknownScheme => Refusal::new(
            "The database is neither SQLite nor PostgreSQL.",
            "Write --database-url (DATABASE_URL) as sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.",
        ),
        Error::AlreadyInUse => Refusal::new(
            format!("Another server process uses the database {name}."),
            "Stop that one first; only PostgreSQL can be shared by several servers.",
        ),
        Error::Folder(_) => Refusal::new(
            format!("The folder of the database {name} cannot be used: {inside}."),
            "Make it writable for this user, or name another by --database-url (DATABASE_URL).",
        ),
        Error::Migration(_) => Refusal::new(
            format!("The schema of the database {name} cannot be brought up to date: {inside}."),
            "Start the newest version of Fulcrum that ever used this database.",
        ),
        Error::Busy(_)
        | Error::Driver(_)
        | Error::Taken
        | Error::Inconsistent { .. }
        | Error::RowsTouched { .. } => Refusal::new(
            format!("The database {name} cannot be used: {inside}."),
            "See that it is there and lets this user in, or name another by --database-url (DATABASE_URL).",
        ),
    }
}

/// Host and database of a URL, without user and password.
fn server_of(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(url) => format!("{}{}", url.host_str().unwrap_or("localhost"), url.path()),
        Err(_) => "of that URL".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{CommonArguments, ServeArguments};

    fn settings(folder: &Path) -> Settings {
        let arguments = ServeArguments {
            common: CommonArguments {
                addr: "127.0.0.1:3000".into(),
                platform_name: "CodeSignal".into(),
                database: DatabaseArguments {
                    database_url: Some(format!("sqlite:{}", folder.join("fulcrum.db").display())),
                },
                ..CommonArguments::default()
            },
            lever_deadline_ms: 1000,
            lease_ms: 1000,
            reconcile_seconds: 60,
            ..ServeArguments::default()
        };
        Settings::for_serve(arguments, None).unwrap()
    }

    async fn start(settings: &Settings) -> Result<(), Refusal> {
        let services = open(settings, &PublicUrl::of(settings.addr), None).await?;
        services.store.close().await;
        Ok(())
    }

    #[tokio::test]
    async fn the_first_start_writes_the_key_and_later_ones_insist_on_it() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        let key = folder.path().join("secret.key");
        start(&settings).await.unwrap();
        let first = std::fs::read_to_string(&key).unwrap();
        start(&settings).await.unwrap();
        assert_eq!(std::fs::read_to_string(&key).unwrap(), first);

        std::fs::remove_file(&key).unwrap();
        let refusal = start(&settings).await.unwrap_err().to_string();
        assert!(refusal.contains("no sealing key"), "{refusal}");
        assert!(!key.exists(), "no second key may be made up");

        key_file::write_new(&key, &SystemRandom).unwrap();
        let refusal = start(&settings).await.unwrap_err().to_string();
        assert!(refusal.contains("not the one this database was sealed with"), "{refusal}");

        std::fs::write(&key, first).unwrap();
        start(&settings).await.unwrap();
    }

    #[tokio::test]
    async fn a_second_server_on_one_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        let first = open(&settings, &PublicUrl::of(settings.addr), None).await.unwrap();
        let refusal = start(&settings).await.unwrap_err().to_string();
        assert!(refusal.contains("Another server process"), "{refusal}");
        first.store.close().await;
    }

    #[tokio::test]
    async fn a_database_is_told_without_its_password() {
        let error = Store::open("mysql://root:canary@localhost/x").await.unwrap_err();
        let refusal = store_refusal("mysql://root:canary@localhost/x", error).to_string();
        assert!(refusal.contains("DATABASE_URL") && !refusal.contains("canary"), "{refusal}");
        assert_eq!(server_of("postgres://root:canary@db.example.com/fulcrum"), "db.example.com/fulcrum");
    }
}
