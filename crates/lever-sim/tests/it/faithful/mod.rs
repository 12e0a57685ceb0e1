//! What a faithful pretend-Lever must do: each box of the list, and the tests
//! that tick it.

mod auth_and_limits;
mod bad_input;
mod deliveries;
mod faults;
mod files;
mod reads;
mod subscriptions;
mod writes;

/// Box by box, in the order of the list.
const BOXES: &[(&str, &[&str])] = &[
    (
        "Basic auth, key as user name, empty password; 401 without or with a wrong one",
        &["basic_auth_with_the_key_as_user_and_401_without_or_with_a_wrong_one"],
    ),
    (
        "Keys carry permissions and a confidential flag fixed at creation; 403; key text shown once",
        &[
            "keys_carry_permissions_and_a_confidential_grant_and_a_missing_one_is_403",
            "a_key_is_made_with_ticked_permissions_and_revoked",
            "the_platforms_tile_is_switched_on_with_a_key_that_is_shown_until_done",
        ],
    ),
    (
        "Token bucket per key, 10 a second, 20 at once; 429 without Retry-After unless switched on",
        &[
            "a_token_bucket_per_key_and_429_without_retry_after_unless_switched_on",
            "the_bucket_is_levers_ten_a_second_and_twenty_at_once",
        ],
    ),
    (
        "Answer headers; fault switches for 500, 503, dropped connection, slow answer",
        &[
            "answers_carry_the_headers_that_were_recorded",
            "fault_switches_for_errors_and_slow_answers",
            "a_connection_can_be_dropped_before_after_and_in_the_middle",
        ],
    ),
    (
        "data, hasNext, next that names the first item of the next page, once or twice encoded; limit",
        &[
            "lists_have_next_on_every_page_but_the_last_and_next_names_the_first_item_of_the_next",
            "an_offset_is_accepted_once_and_twice_encoded_and_a_bad_one_is_400",
            "a_limit_lies_between_1_and_100",
            "opportunities_come_by_rank_then_last_advanced_first_then_by_id",
        ],
    ),
    (
        "Users, stages, archive reasons, sources, tags, postings with states",
        &[
            "users_have_twelve_keys_match_an_exact_email_and_hide_the_deactivated",
            "stages_come_in_pipeline_order_with_fixed_ids_and_only_id_and_text",
            "archive_reasons_are_the_seven_defaults_and_exactly_one_is_hired",
            "sources_and_tags_are_labels_with_counts",
            "postings_have_states_and_hide_the_confidential",
        ],
    ),
    (
        "Opportunity keys exactly; archived null or object; filters and unions; confidential hidden",
        &[
            "opportunities_have_exactly_the_recorded_keys_in_the_recorded_order",
            "filters_narrow_and_a_repeated_one_is_a_union",
            "posting_id_lists_active_candidacies_and_archived_posting_id_the_others",
            "confidential_ones_are_hidden_and_need_the_grant",
        ],
    ),
    (
        "expand and include as white lists; unknown ids and routes with the known texts",
        &[
            "expand_is_a_white_list_and_include_hides_the_rest",
            "unknown_ids_and_routes_are_404_with_the_known_texts",
        ],
    ),
    (
        "The candidates aliases do not work by accident",
        &["unknown_ids_and_routes_are_404_with_the_known_texts"],
    ),
    (
        "Create: 201, deduped, defaults, 400 without perform_as and for two postings, posting tags",
        &[
            "a_create_answers_201_with_deduped_and_the_defaults",
            "a_create_without_perform_as_or_with_an_unknown_one_is_refused",
            "two_postings_are_refused",
            "a_posting_makes_one_application_and_appends_its_tags",
        ],
    ),
    (
        "Dedupe by canonical e-mail: same contact, its data wins, always a new opportunity",
        &["a_known_email_leads_to_the_same_contact_and_always_to_a_new_opportunity"],
    ),
    (
        "stage, archived, tags, sources with blank contact fields; links with full ones",
        &[
            "stage_archive_tag_and_source_writes_answer_with_blank_contact_fields_and_links_do_not",
            "archiving_restamps_for_a_new_reason_and_null_unarchives",
        ],
    ),
    (
        "Times of stage, archive and notes; notes 201 with noteId; PUT contact partial",
        &[
            "a_move_is_in_the_history_with_its_times_and_works_on_an_archived_one",
            "notes_answer_201_with_the_object_and_a_note_id",
            "a_contact_is_changed_in_part_and_an_anonymised_one_not_at_all",
        ],
    ),
    (
        "Without perform_as on optional routes: accepted, actor missing, unless switched to 400",
        &["without_perform_as_optional_routes_accept_unless_switched_to_refuse"],
    ),
    (
        "Subscriptions by API and by the page; legacy switch: one account token",
        &[
            "subscriptions_show_their_token_only_when_made_and_duplicates_are_kept",
            "a_key_sees_and_changes_only_its_own",
            "in_account_mode_the_token_of_a_new_webhook_is_the_accounts",
            "three_webhooks_are_verified_and_the_accounts_token_stands_at_the_foot",
            "with_a_token_per_webhook_each_row_has_its_own",
        ],
    ),
    (
        "Nothing is sent while the event toggle is off or the origin is excluded",
        &["nothing_is_sent_while_the_toggle_is_off_or_the_origin_is_excluded"],
    ),
    (
        "Envelope and payloads; HMAC over token and time; no signature header; without id",
        &[
            "the_envelope_is_signed_over_token_and_time_and_there_is_no_signature_header",
            "each_webhook_signs_with_its_own_token_where_the_account_says_so",
            "switches_for_duplicates_drops_delay_and_no_id",
        ],
    ),
    (
        "A hire fires both events, order switchable; un-archive has toArchived null; delete then 404",
        &[
            "a_hire_fires_both_events_in_the_order_that_is_set_and_an_unhire_one",
            "a_deletion_tells_who_did_it_and_then_the_opportunity_is_404",
        ],
    ),
    (
        "https only but loopback; 2xx done, all else retried five times with growing pauses; fast mode",
        &[
            "real_targets_must_be_https_and_events_must_exist",
            "a_failure_is_tried_again_five_times_with_the_same_body_and_then_given_up",
            "the_normal_pauses_grow_and_follow_the_accounts_clock",
            "an_unreachable_url_is_a_failure_like_any_other",
        ],
    ),
    (
        "Switches for duplicates, reversed order, delay, same or new token on retry",
        &[
            "switches_for_duplicates_drops_delay_and_no_id",
            "the_order_of_one_opportunitys_events_is_kept_or_reversed_as_set",
            "a_retry_succeeds_and_can_carry_a_new_token_with_the_old_time",
        ],
    ),
    (
        "Verify connection posts signed empty data and reports; failure does not disable the hook",
        &[
            "verify_connection_through_the_api_posts_empty_data_and_can_refuse",
            "a_failed_verification_says_why_and_does_not_disable_the_webhook",
        ],
    ),
];

/// Where the tests stand.
const FILES: [&str; 9] = [
    include_str!("auth_and_limits.rs"),
    include_str!("bad_input.rs"),
    include_str!("deliveries.rs"),
    include_str!("faults.rs"),
    include_str!("files.rs"),
    include_str!("reads.rs"),
    include_str!("subscriptions.rs"),
    include_str!("writes.rs"),
    include_str!("../pages.rs"),
];

#[test]
fn every_box_of_the_list_has_its_test() {
    assert_eq!(BOXES.len(), 21);
    for (text, tests) in BOXES {
        assert!(!tests.is_empty(), "{text}");
        for name in *tests {
            let test = format!("#[tokio::test]\nasync fn {name}() {{");
            assert!(FILES.iter().any(|file| file.contains(&test)), "{text}: {name}");
        }
    }
}
