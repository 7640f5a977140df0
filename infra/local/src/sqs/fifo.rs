//! The order of FIFO queues.
//!
//! A group whose message is in flight gives no other message until that one is deleted or visible again.
//! One receive takes as many messages of one group as it can, in order, before it turns to the next
//! group; groups take turns by the age of what they wait with.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};

use super::errors::SqsError;
use super::receive::Candidate;
use super::redrive;
use super::store::{Queue, Store};

impl Store {
    /// Notes a message at a group's end. A group that exists keeps its head, and so its time.
    pub(super) fn open_lane(&self, queue: &Queue, lane: &str, visible_at: i64) -> Result<(), SqsError> {
        self.connection
            .prepare_cached(
                "INSERT INTO groups (queue, lane, ready_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute(params![queue.id, lane, visible_at])?;
        Ok(())
    }

    /// Works out again when groups are ready, after something happened to their messages.
    pub(super) fn settle_lanes<'a>(
        &self,
        queue: &Queue,
        lanes: impl Iterator<Item = &'a str>,
    ) -> Result<(), SqsError> {
        lanes.collect::<BTreeSet<_>>().into_iter().try_for_each(|lane| self.settle_lane(queue, lane))
    }

    fn settle_lane(&self, queue: &Queue, lane: &str) -> Result<(), SqsError> {
        let mut head = self.connection.prepare_cached(
            "SELECT visible_at FROM messages WHERE queue = ?1 AND lane = ?2 ORDER BY seq LIMIT 1",
        )?;
        let head: Option<i64> = head.query_row(params![queue.id, lane], |row| row.get(0)).optional()?;
        let Some(head) = head else {
            let mut close =
                self.connection.prepare_cached("DELETE FROM groups WHERE queue = ?1 AND lane = ?2")?;
            close.execute(params![queue.id, lane])?;
            return Ok(());
        };
        let mut flight = self.connection.prepare_cached(
            "SELECT max(visible_at) FROM messages WHERE queue = ?1 AND lane = ?2 AND receives > 0",
        )?;
        let flight: Option<i64> = flight.query_row(params![queue.id, lane], |row| row.get(0))?;
        // What was visible again before the head was sent holds nobody up, so the later time decides.
        let busy_until = flight.filter(|it| *it > self.now());
        let mut set = self.connection.prepare_cached(
            "INSERT INTO groups (queue, lane, ready_at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET ready_at = excluded.ready_at",
        )?;
        set.execute(params![queue.id, lane, busy_until.unwrap_or(head).max(head)])?;
        Ok(())
    }

    /// The next messages, group by group.
    pub(super) fn choose_from_groups(&mut self, queue: &Queue, max: u32) -> Result<Vec<Candidate>, SqsError> {
        loop {
            let mut statement = self.connection.prepare_cached(
                "SELECT lane FROM groups WHERE queue = ?1 AND ready_at <= ?2 ORDER BY ready_at LIMIT ?3",
            )?;
            let rows = statement.query_map(params![queue.id, self.now(), max], |row| row.get(0))?;
            let lanes = rows.collect::<Result<Vec<String>, _>>()?;
            drop(statement);
            let mut chosen = Vec::new();
            for lane in &lanes {
                let room = max as usize - chosen.len();
                if room == 0 {
                    break;
                }
                chosen.append(&mut self.choose_from_group(queue, lane, room)?);
            }
            // A round in which all messages were dead letters has emptied its groups; there may be more.
            if !chosen.is_empty() || lanes.is_empty() {
                return Ok(chosen);
            }
        }
    }

    fn choose_from_group(
        &mut self,
        queue: &Queue,
        lane: &str,
        room: usize,
    ) -> Result<Vec<Candidate>, SqsError> {
        loop {
            let (dead, alive) = redrive::split(self, queue, self.front_of(queue, lane, room)?);
            if dead.is_empty() {
                return Ok(alive);
            }
            self.move_to_dead_letters(queue, &dead)?;
        }
    }

    /// A group's first messages, up to the first that is not visible.
    fn front_of(&self, queue: &Queue, lane: &str, room: usize) -> Result<Vec<Candidate>, SqsError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, receives, visible_at FROM messages WHERE queue = ?1 AND lane = ?2
             ORDER BY seq LIMIT ?3",
        )?;
        let mut rows = statement.query(params![queue.id, lane, room as i64])?;
        let mut front = Vec::new();
        while let Some(row) = rows.next()? {
            let visible_at: i64 = row.get(2)?;
            if visible_at > self.now() {
                break;
            }
            let lane = Some(lane.to_owned());
            front.push(Candidate { seq: row.get(0)?, lane, receives: row.get(1)? });
        }
        Ok(front)
    }
}
