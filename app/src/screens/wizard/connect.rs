//! Connect Lever: the key, the webhooks, the signing token.

use std::time::Duration;

use domain::problem::Field;
use domain::view::{ConnectStep, PermissionRow, SecretView};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::api::{CheckKey, ConnectStep as ReadConnect, RegisterWebhooks, SaveConnection};
use super::lights::{Lights, any_waiting};
use super::permissions::Permissions;
use crate::live::{Live, kept_fresh};
use crate::problem::AppError;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::copy::CopyField;
use crate::ui::dialog::begin_at;
use crate::ui::dynamic::dynamic;
use crate::ui::field::{Problems, invalid, problems};
use crate::ui::icon::OutIcon;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, options};

/// Only lights, permissions and what is stored are kept fresh: the fields belong
/// to whoever types.
#[component]
pub(super) fn Connect(step: ConnectStep) -> impl IntoView {
    let save = Deed::new::<SaveConnection>();
    let check = Deed::new::<CheckKey>();
    let register = Deed::new::<RegisterWebhooks>();
    let said = last_refusal([save, check, register]);

    let environments =
        step.environments.iter().map(|choice| Choice::new(choice.code(), choice.label())).collect::<Vec<_>>();
    let chosen = step.environment.code();
    let (webhook_url, settings_url) = (step.webhook_url.clone(), step.webhook_settings_url.clone());
    let reconnecting = step.reconnecting;
    let registered = register.version();
    let live = Live::here();
    let version = Signal::derive(move || live.connection().get().wrapping_add(registered.get()));
    let fresh = kept_fresh(step, version, || ReadConnect {});
    let lights = Signal::derive(move || fresh.with(|step| step.lights.clone()));
    let permissions = Signal::derive(move || {
        check.answer::<Vec<PermissionRow>>().unwrap_or_else(|| fresh.with(|step| step.permissions.clone()))
    });

    let key = NodeRef::<html::Input>::new();
    let environment = NodeRef::<html::Select>::new();
    let typed = move || Some((environment.get_untracked()?.value(), key.get_untracked()?.value()));
    let last_tested = StoredValue::new(None::<(String, String)>);
    let test = move || {
        let typed = typed().filter(|(_, key)| !key.trim().is_empty());
        if let Some((environment, api_key)) =
            typed.filter(|typed| last_tested.get_value().as_ref() != Some(typed))
        {
            last_tested.set_value(Some((environment.clone(), api_key.clone())));
            check.send(&[("environment", &environment), ("api_key", &api_key)]);
        }
    };
    // The field holds what was pasted only after the event.
    let pasted = move |_| after_this_event(test);
    let register_now = move |event: ev::MouseEvent| {
        if let Some((environment, api_key)) = typed() {
            event.prevent_default();
            register.send_from(&event, &[("environment", &environment), ("api_key", &api_key)]);
        }
    };

    let key_texts = problems(said, Field::ApiKey);
    let token_texts = problems(said, Field::SigningToken);
    let environment_texts = problems(said, Field::Environment);
    let stored_key = move || fresh.with(|step| step.key.as_ref().map(stored));
    let stored_tokens = move || {
        fresh.with(|step| {
            (!step.tokens.is_empty()).then(|| step.tokens.iter().map(stored).collect::<Vec<_>>().join("; "))
        })
    };
    // The dialog may have been open before this came into it.
    Effect::new(|_| {
        request_animation_frame(|| {
            let _is_there = begin_at("api_key");
        });
    });
    view! {
        <PostForm deed=save class="dialog-form">
            // The button that Enter presses; the visible one stands at the end.
            <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true">
                "Next"
            </button>
            <div class="dialog-body">
                <h3>"Connect Lever"</h3>
                {reconnecting
                    .then(|| view! { <p class="hint">"Both mappings and all links are kept."</p> })}
                <FormBanner refusal=said />
                <div class="field">
                    // Nothing below may move while a button there is being pressed, so the
                    // news about the key stands beside its label and the table has its place.
                    <div class="label-row">
                        <label for="api_key">"API key"</label>
                        <span role="status" class="quiet">
                            {dynamic(move || check.pending().get().then_some("Testing the key"))}
                        </span>
                    </div>
                    <input
                        id="api_key"
                        name="api_key"
                        type="text"
                        class="secret"
                        autocomplete="off"
                        spellcheck="false"
                        autofocus=true
                        aria-describedby="api_key-hint api_key-problems"
                        aria-invalid=invalid(key_texts)
                        node_ref=key
                        on:change=move |_| test()
                        on:paste=pasted
                    />
                    <p class="hint" id="api_key-hint">
                        {dynamic(move || stored_key().unwrap_or_else(|| {
                            "In Lever: Settings, Integrations, Sourcing. Switch this platform on and generate the key.".into()
                        }))}
                    </p>
                    <Problems id="api_key-problems".to_owned() texts=key_texts />
                </div>
                <div class="permissions-place">
                    <Permissions rows=permissions />
                </div>
                <fieldset class="group">
                    <legend>"Webhooks"</legend>
                    <CopyField label="Lever Webhook Configuration" id="webhook_url" value=webhook_url />
                    <p class="hint">
                        "Add this URL to the three webhooks on "
                        <a class="out" href=settings_url target="_blank" rel="noopener">
                            "Lever's webhook settings"
                            <OutIcon />
                        </a>
                        " and press Verify Connection there."
                    </p>
                    <Lights lights=lights />
                    <p class="hint">
                        {dynamic(move || {
                            if lights.with(|lights| any_waiting(lights)) {
                                "A light turns as soon as Lever verifies. You can go on while one is waiting."
                            } else {
                                "Lever has reached all three."
                            }
                        })}
                    </p>
                    <div class="form-end">
                        <button
                            type="submit"
                            class="button"
                            formaction="/api/register_webhooks"
                            formmethod="post"
                            disabled=register.pending()
                            on:click=register_now
                        >
                            "Register the webhooks for me"
                        </button>
                    </div>
                </fieldset>
                <div class="field">
                    <label for="signing_tokens">"Webhook signing token"</label>
                    <textarea
                        id="signing_tokens"
                        name="signing_tokens"
                        rows="3"
                        class="secret"
                        autocomplete="off"
                        spellcheck="false"
                        aria-describedby="signing_tokens-hint signing_tokens-problems"
                        aria-invalid=invalid(token_texts)
                    ></textarea>
                    <p class="hint" id="signing_tokens-hint">
                        {dynamic(move || stored_tokens().unwrap_or_else(|| {
                            "From the same page of Lever. Several tokens: one a line.".into()
                        }))}
                    </p>
                    <Problems id="signing_tokens-problems".to_owned() texts=token_texts />
                </div>
                <div class="field">
                    <label for="environment">"Lever environment"</label>
                    <select
                        id="environment"
                        name="environment"
                        aria-describedby="environment-problems"
                        aria-invalid=invalid(environment_texts)
                        node_ref=environment
                        on:change=move |_| test()
                    >
                        {options(environments, chosen)}
                    </select>
                    <Problems id="environment-problems".to_owned() texts=environment_texts />
                </div>
            </div>
            <footer class="dialog-foot">
                <span></span>
                <Submit label="Next" look="primary" pending=save.pending() />
            </footer>
        </PostForm>
    }
}

/// What the screen says about a secret that is stored.
fn stored(secret: &SecretView) -> String {
    format!("set, ends in {}, since {}", secret.ends_in, secret.since.text)
}

fn after_this_event(deed: impl FnOnce() + 'static) {
    set_timeout(deed, Duration::ZERO);
}

/// What the last of the deeds was refused. A plain form's refusal comes from the
/// address, to whichever of them it belongs.
fn last_refusal(deeds: [Deed; 3]) -> Signal<Option<AppError>> {
    let first = deeds.iter().find_map(|deed| deed.refusal().get_untracked());
    let last = RwSignal::new(first);
    for deed in deeds {
        Effect::new(move |before: Option<u32>| {
            let now = deed.version().get();
            if before.is_some_and(|before| before != now) {
                last.set(deed.refusal().get_untracked());
            }
            now
        });
    }
    last.into()
}
