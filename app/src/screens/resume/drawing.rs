//! The résumé, as the server draws it.

use domain::ids::CandidateId;
use domain::problem::Field;
use leptos::prelude::*;
use usecases::resumes::{Kept, ResumePanel};

use super::UPLOAD;
use super::api::RemoveResume;
use crate::ui::button::Submit;
use crate::ui::field::{Problems, invalid, problems};
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// What a file chooser offers first; the server goes by the content.
const ENDINGS: &str = ".pdf,.docx,.txt";

/// The whole panel.
pub(super) fn panel(candidate: CandidateId, shown: ResumePanel) -> AnyView {
    let door = format!("/candidates/{candidate}/resume");
    let remove = Deed::new::<RemoveResume>();
    let is_kept = shown.kept.is_some();
    let in_lever = shown.in_lever.map(|words| {
        view! {
            <div>
                <dt>"In Lever"</dt>
                <dd>{words}</dd>
            </div>
        }
    });
    let known = is_kept || in_lever.is_some();
    let kept = shown.kept.map(|kept| facts(kept, &door));
    let facts = known.then(|| view! { <dl class="facts">{kept} {in_lever}</dl> });
    let nothing = (!is_kept).then(|| view! { <p class="quiet">"No file is kept."</p> });
    let removing = is_kept.then(|| {
        view! {
            <PostForm deed=remove class="inline-form">
                <input type="hidden" name="candidate" value=candidate.to_string() />
                <Submit label="Remove" name="Remove résumé" pending=remove.pending() says="Résumé removed" />
            </PostForm>
        }
    });
    view! {
        <section class="panel resume" aria-labelledby="resume-title">
            <h2 id="resume-title">"Résumé"</h2>
            {nothing}
            {facts}
            {chooser(door, is_kept)}
            {removing}
        </section>
    }
    .into_any()
}

fn facts(kept: Kept, door: &str) -> AnyView {
    let Kept { name, what, by, at } = kept;
    let (label, saved_as) = (format!("Download {name}"), name.clone());
    view! {
        <div>
            <dt>"File"</dt>
            <dd>
                <a href=door.to_owned() rel="external" download=saved_as aria-label=label>
                    {name}
                </a>
                <span class="sub">{what}</span>
            </dd>
        </div>
        <div>
            <dt>"Kept"</dt>
            <dd>
                <When moment=at />
                {format!(" by {by}")}
            </dd>
        </div>
    }
    .into_any()
}

/// The form that sends a file.
fn chooser(door: String, is_kept: bool) -> AnyView {
    let texts = problems(Deed::at(UPLOAD).refusal(), Field::Resume);
    let (word, label) = if is_kept { ("Replace", "Replace résumé") } else { ("Keep", "Keep résumé") };
    view! {
        <form method="post" action=door enctype="multipart/form-data">
            <div class="field">
                <label for="resume">"Résumé file"</label>
                <div class="field-row">
                    <input
                        id="resume"
                        type="file"
                        name="resume"
                        accept=ENDINGS
                        aria-describedby="resume-hint resume-problems"
                        aria-invalid=invalid(texts)
                    />
                    <button type="submit" class="button" aria-label=label data-says="Résumé kept">
                        {word}
                    </button>
                </div>
                <p class="hint" id="resume-hint">
                    "PDF, Word document (.docx) or plain text, at most 30 MB."
                </p>
                <Problems id="resume-problems".to_owned() texts=texts code=Field::Resume.code() />
            </div>
        </form>
    }
    .into_any()
}
