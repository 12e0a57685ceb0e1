//! Demo data: an organisation that has used the platform for a few weeks.

use std::time::Duration;

use domain::actor::Role;
use domain::candidate::Phone;
use domain::ids::{MemberId, OrganisationId};
use domain::job::Priority;
use domain::problem::Problem;
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use store::Tx;
use store::activity::{self, Activity};
use store::candidates::{self, Candidate};
use store::members::{self, Member};
use store::organisations::{self, Organisation};

use crate::candidates::{Outgoing, put_into_outbox};
use crate::replies::{Incoming, take_in};
use crate::{Result, Services, password};

/// Everybody's password in the demo; it is printed at the start.
const PASSWORD: &str = "fulcrum-demo";

/// Address, name and role of each member.
const MEMBERS: [(&str, &str, Role); 4] = [
    ("admin@demo.example", "Avery Admin", Role::SuperAdmin),
    ("lead@demo.example", "Lee Lead", Role::Admin),
    ("ana@demo.example", "Ana Ruiz", Role::Recruiter),
    ("ben@demo.example", "Ben Okafor", Role::Recruiter),
];

/// A member by their place in [`MEMBERS`].
#[derive(Clone, Copy)]
enum Who {
    Lead = 1,
    Ana = 2,
    Ben = 3,
}

/// How far the conversation has come.
enum Talk {
    /// Nobody has written.
    None,
    /// Written to, this many hours ago.
    Wrote(u64),
    /// Written to and answered, these many hours ago, with this answer.
    Answered(u64, u64, &'static str),
}

/// A candidate of the demo.
struct Sample {
    name: &'static str,
    headline: &'static str,
    company: &'static str,
    location: &'static str,
    score: u16,
    skills: &'static [&'static str],
    /// The profile on GitHub or a site of their own, if known.
    link: Option<&'static str>,
    owner: Who,
    /// Added this many hours ago.
    added: u64,
    talk: Talk,
}

/// Fills a fresh demo database: the organisation *Demo*, four members and,
/// unless `empty`, 25 candidates of whom 5 have answered. Does nothing on a
/// database that has an organisation.
///
/// # Errors
/// Faults of the store only.
pub async fn seed(services: &Services, empty: bool) -> Result<()> {
    let mut tx = services.store.read().await?;
    if organisations::any(&mut tx).await? {
        return Ok(());
    }
    drop(tx);
    let password_hash = password::hash(PASSWORD.into()).await?;

    let now = services.now();
    let founded = now.minus(hours(24 * 45));
    let mut tx = services.store.begin().await?;
    let organisation =
        Organisation { id: services.new_id(), name: "Demo".into(), practice: true, created_at: founded };
    organisations::insert(&mut tx, &organisation).await?;
    let mut ids = Vec::new();
    for (email, name, role) in MEMBERS {
        let member = Member {
            id: services.new_id(),
            organisation: organisation.id,
            email: email.into(),
            name: name.into(),
            role,
            active: true,
            created_at: founded,
        };
        members::insert(&mut tx, &member, &password_hash).await?;
        ids.push(member.id);
    }
    if !empty {
        for (number, sample) in (0u64..).zip(&SAMPLES) {
            let owner = ids.get(sample.owner as usize).copied().ok_or(Problem::Internal)?;
            add(services, &mut tx, organisation.id, owner, number, sample, now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn add(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    owner: MemberId,
    number: u64,
    sample: &Sample,
    now: Timestamp,
) -> Result<()> {
    // Nothing happens on the full hour in an office.
    let ago = |count: u64| now.minus(hours(count) + Duration::from_secs((number * 7 % 53) * 60));
    let added = ago(sample.added);
    let candidate = Candidate {
        id: services.new_id(),
        organisation,
        name: sample.name.into(),
        headline: sample.headline.into(),
        company: sample.company.into(),
        location: sample.location.into(),
        phones: vec![Phone { kind: Some("mobile".into()), value: format!("+1 555 01{:02}", number + 10) }],
        links: sample.link.iter().map(ToString::to_string).collect(),
        skills: sample.skills.iter().map(ToString::to_string).collect(),
        score: Some(sample.score),
        owner: Some(owner),
        status: Status::New,
        cause: StatusCause::Added,
        status_at: added,
        last_open: Status::New,
        conflict: None,
        messaged_at: None,
        answered_at: None,
        created_at: added,
    };
    let email = format!("{}@people.example", sample.name.to_lowercase().replace(' ', "."));
    candidates::insert(tx, organisation, &candidate, &[email]).await?;
    let entry = Activity {
        id: services.new_id(),
        at: added,
        member: Some(owner),
        candidate: Some(candidate.id),
        kind: "candidate_added",
        summary: format!("Added {}.", candidate.name),
    };
    activity::record(tx, organisation, &entry).await?;

    let (wrote, answer) = match sample.talk {
        Talk::None => return Ok(()),
        Talk::Wrote(wrote) => (wrote, None),
        Talk::Answered(wrote, answered, text) => (wrote, Some((answered, text))),
    };
    let first_name = sample.name.split_whitespace().next().unwrap_or(sample.name);
    let text = format!(
        "Hi {first_name},\n\nyour coding score of {} caught my eye, and so did your time at {}. We are growing \
         our engineering team and I would like to hear what you are looking for. Do you have fifteen minutes \
         this week?",
        sample.score, sample.company
    );
    let outgoing = Outgoing { author: owner, text, at: ago(wrote), urgency: Priority::Background };
    let message = put_into_outbox(services, tx, &candidate, outgoing).await?;
    if let Some((answered, text)) = answer {
        let written_to = Candidate { status: Status::Contacted, ..candidate };
        let incoming = Incoming { answers: message, text: text.into(), at: ago(answered) };
        take_in(services, tx, &written_to, incoming).await?;
    }
    Ok(())
}

fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 60 * 60)
}

/// The candidates, the latest first.
const SAMPLES: [Sample; 25] = [
    Sample {
        name: "Nora Lindgren",
        headline: "Senior backend engineer, payments",
        company: "Klarwerk",
        location: "Stockholm, Sweden",
        score: 812,
        skills: &["Rust", "PostgreSQL", "Kafka"],
        link: Some("https://nora-lindgren.example"),
        owner: Who::Ana,
        added: 5,
        talk: Talk::Answered(
            4,
            1,
            "Hi Ana, thanks for writing. I could talk on Thursday after three. Which team is it?",
        ),
    },
    Sample {
        name: "Tomas Vrba",
        headline: "Embedded engineer moving to the cloud",
        company: "Motorsens",
        location: "Brno, Czechia",
        score: 694,
        skills: &["C++", "Linux", "Go"],
        link: None,
        owner: Who::Ben,
        added: 8,
        talk: Talk::None,
    },
    Sample {
        name: "Imani Wachira",
        headline: "Full-stack developer",
        company: "Savanna Pay",
        location: "Nairobi, Kenya",
        score: 745,
        skills: &["TypeScript", "React", "Node.js"],
        link: Some("https://imani-wachira.example/work"),
        owner: Who::Ana,
        added: 26,
        talk: Talk::Wrote(7),
    },
    Sample {
        name: "Daniel Abramov",
        headline: "Data engineer",
        company: "Northwind Analytics",
        location: "Tel Aviv, Israel",
        score: 771,
        skills: &["Python", "Spark", "Airflow"],
        link: None,
        owner: Who::Ben,
        added: 30,
        talk: Talk::Answered(
            29,
            9,
            "Happy to hear more. I am mainly interested in streaming work; is that part of the role?",
        ),
    },
    Sample {
        name: "Yuki Tanabe",
        headline: "iOS engineer",
        company: "Hoshi Labs",
        location: "Osaka, Japan",
        score: 723,
        skills: &["Swift", "SwiftUI", "Combine"],
        link: None,
        owner: Who::Ana,
        added: 51,
        talk: Talk::None,
    },
    Sample {
        name: "Grace Oyelaran",
        headline: "Site reliability engineer",
        company: "Lagoon Cloud",
        location: "Lagos, Nigeria",
        score: 788,
        skills: &["Kubernetes", "Go", "Terraform"],
        link: Some("https://grace-oyelaran.example"),
        owner: Who::Ben,
        added: 55,
        talk: Talk::Wrote(48),
    },
    Sample {
        name: "Mateo Herrera",
        headline: "Machine learning engineer",
        company: "Andes Vision",
        location: "Santiago, Chile",
        score: 801,
        skills: &["Python", "PyTorch", "CUDA"],
        link: None,
        owner: Who::Ana,
        added: 77,
        talk: Talk::Answered(74, 52, "Hello Ana! Yes, let us talk. Would remote from Santiago be possible?"),
    },
    Sample {
        name: "Saoirse Byrne",
        headline: "Frontend engineer with an eye for accessibility",
        company: "Clovergate",
        location: "Cork, Ireland",
        score: 706,
        skills: &["TypeScript", "CSS", "Svelte"],
        link: Some("https://saoirse.example"),
        owner: Who::Ana,
        added: 98,
        talk: Talk::None,
    },
    Sample {
        name: "Rahul Deshmukh",
        headline: "Staff engineer, distributed systems",
        company: "Vistara Data",
        location: "Pune, India",
        score: 838,
        skills: &["Java", "Raft", "Cassandra"],
        link: None,
        owner: Who::Ben,
        added: 102,
        talk: Talk::Wrote(96),
    },
    Sample {
        name: "Lena Hoffmann",
        headline: "Security engineer",
        company: "Torbank",
        location: "Hamburg, Germany",
        score: 767,
        skills: &["Go", "Cryptography", "Threat modelling"],
        link: None,
        owner: Who::Ana,
        added: 124,
        talk: Talk::Wrote(120),
    },
    Sample {
        name: "Marcus Bell",
        headline: "Platform engineer",
        company: "Redbrick Logistics",
        location: "Atlanta, USA",
        score: 682,
        skills: &["AWS", "Python", "Terraform"],
        link: None,
        owner: Who::Ben,
        added: 149,
        talk: Talk::None,
    },
    Sample {
        name: "Zeynep Arslan",
        headline: "Android engineer",
        company: "Bosphorus Mobile",
        location: "Istanbul, Turkey",
        score: 734,
        skills: &["Kotlin", "Jetpack Compose"],
        link: Some("https://zeynep-arslan.example/apps"),
        owner: Who::Ana,
        added: 171,
        talk: Talk::Answered(
            168,
            146,
            "Thank you, sounds interesting. I have a notice period of two months, is that all right?",
        ),
    },
    Sample {
        name: "Oliver Nystrom",
        headline: "Compiler engineer",
        company: "Polarkod",
        location: "Turku, Finland",
        score: 846,
        skills: &["C++", "LLVM", "Rust"],
        link: Some("https://polarkod.example/oliver"),
        owner: Who::Lead,
        added: 196,
        talk: Talk::None,
    },
    Sample {
        name: "Camille Fournier",
        headline: "Backend developer",
        company: "Atelier Numerique",
        location: "Lyon, France",
        score: 658,
        skills: &["PHP", "Symfony", "MySQL"],
        link: None,
        owner: Who::Ben,
        added: 219,
        talk: Talk::None,
    },
    Sample {
        name: "Hassan Karimi",
        headline: "Quantitative developer",
        company: "Gulfstone Capital",
        location: "Dubai, United Arab Emirates",
        score: 793,
        skills: &["C++", "Python", "kdb+"],
        link: None,
        owner: Who::Ana,
        added: 245,
        talk: Talk::Wrote(240),
    },
    Sample {
        name: "Beatriz Nogueira",
        headline: "Engineering manager, still coding",
        company: "Portela",
        location: "Porto, Portugal",
        score: 711,
        skills: &["Elixir", "Phoenix", "Leadership"],
        link: None,
        owner: Who::Lead,
        added: 268,
        talk: Talk::None,
    },
    Sample {
        name: "Samuel Osei",
        headline: "Junior full-stack developer",
        company: "Accra Digital",
        location: "Accra, Ghana",
        score: 617,
        skills: &["JavaScript", "Vue", "Django"],
        link: Some("https://samuel-osei.example"),
        owner: Who::Ben,
        added: 292,
        talk: Talk::Answered(288, 200, "Hi Ben, yes please! I am free any evening this week."),
    },
    Sample {
        name: "Agnieszka Kowal",
        headline: "Test automation engineer",
        company: "Wislasoft",
        location: "Krakow, Poland",
        score: 649,
        skills: &["Java", "Playwright", "CI"],
        link: None,
        owner: Who::Ana,
        added: 316,
        talk: Talk::None,
    },
    Sample {
        name: "Jamal Whitaker",
        headline: "Game engine programmer",
        company: "Ironpeak Studios",
        location: "Montreal, Canada",
        score: 779,
        skills: &["C++", "Vulkan", "Rust"],
        link: Some("https://ironpeak.example/jamal"),
        owner: Who::Ben,
        added: 340,
        talk: Talk::Wrote(332),
    },
    Sample {
        name: "Mei Ling Chua",
        headline: "Database engineer",
        company: "Straits Systems",
        location: "Singapore",
        score: 825,
        skills: &["C", "PostgreSQL", "Query planning"],
        link: None,
        owner: Who::Ana,
        added: 388,
        talk: Talk::Wrote(380),
    },
    Sample {
        name: "Viktor Halasz",
        headline: "DevOps engineer",
        company: "Dunaweb",
        location: "Budapest, Hungary",
        score: 671,
        skills: &["Ansible", "Kubernetes", "Bash"],
        link: None,
        owner: Who::Ben,
        added: 437,
        talk: Talk::None,
    },
    Sample {
        name: "Fatima Zahra Idrissi",
        headline: "Natural language engineer",
        company: "Atlas Lingua",
        location: "Rabat, Morocco",
        score: 758,
        skills: &["Python", "Transformers", "spaCy"],
        link: None,
        owner: Who::Ana,
        added: 485,
        talk: Talk::None,
    },
    Sample {
        name: "Eric Johansen",
        headline: "Network programmer",
        company: "Fjordnet",
        location: "Bergen, Norway",
        score: 702,
        skills: &["Erlang", "QUIC", "Go"],
        link: None,
        owner: Who::Ben,
        added: 557,
        talk: Talk::None,
    },
    Sample {
        name: "Priscilla Nkomo",
        headline: "Mobile developer",
        company: "Zambezi Apps",
        location: "Harare, Zimbabwe",
        score: 636,
        skills: &["Flutter", "Dart", "Firebase"],
        link: None,
        owner: Who::Ana,
        added: 629,
        talk: Talk::None,
    },
    Sample {
        name: "Andrei Popescu",
        headline: "Senior web developer",
        company: "Carpati Interactive",
        location: "Cluj-Napoca, Romania",
        score: 688,
        skills: &["Ruby", "Rails", "Redis"],
        link: Some("https://andrei-popescu.example"),
        owner: Who::Ben,
        added: 701,
        talk: Talk::None,
    },
];
