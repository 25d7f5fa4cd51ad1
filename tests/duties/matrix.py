"""Every duty and threat of ../shared/duties.md: the tests that hold it, or why no test here does."""

from __future__ import annotations

from dataclasses import dataclass

ORGANISED = "is for the municipality to organise, no software can: "


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty in a few words, its tests, and what is left to others."""

    what: str
    tests: tuple[str, ...] = ()
    why_not: str = ""


def held(what: str, *tests: str, but: str = "") -> Duty:
    """A duty that tests hold; `but` says which part of it they do not."""
    return Duty(what, tests, but)


def left(what: str, why: str) -> Duty:
    """A duty that no test here holds, and why."""
    return Duty(what, (), why)


ALERTS = "operations/test_alerts.py::"
BACKUP = "operations/test_backup.py::"
ERASURE = "operations/test_erasure.py::"
FLAGS = "operations/test_redflags.py::"
FLOODS = "operations/test_floods.py::"
PERSONS = "operations/test_persons.py::"
READY = "operations/test_readiness.py::"
RETENTION = "operations/test_retention.py::"
ROTATION = "operations/test_rotation.py::"
TRACES = "intake/test_traces.py::"
TAKING = "intake/test_taking.py::"
RECEIPTS = "intake/test_receipts.py::"
LETTERS = "feedback/test_letters.py::"
NEWS = "feedback/test_news.py::"
APPLYING = "funding/test_applying.py::"
DECIDING = "funding/test_deciding.py::"
COUNTING = "funding/test_counting.py::"
DECIDED = "web/test_decided.py::"
LINES = "municipalities/test_lines.py::"
HOURS = "municipalities/test_hours.py::"
AGE = "duties/test_age.py::"
CANARY = "duties/test_canary.py::"
WORK = "duties/test_canary_work.py::"
ROUNDS = "funding/test_rounds.py::"
SUPPRESS = "summaries/test_suppress.py::"
HELP = "duties/test_help.py::"
PROMISES = "duties/test_promises.py::"
PAPERS = "duties/test_papers.py::"
MATRIX = "duties/test_matrix.py::"
TELEGRAM = "channels/test_telegram.py::"
UNSAYING = "channels/test_telegram_erasure.py::"
KINDS = "channels/test_telegram_kinds.py::"
UPDATES = "channels/test_telegram_updates.py::"
QUESTIONS = "contracts/test_questions.py::"
NAUGHTY = "contracts/test_naughty.py::"
CHAT = "browser/test_chat.py::"
STAFF_NAUGHTY = "browser/test_staff_naughty.py::"
STAFF_FLAGS = "staff/test_flags.py::"
ACCESS = "browser/test_access.py::"
SHIELD = "web/test_shield.py::"
DOOR = "staff/test_access.py::"
FORGED = "staff/test_csrf.py::"
LOGIN = "staff/test_login.py::"
LOG = "store/test_audit.py::"
READS = "staff/test_log.py::"
RIGHTS = "staff/test_rights.py::"
PLAIN = "words/test_plain_language.py::"
CATALOGUES = "words/test_catalogues.py::"
SHEETS = "exports/test_naughty.py::"
MASKING = "understanding/test_personal.py::"

GDPR = {
    "G5a": held("fair and open: the notice first", PROMISES + "test_the_limit_of_secrecy_comes_before_words"),
    "G5b": held("every field has a purpose", PROMISES + "test_every_column_says_what_it_is_for"),
    "G5c": held(
        "no more data than needed",
        PAPERS + "test_the_register_of_data_is_the_schema",
        UPDATES + "test_words_carry_the_chat_the_update_and_the_message_and_nothing_of_the_person",
    ),
    "G5d": held("answers can be corrected", QUESTIONS + "test_back_and_forward_again_loses_nothing"),
    "G5e": held(
        "kept no longer than needed",
        RETENTION + "test_unsent_answers_go_after_thirty_days_and_not_before",
        ERASURE + "test_not_even_the_encrypted_bytes_are_left_after_erasure",
    ),
    "G5f": held("safe", TRACES + "test_no_file_of_the_database_holds_words_or_addresses_in_clear"),
    "G5-2": held("it can be shown", MATRIX + "test_every_duty_is_held_or_says_why_not"),
    "G6": held("a ground in law", READY + "test_production_tells_all_that_is_missing_at_once"),
    "G8": held("the age limit is a setting", AGE + "test_own_words_are_closed_under_the_limit_alone"),
    "G9": held(
        "no question about health, faith, origin or sexuality",
        PROMISES + "test_no_question_asks_for_what_the_law_protects_most",
        STAFF_FLAGS + "test_a_second_worker_sees_who_has_it_and_not_what_was_written",
    ),
    "G12": held(
        "plain words, within a month",
        PLAIN + "test_the_notice_is_short",
        RIGHTS + "test_it_is_due_within_a_month",
        RIGHTS + "test_after_21_days_it_is_urgent_and_after_a_month_late",
    ),
    "G13": held("all 13 things to be told", PROMISES + "test_the_notice_has_all_thirteen_items"),
    "G14": held("others are not named", PROMISES + "test_who_writes_is_asked_not_to_name_anybody"),
    "G15": held("see it all", PERSONS + "test_every_row_that_carries_the_persons_key_is_there"),
    "G16": held(
        "correct it",
        RECEIPTS + "test_the_latest_sending_counts_whole",
        UPDATES + "test_an_edited_message_names_the_message_it_corrects",
    ),
    "G17": held(
        "erase it, in backups too",
        ERASURE + "test_not_even_the_encrypted_bytes_are_left_after_erasure",
        ERASURE + "test_a_restored_backup_forgets_who_was_erased_since",
        WORK + "test_what_staff_write_of_a_person_leaks_nowhere_and_goes_with_them",
    ),
    "G20": held("take it along", PERSONS + "test_what_is_taken_along_is_json_and_holds_no_hash"),
    "G21/22": held(
        "no decision without a named human",
        DECIDING + "test_the_database_takes_no_decision_without_a_name_and_a_reason",
        DECIDING + "test_a_decision_can_not_be_made_again_or_without_a_reason",
    ),
    "G25": held(
        "the most private by default",
        AGE + "test_an_age_unsaid_is_the_youngest",
        AGE + "test_own_words_are_closed_under_the_limit_alone",
    ),
    "G28": held(
        "who else handles data",
        PAPERS + "test_the_register_of_hosts_is_the_code",
        but=ORGANISED + "its agreement with who hosts it",
    ),
    "G30": held("a record of processing", PAPERS + "test_the_register_of_data_is_the_schema"),
    "G32": held("restore is tried", BACKUP + "test_everything_is_there_again_on_a_clean_machine"),
    "G33/34": left("tell of a breach within 72 hours", ORGANISED + "docs/operations.md says what to do"),
    "G35/36": held(
        "an impact assessment, and fresh", PAPERS + "test_the_assessment_is_whole_and_of_this_script"
    ),
    "G37": held("an officer who can be reached", READY + "test_each_part_is_asked_for_by_itself"),
}
NORWEGIAN = {
    "N1": held("13 or 15: a setting", AGE + "test_own_words_are_closed_under_the_limit_alone"),
    "N2": held("the stricter limit by default", AGE + "test_an_age_unsaid_is_the_youngest"),
    "N3": left("prizes", "there are none"),
    "N4": held(
        "no fødselsnummer is kept",
        MASKING + "test_a_birth_number_of_every_series_is_masked_whatever_its_check_digits",
    ),
    "N5": held(
        "decisions with reasons; money goes to measures, never to a named person",
        DECIDING + "test_no_person_is_linked_to_an_allocation",
        DECIDING + "test_what_is_changed_is_shown_with_what_it_costs_whom",
        DECIDED + "test_it_says_who_decided_what_and_why_and_how_to_complain",
    ),
    "N6": held(
        "the duty to report",
        ALERTS + "test_an_unread_flag_goes_down_the_roster",
        FLAGS + "test_a_flag_does_not_close_by_itself",
        FLAGS + "test_a_decision_says_whether_to_whom_by_whom_and_why",
        FLAGS + "test_only_the_owner_decides_and_the_ground_says_what_is_kept",
        STAFF_FLAGS + "test_half_a_decision_is_not_filed_and_keeps_what_was_written",
        STAFF_FLAGS + "test_a_flag_is_decided_on_and_handed_over_by_its_owner_alone",
    ),
    "N7": held("the duty to avert", PROMISES + "test_the_limit_of_secrecy_comes_before_words"),
    "N8": held("plain language", PLAIN + "test_what_channels_and_pages_say_is_as_short"),
    "N9": held("bokmål and nynorsk", CATALOGUES + "test_each_word_is_said_in_each_language"),
    "N10": held("WCAG", ACCESS + "test_axe_finds_nothing_in_any_state_of_the_chat"),
    "N11": held("an accessibility statement", ACCESS + "test_axe_finds_nothing_on_any_page"),
    "N12": held("staff need no Telegram", PROMISES + "test_no_page_of_staff_leads_to_telegram"),
    "N13": held(
        "Telegram from 16, the web whole by itself",
        AGE + "test_telegram_is_for_sixteen_whatever_the_limit",
        CHAT + "test_a_walk_to_the_receipt",
    ),
    "N14": held(
        "the archive: what was decided stays, without anybody in it",
        PROMISES + "test_what_was_decided_and_published_is_never_forgotten",
        COUNTING + "test_an_allocation_is_made_again_bit_for_bit_after_every_answer_is_gone",
        DECIDING + "test_no_person_is_linked_to_an_allocation",
        "commands/test_allocate.py::test_a_proposal_is_written_and_made_once_more",
        but=ORGANISED + "to lay the folder of a decision in its archive",
    ),
    "N15": left("the law on digital security", "does not cover this service (duties.md 1.2)"),
    "N16": held("somewhere to sleep tonight", READY + "test_production_tells_all_that_is_missing_at_once"),
}
CHILDREN = {
    "C1": held("the child's best interest", PAPERS + "test_the_assessment_is_whole_and_of_this_script"),
    "C2": held("an impact assessment", PAPERS + "test_the_assessment_is_whole_and_of_this_script"),
    "C3": held("words for each age", AGE + "test_each_age_has_words_of_its_own"),
    "C4": held("told when it matters", PROMISES + "test_who_writes_is_asked_not_to_name_anybody"),
    "C5": held(
        "no harmful use",
        ACCESS + "test_the_page_asks_only_its_own_house_and_breaks_no_rule_of_its_own",
    ),
    "C6": held("promises are kept", MATRIX + "test_every_test_that_is_named_is_there"),
    "C7": held("private by default", AGE + "test_an_age_unsaid_is_the_youngest"),
    "C8": held("no more than needed", PAPERS + "test_the_register_of_data_is_the_schema"),
    "C9": held("shared with nobody", PAPERS + "test_the_register_of_hosts_is_the_code"),
    "C10": held("no place", UPDATES + "test_what_is_not_words_is_named_and_nothing_of_it_is_kept"),
    "C11": held("no view for parents", PROMISES + "test_no_way_in_is_made_for_parents"),
    "C12": held("no profile", PROMISES + "test_no_column_scores_a_person"),
    "C13": held(
        "no nudging",
        ACCESS + "test_skip_is_as_visible_as_an_answer",
        NEWS + "test_who_wants_it_is_asked_again_after_half_a_year_once_and_by_day",
    ),
    "C14": left("connected toys", "there are none"),
    "C15": held(
        "see, change, delete in two taps", CHAT + "test_the_menu_and_the_language_are_always_at_hand"
    ),
}
GRAVE = {
    "R1": held(
        "help on every screen, under every fault",
        HELP + "test_help_is_there_in_every_state_at_every_age",
        HELP + "test_help_goes_straight_out_without_a_database",
        CHAT + "test_help_now_is_there_without_a_net",
    ),
    "R2": held(
        "found in every text, before storing", FLAGS + "test_a_grave_message_is_no_need_and_never_leaves"
    ),
    "R3": held(
        "the order of the reply, two lines by age",
        LINES + "test_everybody_is_shown_two_lines_and_one_to_call_when_none_answers",
        LINES + "test_no_child_is_shown_a_line_for_adults",
    ),
    "R4": held(
        "nothing is asked further, or quoted",
        FLAGS + "test_a_safe_way_is_kept_as_written_for_who_takes_the_flag",
    ),
    "R5": held("a safe way, by choice", FLAGS + "test_nobody_must_give_a_number_to_be_answered"),
    "R6": held(
        "owner and deadline, and the person told which",
        FLAGS + "test_a_flag_knows_by_when_it_must_be_seen_and_what_was_shown",
        HOURS + "test_a_deadline_runs_while_somebody_is_there",
        ALERTS + "test_who_is_first_is_told_again_until_somebody_takes_it",
    ),
    "R7": held(
        "closed to children's words at night", RECEIPTS + "test_own_words_of_the_youngest_are_not_stored"
    ),
    "R8": held(
        "which lines were shown is noted",
        FLAGS + "test_a_flag_knows_by_when_it_must_be_seen_and_what_was_shown",
    ),
    "R9": held("the limit of secrecy first", PROMISES + "test_the_limit_of_secrecy_comes_before_words"),
    "R10": held("never a vote", FLAGS + "test_a_grave_message_is_no_need_and_never_leaves"),
}
THREATS = {
    "T1": held(
        "a parent with the child's phone",
        TELEGRAM + "test_a_message_of_which_nothing_may_be_shown_here_is_not_sent",
        LETTERS + "test_where_others_may_see_the_phone_nothing_is_shown_unasked",
        NEWS + "test_news_is_not_pushed_where_others_may_see_the_phone",
        UNSAYING + "test_after_erasure_every_message_that_can_be_deleted_is",
        UNSAYING + "test_what_is_older_than_two_days_is_not_tried_and_the_person_is_told_how_to_clear_it",
        UNSAYING + "test_killed_between_the_erasure_and_the_deletion_it_is_deleted_after_a_new_start",
    ),
    "T2": held("the same on the web", CHAT + "test_leaving_leaves_no_trace"),
    "T3": held("a parent who demands answers", PROMISES + "test_no_way_in_is_made_for_parents"),
    "T4": held(
        "the wrong person answers",
        ROUNDS + "test_a_measure_reaches_those_it_is_for",
        ROUNDS + "test_whom_a_worker_has_met_is_counted_apart",
        but="nobody is asked who fills in for whom; a call may count those alone whom a worker has met",
    ),
    "T5": held(
        "staff who snoop",
        DOOR + "test_role_by_route_by_object",
        DOOR + "test_each_look_at_a_person_a_flag_or_a_list_is_one_line_in_the_log",
        READS + "test_who_opens_many_persons_in_an_hour_is_told_of_once",
    ),
    "T6": held(
        "the log of staff is changed",
        LOG + "test_what_was_done_to_the_log_is_named",
        LOG + "test_two_lines_that_changed_places_are_both_named",
        LOG + "test_a_log_put_back_to_an_earlier_day_is_found_by_a_mark_kept_elsewhere",
        but=ORGANISED + "to keep a mark of the log elsewhere each day",
    ),
    "T7": held(
        "ballots are stuffed",
        FLOODS + "test_ten_thousand_forged_answers_are_flagged_and_change_nothing",
        "intake/test_marks.py::test_who_sends_again_in_the_same_browser_is_kept_and_counted_once",
    ),
    "T8": held(
        "a stolen file",
        TRACES + "test_no_file_of_the_database_holds_words_or_addresses_in_clear",
        BACKUP + "test_a_backup_shows_nothing_without_the_key",
        ROTATION + "test_a_start_with_the_wrong_keys_is_refused",
    ),
    "T9": held(
        "erased data in the file", ERASURE + "test_not_even_the_encrypted_bytes_are_left_after_erasure"
    ),
    "T10": held("a leaked token", TELEGRAM + "test_neither_the_token_nor_words_reach_the_log"),
    "T11": held(
        "a forged webhook",
        TELEGRAM + "test_without_the_secret_nothing_is_taken",
        TELEGRAM + "test_a_body_has_a_limit",
    ),
    "T12": held("an update again", TAKING + "test_an_update_is_taken_once_whichever_chat_it_names"),
    "T13": held(
        "a forged press", KINDS + "test_an_old_or_forged_button_is_answered_kindly_and_changes_nothing"
    ),
    "T14": held("formulas in a sheet", SHEETS + "test_a_formula_begins_with_an_apostrophe"),
    "T15": held(
        "scripts in a page",
        NAUGHTY + "test_the_web_takes_them_all",
        STAFF_NAUGHTY + "test_a_person_who_wrote_them_all",
        STAFF_NAUGHTY + "test_every_field_a_worker_fills_in",
    ),
    "T16": held(
        "markup in Telegram",
        TELEGRAM + "test_a_message_shows_its_words_and_buttons_without_previews_or_markup",
    ),
    "T17": held("SQL and paths", PROMISES + "test_no_statement_is_put_together_from_words"),
    "T18": held(
        "foreign forms",
        SHIELD + "test_another_site_can_do_nothing",
        FORGED + "test_a_form_without_its_token_or_from_elsewhere_changes_nothing",
    ),
    "T19": held(
        "guessed passwords",
        LOGIN + "test_of_a_thousand_wrong_passwords_twenty_reach_the_hasher",
        LOGIN + "test_the_right_worker_elsewhere_still_comes_in",
        LOGIN + "test_an_unknown_name_is_refused_in_the_same_words_and_by_the_same_work",
    ),
    "T20": held(
        "stolen sessions of staff",
        LOGIN + "test_a_session_gets_a_new_id_when_it_is_worth_more_and_the_old_one_is_dead",
        LOGIN + "test_the_cookie_is_the_hosts_own_over_tls_and_no_script_or_other_site_has_it",
        LOGIN + "test_a_session_that_was_ended_opens_nothing",
    ),
    "T21": held(
        "guessed numbers",
        RECEIPTS + "test_guessing_receipts_is_limited",
        DOOR + "test_what_is_not_there_is_not_there",
    ),
    "T22": held(
        "people found again in figures",
        SUPPRESS + "test_the_attacker_recovers_nobody",
        SUPPRESS + "test_nobody_is_found_between_weekly_releases",
        "exports/test_summaries.py::test_who_erases_what_they_told_is_not_given_away",
    ),
    "T23": held("a false bot", PROMISES + "test_nobody_is_ever_asked_for_a_password_or_a_number"),
    "T24": held("files, voices, places", TELEGRAM + "test_nothing_is_ever_downloaded"),
    "T25": held("expensive input", NAUGHTY + "test_no_words_break_a_question"),
    "T26": held("the supply chain", "rules/test_repository.py::test_the_locks_hold_hashes_and_name_no_place"),
    "T27": held(
        "words in a log, a metric or a count",
        CANARY + "test_markers_are_nowhere_but_where_they_belong",
        WORK + "test_what_staff_write_of_a_person_leaks_nowhere_and_goes_with_them",
        WORK + "test_what_a_body_writes_in_its_application_leaks_nowhere",
        WORK + "test_the_file_that_is_taken_along_in_telegram_is_in_no_log_and_no_file_of_ours",
        TRACES + "test_no_log_line_holds_what_people_say_or_who_they_are",
    ),
    "T28": held(
        "the rules are changed",
        APPLYING + "test_a_published_call_can_not_be_changed",
        APPLYING + "test_a_call_whose_words_were_changed_in_the_database_is_known",
        DECIDING + "test_two_decide_where_the_call_asks_for_two",
        "allocation/test_properties.py::test_a_second_implementation_comes_to_the_same_bytes",
    ),
    "T29": held("a false age", AGE + "test_an_age_unsaid_is_the_youngest"),
    "T30": held("a crisis text is missing", CATALOGUES + "test_each_word_is_said_in_each_language"),
    "T31": held(
        "a backup is stolen or lost", BACKUP + "test_a_copy_of_the_backup_and_the_keys_is_all_that_is_needed"
    ),
    "T32": held(
        "the clock is set",
        RETENTION + "test_a_clock_that_jumps_ahead_erases_nothing",
        APPLYING + "test_a_clock_that_is_set_back_opens_no_closed_call",
    ),
}
DUTIES = GDPR | NORWEGIAN | CHILDREN | GRAVE | THREATS
