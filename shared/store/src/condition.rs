//! Every condition of a write, by name.
//!
//! The rules of this system are settled in writes, so each condition carries a promise. Each names its
//! attributes through a placeholder that no other condition has: a test's interceptor recognises the
//! condition by its text, drops it, and some test has to fail.

macro_rules! conditions {
    ($($(#[$doc:meta])* $name:ident = $text:literal { $($place:literal => $attribute:literal),* };)*) => {
        /// A condition that a write of the store carries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Condition {
            $($(#[$doc])* $name,)*
        }

        impl Condition {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its text, as DynamoDB reads it.
            #[must_use]
            pub fn expression(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Its placeholders and the attributes that they stand for.
            #[must_use]
            pub fn names(self) -> &'static [(&'static str, &'static str)] {
                match self { $(Self::$name => &[$(($place, $attribute)),*],)* }
            }
        }
    };
}

conditions! {
    /// An inbound message is written once: the condition is the deduplication, and keeps `received_at`.
    InboundAbsent = "attribute_not_exists(#inbound_pk)" { "#inbound_pk" => "pk" };
    /// A conversation's state only moves forward.
    StateForward = "attribute_not_exists(#fwd_al) AND (attribute_not_exists(#fwd_lr) OR #fwd_lr < :lr) AND (attribute_not_exists(#fwd_wo) OR #fwd_wo <= :wo) AND (attribute_not_exists(#fwd_la) OR #fwd_la <= :la)"
        { "#fwd_al" => "al", "#fwd_lr" => "lr", "#fwd_wo" => "wo", "#fwd_la" => "la" };
    /// A state that was read and joined is written only if nobody moved it meanwhile.
    StateUnchanged = "#same_ver = :seen" { "#same_ver" => "ver" };
    /// A message of ours moves the activity forward, and ends the customer's wait, only if nothing newer came.
    ActivityForward = "attribute_not_exists(#act_al) AND (attribute_not_exists(#act_la) OR #act_la <= :la)"
        { "#act_al" => "al", "#act_la" => "la" };
    /// A record is merged into one other only, and never after its person was erased.
    NotMerged = "attribute_exists(#loser_pk) AND attribute_not_exists(#loser_al) AND attribute_not_exists(#loser_er)"
        { "#loser_pk" => "pk", "#loser_al" => "alias_of", "#loser_er" => "er" };
    /// A record that others are merged into is not merged itself at the same time: two merges never make a circle.
    /// Whoever was erased gets no more records.
    IntoNotMerged = "attribute_exists(#into_pk) AND attribute_not_exists(#into_al) AND attribute_not_exists(#into_er)"
        { "#into_pk" => "pk", "#into_al" => "alias_of", "#into_er" => "er" };
    /// A merge is undone only as it was seen, and never after its person was erased.
    MergeStands = "#stands_al = :into AND #stands_mg = :merged_at AND attribute_not_exists(#stands_er)"
        { "#stands_al" => "alias_of", "#stands_mg" => "mg", "#stands_er" => "er" };
    /// A number or an id of another system that is entered by hand has one owner.
    OwnedByNobodyElse = "attribute_not_exists(#hand_pk) OR #hand_ct = :owner" { "#hand_pk" => "pk", "#hand_ct" => "ct" };
    /// Nobody's identity is taken away but the owner's.
    IdentityOwned = "#idn_ct = :owner" { "#idn_ct" => "ct" };
    /// A record is made once.
    ContactAbsent = "attribute_not_exists(#contact_pk)" { "#contact_pk" => "pk" };
    /// A step of an import or export is written by one worker only.
    FileJobUnchanged = "attribute_not_exists(#file_pk) OR #file_ver = :seen" { "#file_pk" => "pk", "#file_ver" => "ver" };
    /// A file is imported with a mapping once.
    FileUnclaimed = "attribute_not_exists(#imported_pk)" { "#imported_pk" => "pk" };
    /// The month of a person's last activity only moves forward, on a record that is there.
    MonthForward = "attribute_exists(#month_pk) AND (attribute_not_exists(#month_act) OR #month_act < :month)"
        { "#month_pk" => "pk", "#month_act" => "act" };
    /// A record is changed by hand only as it was seen, and never after its person was erased.
    ContactUnchanged = "attribute_exists(#rec_pk) AND attribute_not_exists(#rec_er) AND (#rec_ver = :seen OR (attribute_not_exists(#rec_ver) AND :seen = :zero))"
        { "#rec_pk" => "pk", "#rec_er" => "er", "#rec_ver" => "ver" };
    /// A BSUID has one owner for good.
    UserIdUnowned = "attribute_not_exists(#uid_pk)" { "#uid_pk" => "pk" };
    /// A phone that nobody had is taken once.
    PhoneUnowned = "attribute_not_exists(#phone_pk)" { "#phone_pk" => "pk" };
    /// A phone moves only from the owner that was seen.
    PhoneOwnerUnchanged = "#own_ct = :owner AND #own_fr = :since" { "#own_ct" => "ct", "#own_fr" => "fr" };
    /// A request to send is claimed once.
    ClaimAbsent = "attribute_not_exists(#claim_pk)" { "#claim_pk" => "pk" };
    /// The write-ahead of a message of ours never overwrites what is known of it.
    OutboundAbsent = "attribute_not_exists(#out_pk)" { "#out_pk" => "pk" };
    /// An attempt begins only from a state in which nothing can be on its way.
    MayAttempt = "#may_ss IN (:queued, :waiting) AND #may_at = :before" { "#may_ss" => "ss", "#may_at" => "at" };
    /// An outcome belongs to the attempt that is open.
    AttemptOpen = "#open_ss IN (:sending, :unknown) AND #open_at = :attempt" { "#open_ss" => "ss", "#open_at" => "at" };
    /// A message is put off only if it is not being posted.
    MayWait = "#wait_ss IN (:queued, :waiting)" { "#wait_ss" => "ss" };
    /// An attempt that a crash left open becomes unknown, unless its outcome was written meanwhile.
    StillSending = "#still_ss = :sending AND #still_at = :attempt" { "#still_ss" => "ss", "#still_at" => "at" };
    /// A status folds into a message that exists: it never makes one.
    StatusTarget = "attribute_exists(#target_pk)" { "#target_pk" => "pk" };
    /// A hold is lifted only if nobody renewed it.
    HoldUnchanged = "#hold_hd = :seen" { "#hold_hd" => "hd" };
    /// A webhook event is written once.
    EventAbsent = "attribute_not_exists(#event_pk)" { "#event_pk" => "pk" };
    /// A dead letter is written once, however often the same poison is delivered.
    LetterAbsent = "attribute_not_exists(#letter_pk)" { "#letter_pk" => "pk" };
    /// The first word that forbids or allows makes the gate.
    GateAbsent = "attribute_not_exists(#gate_pk)" { "#gate_pk" => "pk" };
    /// A gate that was read is written only if nobody wrote it meanwhile.
    GateUnchanged = "#gate_ver = :gate_seen" { "#gate_ver" => "ver" };
    /// A word of the ledger is written once, and never over another.
    ConsentAbsent = "attribute_not_exists(#consent_pk)" { "#consent_pk" => "pk" };
    /// What was said of a template's category never gives way to something older, nor to anything once Meta has shown it.
    TemplateForward = "attribute_not_exists(#tpl_mx) AND (attribute_not_exists(#tpl_ct) OR #tpl_ct <= :tpl_at)"
        { "#tpl_mx" => "mx", "#tpl_ct" => "ct" };
    /// What Meta says of a template was joined with what was known, and is written only if that is still all.
    MirrorUnchanged = "#mirror_mv = :seen OR (attribute_not_exists(#mirror_mv) AND :seen = :zero)"
        { "#mirror_mv" => "mv" };
    /// Only somebody on record can be erased: an erasure makes no record.
    ContactThere = "attribute_exists(#there_pk)" { "#there_pk" => "pk" };
    /// An identity is taken only from whom is erased, not from who has it by now.
    IdentityOfErased = "#gone_ct = :gone" { "#gone_ct" => "ct" };
    /// A number is entered into the directory once, and never overwrites what was set there.
    NumberAbsent = "attribute_not_exists(#number_pk)" { "#number_pk" => "pk" };
    /// What Meta says of a number was joined with what was known, and is written only if that is still all.
    FactsUnchanged = "#facts_fv = :seen OR (attribute_not_exists(#facts_fv) AND :seen = :zero)" { "#facts_fv" => "fv" };
    /// One step of a number at a time: the one before has ended, or is given up.
    StepFree = "attribute_not_exists(#begin_st) OR NOT (#begin_st IN (:pending, :asking)) OR #begin_at < :given_up"
        { "#begin_st" => "ob_st", "#begin_at" => "ob_at" };
    /// A step is asked of Meta once, by the job that it was begun for.
    StepPending = "#pend_st = :pending AND #pend_id = :id" { "#pend_st" => "ob_st", "#pend_id" => "ob_id" };
    /// A step is ended by its own job, not by one that it took the place of.
    StepMine = "#step_id = :id" { "#step_id" => "ob_id" };
    /// Only a number that was seen has settings.
    NumberThere = "attribute_exists(#there_pk)" { "#there_pk" => "pk" };
    /// A conversation is changed by hand or by policy only if nobody changed it, and nobody wrote, since it was seen; and
    /// never while it is part of another record's.
    HandlingUnchanged = "attribute_not_exists(#hand_al) AND #hand_ver = :seen" { "#hand_al" => "al", "#hand_ver" => "ver" };
    /// A turn of a policy is taken once: whoever saw an older one looks again.
    TurnUnchanged = "attribute_not_exists(#turn_t) OR #turn_t = :seen" { "#turn_t" => "t" };
    /// How far somebody has read only moves forward.
    ReadForward = "attribute_not_exists(#read_rt) OR #read_rt < :rt" { "#read_rt" => "rt" };
    /// A free entry point belongs to a conversation that is there, and never ends sooner than Meta once said.
    FreeEntryForward = "attribute_exists(#free_pk) AND (attribute_not_exists(#free_fe) OR #free_fe < :fe)"
        { "#free_pk" => "pk", "#free_fe" => "fe" };
    /// A change in the directory makes nobody: who was removed meanwhile stays so.
    ListedThere = "attribute_exists(#listed_pk)" { "#listed_pk" => "pk" };
    /// A key begins one request: nothing of it is there, or it is too old, or its first request died without an answer.
    RequestFree = "attribute_not_exists(#free_pk) OR #free_ba <= :expired OR (attribute_not_exists(#free_st) AND #free_ba <= :abandoned AND #free_hs = :hs)"
        { "#free_pk" => "pk", "#free_ba" => "ba", "#free_st" => "st", "#free_hs" => "hs" };
    /// An answer is kept by the one who gave it, not by one who was believed dead.
    RequestMine = "#mine_ba = :begun" { "#mine_ba" => "ba" };
    /// An endpoint that was removed is not brought back by news of it.
    EndpointExists = "attribute_exists(#endpoint_pk)" { "#endpoint_pk" => "pk" };
    /// After a pause, one post finds out for all others whether an endpoint is back.
    PauseUnchanged = "#pause_cu = :seen" { "#pause_cu" => "cu" };
    /// A run of a chunk is one worker's at a time: whoever lost it finds out at its next write.
    RunUnchanged = "#run_rn = :run_seen OR (attribute_not_exists(#run_rn) AND :run_seen = :run_new)" { "#run_rn" => "rn" };
    /// Slots of a messaging limit are taken only while there is room for them, below the limit that was seen.
    LedgerRoom = "#room_al = :room_al AND #room_t <= :room_most" { "#room_al" => "al", "#room_t" => "t" };
    /// Slots come back, and old ones stop counting, only in a ledger in which nobody else did that since it was read.
    LedgerUnchanged = "#whole_v = :whole_seen AND #whole_al = :whole_al AND #whole_t <= :whole_most"
        { "#whole_v" => "v", "#whole_al" => "al", "#whole_t" => "t" };
    /// A number's time is leased to one worker only.
    LeaseUnchanged = "attribute_not_exists(#lease_tat) OR #lease_tat = :lease_seen" { "#lease_tat" => "tat" };
    /// A slot for a single message is taken from a stock that has one.
    StockLeft = "#left_lf > :zero AND #left_bk = :bucket" { "#left_lf" => "lf", "#left_bk" => "bk" };
    /// A stock is filled up once: whoever saw an older one looks again.
    StockUnchanged = "(attribute_not_exists(#fill_bk) AND :seen_bk = :none) OR (#fill_bk = :seen_bk AND #fill_lf = :seen_lf)"
        { "#fill_bk" => "bk", "#fill_lf" => "lf" };
    /// A campaign is made once, also the run of a recurring one that two workers find due.
    CampaignAbsent = "attribute_not_exists(#camp_pk)" { "#camp_pk" => "pk" };
    /// A campaign's definition and state are written only as they were seen.
    CampaignUnchanged = "#camp_ver = :camp_seen" { "#camp_ver" => "ver" };
    /// A chunk is written once: it is the membership, and of two walks the second adopts it.
    ChunkAbsent = "attribute_not_exists(#chunk_pk)" { "#chunk_pk" => "pk" };
    /// A pre-flight is counted on by one worker, and only while it is the newest.
    PreflightUnchanged = "#pre_id = :pre_id AND #pre_ver = :pre_seen" { "#pre_id" => "id", "#pre_ver" => "ver" };
    /// An audience is frozen once.
    LogNotFrozen = "attribute_exists(#frozen_pk) AND attribute_not_exists(#frozen_fz)" { "#frozen_pk" => "pk", "#frozen_fz" => "fz" };
    /// What is released stays released, and what is through stays through.
    ReleaseForward = "attribute_exists(#rel_fz) AND (attribute_not_exists(#rel_ru) OR (#rel_ru <= :ru AND #rel_du <= :du))"
        { "#rel_fz" => "fz", "#rel_ru" => "ru", "#rel_du" => "du" };
    /// Money of a budget is kept only while there is so much left.
    BudgetRoom = "attribute_not_exists(#money_hl) OR #money_hl <= :room" { "#money_hl" => "hl" };
    /// A chunk keeps money once.
    ChunkKeepsNothing = "attribute_not_exists(#keeps_bh)" { "#keeps_bh" => "bh" };
    /// News of a file makes no message and no upload: what was erased or ran out stays away.
    FileThere = "attribute_exists(#media_pk)" { "#media_pk" => "pk" };
    /// A file that was copied stays so, whatever a second job finds.
    FileOnItsWay = "#way_mst = :copying" { "#way_mst" => "mst" };
    /// A conversion is written once, however often it is told.
    ConversionAbsent = "attribute_not_exists(#conv_pk)" { "#conv_pk" => "pk" };
    /// What a chunk did not need comes back once.
    ChunkKeeps = "#kept_bh = :kept" { "#kept_bh" => "bh" };
    /// What was recounted from an older look never stands over what was recounted from a newer one.
    RecountForward = "attribute_not_exists(#count_rv) OR #count_rv <= :rv" { "#count_rv" => "rv" };
    /// A day that changed while it was added up is added up again.
    MarkUnchanged = "#mark_v = :seen" { "#mark_v" => "v" };
}
