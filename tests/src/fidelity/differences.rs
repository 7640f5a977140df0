//! Where implementations are known to differ from AWS, and what AWS documents.
//!
//! The same table in prose stands in `tests/README.md`. A row whose check passes makes that check fail, so the
//! list stays true.

use super::Implementation::{self, Embedded, Ministack};

/// A known difference.
#[derive(Debug)]
pub struct Difference {
    /// The check's name.
    pub check: &'static str,
    /// Who differs.
    pub implementation: Implementation,
    /// What AWS documents.
    pub aws: &'static str,
    /// Where AWS documents it.
    pub page: &'static str,
    /// When that page was read.
    pub read: &'static str,
    /// What the implementation does instead.
    pub does: &'static str,
    /// A part of what the check sees then.
    pub sign: &'static str,
}

/// All known differences.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        check: "point_in_time_recovery_and_tags_are_accepted",
        implementation: Embedded,
        aws: "UpdateContinuousBackups switches point-in-time recovery on",
        page: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html",
        read: "2026-11-26",
        does: "dynoxide does not know the operation; a data directory is backed up as files",
        sign: "UnknownOperationException",
    },
    Difference {
        check: "capacity_is_told_of_writes_queries_and_indexes",
        implementation: Ministack,
        aws: "a Query consumes the sizes of all items read, together rounded up to 4 KB, half of it when it is \
              eventually consistent",
        page: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Other.html",
        read: "2026-11-26",
        does: "tells half a unit for every Query, however much was read",
        sign: "a query of 1 MB: Some(0.5)",
    },
    Difference {
        check: "dead_letters_go_back_to_their_queue_by_a_move_task",
        implementation: Ministack,
        aws: "StartMessageMoveTask moves a dead-letter queue's messages back to their sources",
        page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html",
        read: "2026-11-26",
        does: "does not know the action",
        sign: "InvalidAction",
    },
    Difference {
        check: "a_rule_is_removed_only_after_its_targets",
        implementation: Ministack,
        aws: "a rule with targets is not deleted",
        page: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html",
        read: "2026-11-26",
        does: "deletes it",
        sign: "accepted",
    },
    Difference {
        check: "an_event_that_is_none_fails_alone",
        implementation: Ministack,
        aws: "PutEvents counts each event that it does not take, with its error code, in FailedEntryCount",
        page: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html",
        read: "2026-11-26",
        does: "takes an event without what it must have",
        sign: "codes: [None, None, None]",
    },
    Difference {
        check: "an_expression_that_is_none_is_refused",
        implementation: Ministack,
        aws: "a schedule's expression is at, rate or cron, and anything else a ValidationException",
        page: "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html",
        read: "2026-11-26",
        does: "takes any text",
        sign: "accepted",
    },
    Difference {
        check: "schedules_are_listed_by_group_and_name_in_pages",
        implementation: Ministack,
        aws: "MaxResults limits a page, and NextToken leads to the next",
        page: "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html",
        read: "2026-11-26",
        does: "gives a page without the token of the next",
        sign: "in pages:",
    },
    Difference {
        check: "a_single_time_is_read_in_its_time_zone",
        implementation: Ministack,
        aws: "the time of at(…) is one of ScheduleExpressionTimezone",
        page: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
        read: "2026-11-26",
        does: "reads it as UTC",
        sign: "in time: []",
    },
];

/// The known difference of an implementation in a check.
#[must_use]
pub fn of(check: &str, implementation: Implementation) -> Option<&'static Difference> {
    DIFFERENCES.iter().find(|known| known.check == check && known.implementation == implementation)
}
