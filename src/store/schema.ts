/**
 * The tables, the same in both databases. Money is a decimal string of pico-dollars, for no integer type of either
 * database is added up here: sums are BigInt in our code, inside the transaction. JSON is text. Times are milliseconds since
 * the epoch. Flags are 0 or 1.
 *
 * @module
 */

/**
 * A run, and the counter from which its events take their offsets. Its row is the lock of everything it writes. `seal_key`:
 * its content is sealed with this key. `retention_ms`: so long after its end its content is kept; null: until it is purged.
 */
export interface RunTable {
  run_key: string
  run_id: string
  workflow: string
  workspace: string
  labels: string
  budget: string
  scope_id: string
  started_at_ms: number
  ended_at_ms: number | null
  outcome: string | null
  message: string | null
  next_offset: number
  /** The Temporal run that ended it; null where its end was found out later. */
  ended_part: string | null
  /** The Temporal run that was the last to come to it: one that came before has ended, or was reset. */
  latest_part: string | null
  /** When it began from its beginning again: a child does whose parent was reset. Null where it never did. */
  begun_anew_at_ms: number | null
  /** The run's own policy, null where it has none; of a sealed run sealed where it has content rules. */
  policy: string | null
  /** Whose transcript it goes on from, and where; null for a run that began by itself. */
  forked_from: string | null
  seal_key: string | null
  retention_ms: number | null
  purged_at_ms: number | null
  /** The same, also where a reset has it say more: what a process has read before is no more. Null: nothing was ever purged. */
  last_purged_at_ms: number | null
  /** Of the namespace that it runs in; null where nobody has said. */
  namespace_id: string | null
  /** That an agent's own calls are bound to; null for any of their class, and where the run began before this was kept. */
  bound_model: string | null
  /** Who is to be told of its end, as a list of names with the ends that count; null for nobody. */
  notices: string | null
}

/**
 * What was spent and what is reserved, and a run's limits: a run tree has one, whose id is its root's key; a child with a slice
 * has one, whose id is its own key. A shared budget has one for each period, and one for each value of a label where each has a
 * limit; its limits are not here but in the configuration and in `budget_limits`.
 */
export interface ScopeTable {
  scope_id: string
  limit_pico: string | null
  limit_tokens: number | null
  spent_pico: string
  spent_tokens: number
  reserved_pico: string
  reserved_tokens: number
}

/** What an open attempt may still cost, in each of its scopes that can be short. The row goes when the attempt is settled. */
export interface ReservationTable {
  scope_id: string
  attempt_id: string
  pico: string | null
  tokens: number
}

/**
 * A call and, once it has one, its answer: the journal. `first_part` and `begun_part` are the Temporal runs in which it began
 * first and last: a reset run begins the calls anew that it comes upon again, and leaves the others. `view`: what of its
 * transcript stood in the prompt, null for all of it. `sums_up_for`: the class for whose calls it sums up, null for a step.
 * `unanswered_at_ms`: when it ended without an answer; null again once its run asks it anew.
 */
export interface CallTable {
  call_id: string
  run_key: string
  step: number
  task_class: string
  workspace: string
  labels: string
  started_at_ms: number
  answer: string | null
  answer_attempt_id: string | null
  answered_at_ms: number | null
  unanswered_at_ms: number | null
  first_part: string | null
  begun_part: string | null
  begun_at_ms: number | null
  view: string | null
  sums_up_for: string | null
  /** The plan of a call that began before anyone was asked; null where the first attempt has it. */
  route: string | null
}

/**
 * The ledger: one request on the wire. `settled_…` is what it has added to its scopes' spendings, null while open.
 * `shared_scopes` lists the scopes beside the tree's, slices and shared budgets, null where there is none.
 */
export interface AttemptTable {
  attempt_id: string
  call_id: string
  run_key: string
  run_id: string
  scope_id: string
  shared_scopes: string | null
  attempt: number
  step: number
  task_class: string
  workspace: string
  labels: string
  endpoint: string
  provider: string
  model: string
  planned: string
  reason: string
  retention: string | null
  wire_request_id: string
  catalog_version: string
  worst_pico: string | null
  worst_tokens: number
  settled_pico: string | null
  settled_tokens: number | null
  outcome: string
  fault_kind: string | null
  fault: string | null
  usage: string
  cost_low_pico: string | null
  cost_high_pico: string | null
  unpriced: number
  reported_cost_pico: string | null
  request_id: string | null
  first_token_ms: number | null
  total_ms: number | null
  started_at_ms: number
  ended_at_ms: number | null
  /** The Temporal run whose activity made it; null before that was kept. */
  part: string | null
  /** The plan that it is the first attempt of; null for the others. */
  route: string | null
  /** Why no second endpoint was asked beside it; null where one was, where it began in time, and before that was kept. */
  unhedged: string | null
  /** The vendor's id of the batch that it went into; null where it went as usual. */
  batch: string | null
}

/** Rejections that many plans have in common, by the digest of their text. */
export interface RejectionsTable {
  digest: string
  body: string
}

/** A lineage that left another: its messages before `parent_length` are the parent's. A lineage without a row has none. */
export interface LineageTable {
  lineage: string
  parent: string
  parent_length: number
}

/** `digest` is the SHA-256 of `body`; `version` the message specification that the body follows. */
export interface MessageTable {
  lineage: string
  position: number
  digest: string
  version: string
  body: string
}

/**
 * A long text of a run, kept once: a tool's result, a document, an image. `digest` is the SHA-256 of `body`, which is JSON. By run,
 * so that what a run has written goes with it.
 */
export interface BlobTable {
  run_key: string
  digest: string
  body: string
}

/**
 * A long text that a client wrote for a run, which may not have begun: by the run's id, until the run takes it over as a blob
 * under its key. `digest` and `body` are those of the blob.
 */
export interface ClientTextTable {
  run_id: string
  digest: string
  body: string
  at_ms: number
}

/**
 * A long result lies among the blobs, under `result_digest`; `result` is null then. `question`: a digest of what is asked, empty
 * in rows from before there was one. `tool_name` is sealed in a sealed run. `first_part` and `begun_part`: the Temporal runs in
 * which the call began first and last.
 */
export interface ToolRecordTable {
  run_key: string
  step: number
  tool_call_id: string
  question: string
  tool_name: string
  began_at_ms: number
  ended_at_ms: number | null
  is_error: number | null
  result: string | null
  result_digest: string | null
  first_part: string | null
  begun_part: string | null
  /** What the call was charged when it began; null where it was free. Such a row stays when the content of its run is purged. */
  price_pico: string | null
  /** A `ToolFailure`; null where it is none. */
  failure: string | null
}

/**
 * `transient`: a piece of an answer under way, deleted when the answer is there. `once_id`: the same on every try to write the
 * event; null where something else tells whether it is written.
 */
export interface RunEventTable {
  run_key: string
  event_offset: number
  at_ms: number
  transient: number
  step: number | null
  body: string
  once_id: string | null
}

/**
 * A shared budget's limits as people have set them: each that is not null holds instead of the configuration's. `budget` is its name, or
 * `<name>:<label>=<value>` of one value of a label, where each has a limit: then it holds before that of the name.
 */
export interface BudgetLimitTable {
  budget: string
  limit_pico: string | null
  limit_tokens: number | null
  set_at_ms: number
}

/**
 * A call that waits for room in a budget. The row goes when the call does not wait any more. `asks_again_at_ms`: of one that was put
 * off; null of one that stands in line.
 */
export interface BudgetWaitTable {
  call_id: string
  scope_id: string
  run_key: string
  run_id: string
  step: number
  task_class: string
  endpoint: string
  reason: string
  needed_pico: string | null
  needed_tokens: number
  since_ms: number
  asks_again_at_ms: number | null
}

/** A run's limits that somebody has raised: by how much, who, and why. */
export interface BudgetRaiseTable {
  raise_id: string
  run_key: string
  pico: string
  tokens: number
  decided_by: string | null
  note: string | null
  at_ms: number
}

/** A Temporal run that has come to a run: opened it, called something, asked people, or ended it. */
export interface RunPartTable {
  run_key: string
  part: string
}

/** A share of a shared budget's limit that was reached, and told. */
interface BudgetWarningTable {
  scope_id: string
  share: string
  at_ms: number
}

/** Who decided on a tool call that needed approval. A reset run may decide anew: another row. */
export interface DecisionTable {
  run_key: string
  step: number
  tool_call_id: string
  at_ms: number
  tool_name: string
  decision: string
  decided_by: string | null
  note: string | null
  deadline: number
}

/**
 * A key that seals, wrapped by a master key that is not here: a run tree's, or a workspace's. `wrapped` is null once it was
 * destroyed; the row stays, so that a reader can be told.
 */
export interface SealKeyTable {
  key_id: string
  root_id: string | null
  workspace: string | null
  master_id: string
  wrapped: string | null
  made_at_ms: number
  destroyed_at_ms: number | null
}

/** The run trees whose payloads are sealed, by the id of the run at the top. `content`: what is stored here is sealed too. */
export interface SealedRootTable {
  root_id: string
  key_id: string
  content: number
}

/** What the workers' configuration says of a workspace, for clients that have none: `*` stands for those not named. */
export interface WorkspaceRuleTable {
  workspace: string
  zdr: number
  encrypt_payloads: number
}

/** How an endpoint is doing, as all workers together have seen it. `state`: JSON, empty at first; `shape`: the version of that. */
export interface EndpointHealthTable {
  endpoint: string
  state: string
  shape: number
  changed_at_ms: number
}

/** What a limit has handed out: an endpoint's or a provider's. Times and tags have fractions. */
export interface LimitStartsTable {
  scope_id: string
  requests_at_ms: number
  tokens_at_ms: number
  /** The highest of `served_by`, for workers of an earlier version. */
  served: number
  /** By priority, as JSON. Null: an earlier version wrote it. */
  served_by: string | null
}

/** A call that waits for its start in a scope. */
export interface LimitTicketTable {
  scope_id: string
  call_id: string
  workspace: string
  priority: number
  tag: number
  /** Null: an earlier version wrote it. */
  waiting_since_ms: number | null
  due_at_ms: number
  /** Null: an earlier version wrote it. */
  asked_tokens: number | null
}

/** A request in flight where their number is limited. */
export interface LimitPermitTable {
  scope_id: string
  permit_id: string
  until_ms: number
}

export interface SchemaVersionTable {
  version: number
  name: string
  applied_at_ms: number
}

/** An alert that has begun at least once. */
export interface AlertTable {
  /** Its kind and its subject. */
  alert: string
  state: 'begun' | 'ended'
  /** When it changed, or was last said to be still so. */
  changed_at_ms: number
}

/** A webhook that is to be told of the end of a run, or was. */
export interface NoticeTable {
  run_key: string
  /** Of the notice, in the configuration. */
  name: string
  /** Whose workers tell it; null where nobody has said. */
  queue: string | null
  ended_at_ms: number
  run_id: string
  /** What is posted. */
  body: string
  tries: number
  /** Null once it was taken, or given up. */
  due_at_ms: number | null
  tried_at_ms: number | null
  /** Why the last try failed; null where it did not, or there was none. */
  problem: string | null
}

export interface Tables {
  runs: RunTable
  run_parts: RunPartTable
  scopes: ScopeTable
  reservations: ReservationTable
  calls: CallTable
  attempts: AttemptTable
  rejections: RejectionsTable
  lineages: LineageTable
  messages: MessageTable
  blobs: BlobTable
  client_texts: ClientTextTable
  tool_records: ToolRecordTable
  run_events: RunEventTable
  budget_limits: BudgetLimitTable
  budget_warnings: BudgetWarningTable
  decisions: DecisionTable
  seal_keys: SealKeyTable
  sealed_roots: SealedRootTable
  workspace_rules: WorkspaceRuleTable
  budget_waits: BudgetWaitTable
  budget_raises: BudgetRaiseTable
  endpoint_health: EndpointHealthTable
  limit_starts: LimitStartsTable
  limit_tickets: LimitTicketTable
  limit_permits: LimitPermitTable
  alerts: AlertTable
  notices: NoticeTable
  schema_version: SchemaVersionTable
}
