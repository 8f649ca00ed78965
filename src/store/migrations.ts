/**
 * How the tables came to be, step by step, in both databases. A migration that was released is never edited: the next
 * change is the next entry.
 *
 * @module
 */
import { type Compilable, type CreateTableBuilder, type Kysely, type SchemaModule, sql } from 'kysely'
import type { CallTable, Tables } from './schema.ts'

export type Database = 'sqlite' | 'postgres'

export interface Migration {
  readonly version: number
  readonly name: string
  /** The other one has no need of it. */
  readonly only?: Database
  readonly statements: readonly ((schema: SchemaModule, queries: Kysely<Tables>) => Compilable)[]
}

const FIRST: Migration['statements'] = [
  schema =>
    createTable(schema, 'runs', {
      run_key: 'text',
      run_id: 'text',
      workflow: 'text',
      workspace: 'text',
      labels: 'text',
      budget: 'text',
      scope_id: 'text',
      started_at_ms: 'bigint',
      ended_at_ms: 'bigint?',
      outcome: 'text?',
      message: 'text?',
      next_offset: 'bigint',
    }).addPrimaryKeyConstraint('runs_key', ['run_key']),
  schema =>
    createTable(schema, 'scopes', {
      scope_id: 'text',
      limit_pico: 'text?',
      limit_tokens: 'bigint?',
      spent_pico: 'text',
      spent_tokens: 'bigint',
      reserved_pico: 'text',
      reserved_tokens: 'bigint',
    }).addPrimaryKeyConstraint('scopes_key', ['scope_id']),
  schema =>
    createTable(schema, 'reservations', {
      scope_id: 'text',
      attempt_id: 'text',
      pico: 'text?',
      tokens: 'bigint',
    }).addPrimaryKeyConstraint('reservations_key', ['scope_id', 'attempt_id']),
  schema =>
    createTable(schema, 'calls', {
      call_id: 'text',
      run_key: 'text',
      step: 'bigint',
      task_class: 'text',
      workspace: 'text',
      labels: 'text',
      started_at_ms: 'bigint',
      answer: 'text?',
      answer_attempt_id: 'text?',
      answered_at_ms: 'bigint?',
    }).addPrimaryKeyConstraint('calls_key', ['call_id']),
  schema =>
    createTable(schema, 'attempts', {
      attempt_id: 'text',
      call_id: 'text',
      run_key: 'text',
      run_id: 'text',
      scope_id: 'text',
      attempt: 'bigint',
      step: 'bigint',
      task_class: 'text',
      workspace: 'text',
      labels: 'text',
      endpoint: 'text',
      provider: 'text',
      model: 'text',
      planned: 'text',
      reason: 'text',
      retention: 'text?',
      wire_request_id: 'text',
      catalog_version: 'text',
      worst_pico: 'text?',
      worst_tokens: 'bigint',
      settled_pico: 'text?',
      settled_tokens: 'bigint?',
      outcome: 'text',
      fault_kind: 'text?',
      fault: 'text?',
      usage: 'text',
      cost_low_pico: 'text?',
      cost_high_pico: 'text?',
      unpriced: 'bigint',
      reported_cost_pico: 'text?',
      request_id: 'text?',
      first_token_ms: 'double precision?',
      total_ms: 'double precision?',
      started_at_ms: 'bigint',
      ended_at_ms: 'bigint?',
    }).addPrimaryKeyConstraint('attempts_key', ['attempt_id']),
  schema =>
    createTable(schema, 'lineages', {
      lineage: 'text',
      parent: 'text',
      parent_length: 'bigint',
    }).addPrimaryKeyConstraint('lineages_key', ['lineage']),
  schema =>
    createTable(schema, 'messages', {
      lineage: 'text',
      position: 'bigint',
      digest: 'text',
      version: 'text',
      body: 'text',
    }).addPrimaryKeyConstraint('messages_key', ['lineage', 'position']),
  schema =>
    createTable(schema, 'tool_records', {
      run_key: 'text',
      step: 'bigint',
      tool_call_id: 'text',
      tool_name: 'text',
      began_at_ms: 'bigint',
      ended_at_ms: 'bigint?',
      is_error: 'bigint?',
      result: 'text?',
    }).addPrimaryKeyConstraint('tool_records_key', ['run_key', 'step', 'tool_call_id']),
  schema =>
    createTable(schema, 'run_events', {
      run_key: 'text',
      event_offset: 'bigint',
      at_ms: 'bigint',
      transient: 'bigint',
      step: 'bigint?',
      body: 'text',
    }).addPrimaryKeyConstraint('run_events_key', ['run_key', 'event_offset']),
  schema => schema.createIndex('runs_by_id').on('runs').columns(['run_id', 'started_at_ms']),
  schema => schema.createIndex('runs_by_start').on('runs').columns(['started_at_ms']),
  schema => schema.createIndex('calls_by_run').on('calls').columns(['run_key', 'step']),
  schema => schema.createIndex('calls_by_start').on('calls').columns(['started_at_ms']),
  schema => schema.createIndex('attempts_by_call').on('attempts').columns(['call_id', 'attempt']),
  schema => schema.createIndex('attempts_by_run').on('attempts').columns(['run_key']),
  schema => schema.createIndex('attempts_by_start').on('attempts').columns(['started_at_ms']),
  schema =>
    schema
      .createIndex('run_events_transient')
      .on('run_events')
      .columns(['run_key', 'step'])
      .where(sql.ref('transient'), '=', 1),
]

const SHARED_BUDGETS: Migration['statements'] = [
  adding('attempts', 'shared_scopes', 'text'),
  schema =>
    createTable(schema, 'budget_limits', {
      budget: 'text',
      limit_pico: 'text?',
      limit_tokens: 'bigint?',
      set_at_ms: 'bigint',
    }).addPrimaryKeyConstraint('budget_limits_key', ['budget']),
  schema =>
    createTable(schema, 'budget_warnings', {
      scope_id: 'text',
      share: 'text',
      at_ms: 'bigint',
    }).addPrimaryKeyConstraint('budget_warnings_key', ['scope_id', 'share']),
  schema =>
    schema.createIndex('attempts_open').on('attempts').columns(['run_key']).where(sql.ref('outcome'), '=', 'open'),
]

const WAYS: Migration['statements'] = [
  schema =>
    createTable(schema, 'decisions', {
      run_key: 'text',
      step: 'bigint',
      tool_call_id: 'text',
      at_ms: 'bigint',
      tool_name: 'text',
      decision: 'text',
      decided_by: 'text?',
      note: 'text?',
      deadline: 'bigint',
    }).addPrimaryKeyConstraint('decisions_key', ['run_key', 'step', 'tool_call_id', 'at_ms']),
  adding('runs', 'ended_part', 'text'),
  adding('runs', 'policy', 'text'),
  adding('runs', 'forked_from', 'text'),
  adding('calls', 'first_part', 'text'),
  adding('calls', 'begun_part', 'text'),
  adding('calls', 'begun_at_ms', 'bigint'),
]

const SEALS: Migration['statements'] = [
  adding('runs', 'seal_key', 'text'),
  adding('runs', 'retention_ms', 'bigint'),
  adding('runs', 'purged_at_ms', 'bigint'),
  schema =>
    createTable(schema, 'seal_keys', {
      key_id: 'text',
      root_id: 'text?',
      workspace: 'text?',
      master_id: 'text',
      wrapped: 'text?',
      made_at_ms: 'bigint',
      destroyed_at_ms: 'bigint?',
    }).addPrimaryKeyConstraint('seal_keys_key', ['key_id']),
  schema =>
    schema
      .createIndex('seal_keys_of_workspace')
      .unique()
      .on('seal_keys')
      .columns(['workspace'])
      .where(sql.ref('wrapped'), 'is not', null),
  schema =>
    createTable(schema, 'sealed_roots', {
      root_id: 'text',
      key_id: 'text',
      content: 'bigint',
    }).addPrimaryKeyConstraint('sealed_roots_key', ['root_id']),
  schema =>
    createTable(schema, 'workspace_rules', {
      workspace: 'text',
      zdr: 'bigint',
      encrypt_payloads: 'bigint',
    }).addPrimaryKeyConstraint('workspace_rules_key', ['workspace']),
  schema =>
    schema
      .createIndex('runs_to_purge')
      .on('runs')
      .columns(['ended_at_ms'])
      .where(sql.ref('purged_at_ms'), 'is', null)
      .where(sql.ref('retention_ms'), 'is not', null),
]

const BUDGET_WAITS: Migration['statements'] = [
  schema =>
    createTable(schema, 'budget_waits', {
      call_id: 'text',
      scope_id: 'text',
      run_key: 'text',
      run_id: 'text',
      step: 'bigint',
      task_class: 'text',
      endpoint: 'text',
      reason: 'text',
      needed_pico: 'text?',
      needed_tokens: 'bigint',
      since_ms: 'bigint',
    }).addPrimaryKeyConstraint('budget_waits_key', ['call_id']),
]

const BUDGET_RAISES: Migration['statements'] = [
  schema =>
    createTable(schema, 'budget_raises', {
      raise_id: 'text',
      run_key: 'text',
      pico: 'text',
      tokens: 'bigint',
      decided_by: 'text?',
      note: 'text?',
      at_ms: 'bigint',
    }).addPrimaryKeyConstraint('budget_raises_key', ['raise_id']),
]

const BLOBS: Migration['statements'] = [
  schema =>
    createTable(schema, 'blobs', { run_key: 'text', digest: 'text', body: 'text' }).addPrimaryKeyConstraint(
      'blobs_key',
      ['run_key', 'digest'],
    ),
  adding('tool_records', 'result_digest', 'text'),
]

const CLIENT_TEXTS: Migration['statements'] = [
  schema =>
    createTable(schema, 'client_texts', {
      run_id: 'text',
      digest: 'text',
      body: 'text',
      at_ms: 'bigint',
    }).addPrimaryKeyConstraint('client_texts_key', ['run_id', 'digest']),
]

const VIEWS_AND_PARTS: Migration['statements'] = [
  adding('calls', 'view', 'text'),
  adding('calls', 'sums_up_for', 'text'),
  schema => schema.alterTable('runs').addColumn('opened_part', 'text'),
]

const ENDPOINT_HEALTH: Migration['statements'] = [
  schema =>
    createTable(schema, 'endpoint_health', {
      endpoint: 'text',
      state: 'text',
      shape: 'bigint',
      changed_at_ms: 'bigint',
    }).addPrimaryKeyConstraint('endpoint_health_key', ['endpoint']),
  schema => schema.createIndex('endpoint_health_changed').on('endpoint_health').columns(['changed_at_ms']),
]

const LIMITS: Migration['statements'] = [
  schema =>
    createTable(schema, 'limit_starts', {
      scope_id: 'text',
      requests_at_ms: 'double precision',
      tokens_at_ms: 'double precision',
      served: 'double precision',
    }).addPrimaryKeyConstraint('limit_starts_key', ['scope_id']),
  schema =>
    createTable(schema, 'limit_tickets', {
      scope_id: 'text',
      call_id: 'text',
      workspace: 'text',
      priority: 'bigint',
      tag: 'double precision',
      due_at_ms: 'bigint',
    }).addPrimaryKeyConstraint('limit_tickets_key', ['scope_id', 'call_id']),
  schema => schema.createIndex('limit_tickets_of_call').on('limit_tickets').columns(['call_id']),
  schema =>
    createTable(schema, 'limit_permits', {
      scope_id: 'text',
      permit_id: 'text',
      until_ms: 'bigint',
    }).addPrimaryKeyConstraint('limit_permits_key', ['scope_id', 'permit_id']),
  schema => schema.createIndex('limit_permits_of_attempt').on('limit_permits').columns(['permit_id']),
]

const ROUTES: Migration['statements'] = [
  adding('attempts', 'route', 'text'),
  adding('calls', 'route', 'text'),
  schema =>
    createTable(schema, 'rejections', { digest: 'text', body: 'text' }).addPrimaryKeyConstraint('rejections_key', [
      'digest',
    ]),
]

const ALERTS: Migration['statements'] = [
  schema =>
    createTable(schema, 'alerts', {
      alert: 'text',
      state: 'text',
      changed_at_ms: 'bigint',
    }).addPrimaryKeyConstraint('alerts_key', ['alert']),
]

const EVENTS_ONCE: Migration['statements'] = [
  adding('run_events', 'once_id', 'text'),
  schema =>
    schema
      .createIndex('run_events_once')
      .unique()
      .on('run_events')
      .columns(['run_key', 'once_id'])
      .where(sql.ref('once_id'), 'is not', null),
]

/** Anew, because SQLite changes no key of a table that is there. */
const TOOL_QUESTIONS: Migration['statements'] = [
  schema => schema.alterTable('tool_records').renameTo('tool_records_before'),
  schema =>
    createTable(schema, 'tool_records', {
      run_key: 'text',
      step: 'bigint',
      tool_call_id: 'text',
      tool_name: 'text',
      began_at_ms: 'bigint',
      ended_at_ms: 'bigint?',
      is_error: 'bigint?',
      result: 'text?',
    })
      .addColumn('result_digest', 'text')
      .addColumn('begun_part', 'text')
      .addColumn('first_part', 'text')
      .addColumn('question', 'text', column => column.notNull().defaultTo(''))
      .addPrimaryKeyConstraint('tool_records_by_question', ['run_key', 'step', 'tool_call_id', 'question']),
  (_schema, queries) => {
    const before = queries.selectFrom('tool_records_before' as 'tool_records')
    return queries
      .insertInto('tool_records')
      .columns([...TOOL_COLUMNS, 'first_part'])
      .expression(before.select([...TOOL_COLUMNS, 'begun_part as first_part']))
  },
  schema => schema.dropTable('tool_records_before'),
]

const TOOL_COLUMNS = [
  'run_key',
  'step',
  'tool_call_id',
  'tool_name',
  'began_at_ms',
  'ended_at_ms',
  'is_error',
  'result',
  'result_digest',
  'begun_part',
] as const

const RUN_PARTS: Migration['statements'] = [
  schema =>
    createTable(schema, 'run_parts', { run_key: 'text' })
      .addColumn('part', 'text', column => column.notNull())
      .addPrimaryKeyConstraint('run_parts_key', ['run_key', 'part']),
  (_schema, queries) => {
    const partsIn = (table: string, column: string) =>
      queries
        .selectFrom(table as 'runs')
        .select(['run_key', sql.ref<string>(column).as('part')])
        .where(sql.ref(column), 'is not', null)
    return queries
      .insertInto('run_parts')
      .columns(['run_key', 'part'])
      .expression(
        partsIn('runs', 'opened_part')
          .union(partsIn('runs', 'ended_part'))
          .union(partsIn('runs', 'latest_part'))
          .union(partsIn('calls', 'first_part'))
          .union(partsIn('calls', 'begun_part'))
          .union(partsIn('tool_records', 'first_part'))
          .union(partsIn('tool_records', 'begun_part')),
      )
  },
  schema => schema.alterTable('runs').dropColumn('opened_part'),
]

const TREES: Migration['statements'] = [
  schema => schema.createIndex('runs_by_scope').on('runs').columns(['scope_id']),
  schema => schema.createIndex('runs_open').on('runs').columns(['run_key']).where(sql.ref('ended_at_ms'), 'is', null),
]

/** Few attempts have a fault, and the others are not in it: their writes cost no more. It is all that is read to find their calls. */
const FAULTS: Migration['statements'] = [
  schema =>
    schema
      .createIndex('attempts_by_fault')
      .on('attempts')
      .columns(['fault_kind', 'call_id'])
      .where(sql.ref('fault_kind'), 'is not', null),
]

const BINDINGS_AND_PURGES: Migration['statements'] = [
  adding('runs', 'bound_model', 'text'),
  adding('runs', 'last_purged_at_ms', 'bigint'),
]

/** In the order of bytes, by which what a run has said is found when it is purged; the order of the key is a language's. */
const LINEAGES_BY_BYTES: Migration['statements'] = [
  schema => schema.createIndex('messages_by_lineage').on('messages').expression(sql`lineage collate "C"`),
]

/** By when they are due: by their ends, each look would go through all whose retention is not over. */
const RUNS_BY_DUE: Migration['statements'] = [
  schema =>
    schema
      .createIndex('runs_by_due')
      .on('runs')
      .expression(sql`(ended_at_ms + retention_ms)`)
      .where(sql.ref('purged_at_ms'), 'is', null)
      .where(sql.ref('retention_ms'), 'is not', null),
  schema => schema.dropIndex('runs_to_purge'),
]

/**
 * In the order of bytes, by which budgets are told from the scopes of runs, of which there are far more; the order of the keys is a
 * language's. A scope's id never changes, so that what a call writes of its budgets touches no index.
 */
const BUDGETS_BY_BYTES: Migration['statements'] = [
  schema =>
    schema
      .createIndex('scopes_of_budgets')
      .on('scopes')
      .expression(sql`scope_id collate "C"`)
      // In these words: from a `like` the planner does not see that a range lies in it.
      .where(sql<boolean>`scope_id collate "C" >= 'budget:' and scope_id collate "C" < 'budget;'`),
  schema => schema.createIndex('budget_warnings_by_bytes').on('budget_warnings').expression(sql`scope_id collate "C"`),
]

/**
 * The same indexes with more in them: what a list is asked for is read there, and the row only where it fits. They are as many as before,
 * so that a call's writes cost no more.
 */
const listedBy = (ofCalls: readonly (keyof CallTable)[]): Migration['statements'] => [
  schema => schema.dropIndex('calls_by_start'),
  schema =>
    schema
      .createIndex('calls_by_start')
      .on('calls')
      .columns(['started_at_ms', ...ofCalls]),
  schema => schema.dropIndex('attempts_by_start'),
  schema => schema.createIndex('attempts_by_start').on('attempts').columns(['started_at_ms', 'model']),
]

const NOTICES: Migration['statements'] = [
  adding('runs', 'notices', 'text'),
  schema =>
    createTable(schema, 'notices', {
      run_key: 'text',
      name: 'text',
      ended_at_ms: 'bigint',
      run_id: 'text',
      body: 'text',
      tries: 'bigint',
      due_at_ms: 'bigint?',
      tried_at_ms: 'bigint?',
      problem: 'text?',
    }).addPrimaryKeyConstraint('notices_key', ['run_key', 'name', 'ended_at_ms']),
  schema =>
    schema
      .createIndex('notices_due')
      .on('notices')
      .columns(['name', 'due_at_ms'])
      .where(sql.ref('due_at_ms'), 'is not', null),
]

const NOTICES_BY_QUEUE: Migration['statements'] = [
  adding('notices', 'queue', 'text'),
  schema => schema.dropIndex('notices_due'),
  schema =>
    schema
      .createIndex('notices_due')
      .on('notices')
      .columns(['name', 'queue', 'due_at_ms'])
      .where(sql.ref('due_at_ms'), 'is not', null),
]

/** Most stores have no tool with a price: their indexes are empty. */
const TOOL_PRICES: Migration['statements'] = [
  adding('tool_records', 'price_pico', 'text'),
  schema =>
    schema
      .createIndex('tool_prices_by_run')
      .on('tool_records')
      .columns(['run_key', 'price_pico'])
      .where(sql.ref('price_pico'), 'is not', null),
  schema =>
    schema
      .createIndex('tool_prices_by_start')
      .on('tool_records')
      .columns(['began_at_ms'])
      .where(sql.ref('price_pico'), 'is not', null),
]

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'runs, ledger, transcripts, tools, events', statements: FIRST },
  { version: 2, name: 'shared budgets', statements: SHARED_BUDGETS },
  { version: 3, name: 'decisions, forks, and the ways of reset runs', statements: WAYS },
  { version: 4, name: 'seals', statements: SEALS },
  { version: 5, name: 'calls that wait for budgets', statements: BUDGET_WAITS },
  { version: 6, name: 'raised budgets', statements: BUDGET_RAISES },
  { version: 7, name: 'blobs', statements: BLOBS },
  { version: 8, name: 'long texts of clients', statements: CLIENT_TEXTS },
  { version: 9, name: 'the views of calls, and the parts that opened runs', statements: VIEWS_AND_PARTS },
  { version: 10, name: 'endpoint health', statements: ENDPOINT_HEALTH },
  { version: 11, name: 'limits of endpoints', statements: LIMITS },
  { version: 12, name: 'the routes of calls', statements: ROUTES },
  { version: 13, name: 'alerts', statements: ALERTS },
  {
    version: 14,
    name: 'runs that begin anew under their key',
    statements: [adding('runs', 'begun_anew_at_ms', 'bigint')],
  },
  { version: 15, name: 'the parts that began tool calls', statements: [adding('tool_records', 'begun_part', 'text')] },
  { version: 16, name: 'events that are written once', statements: EVENTS_ONCE },
  {
    version: 17,
    name: 'since when calls wait for their start',
    statements: [adding('limit_tickets', 'waiting_since_ms', 'bigint')],
  },
  {
    version: 18,
    name: 'when calls that wait for budgets ask again',
    statements: [adding('budget_waits', 'asks_again_at_ms', 'bigint')],
  },
  { version: 19, name: 'tool calls by what they ask', statements: TOOL_QUESTIONS },
  { version: 20, name: 'the parts that made attempts', statements: [adding('attempts', 'part', 'text')] },
  { version: 21, name: 'the parts that came last', statements: [adding('runs', 'latest_part', 'text')] },
  { version: 22, name: 'every part that came', statements: RUN_PARTS },
  { version: 23, name: 'the namespaces of runs', statements: [adding('runs', 'namespace_id', 'text')] },
  { version: 24, name: 'the runs of a tree, and those that are open', statements: TREES },
  { version: 25, name: 'attempts by their faults', statements: FAULTS },
  { version: 26, name: 'the models that runs are bound to, and their last purges', statements: BINDINGS_AND_PURGES },
  { version: 27, name: 'messages by the bytes of their lineage', only: 'postgres', statements: LINEAGES_BY_BYTES },
  { version: 28, name: 'why attempts were not hedged', statements: [adding('attempts', 'unhedged', 'text')] },
  { version: 29, name: 'calls without an answer', statements: [adding('calls', 'unanswered_at_ms', 'bigint')] },
  { version: 30, name: 'runs by the end of their retention', statements: RUNS_BY_DUE },
  {
    version: 31,
    name: 'limits by priority, and the tokens that calls wait for',
    statements: [adding('limit_starts', 'served_by', 'text'), adding('limit_tickets', 'asked_tokens', 'bigint')],
  },
  { version: 32, name: 'budgets by the bytes of their scopes', only: 'postgres', statements: BUDGETS_BY_BYTES },
  {
    version: 33,
    name: 'calls by start, class and labels, and attempts by start and model',
    only: 'sqlite',
    statements: listedBy(['task_class', 'labels']),
  },
  {
    version: 34,
    name: 'calls by start and class, and attempts by start and model',
    only: 'postgres',
    // Not the labels: PostgreSQL would refuse a row whose labels are longer than a third of a page.
    statements: listedBy(['task_class']),
  },
  { version: 35, name: 'notices of ends', statements: NOTICES },
  { version: 36, name: 'attempts in batches', statements: [adding('attempts', 'batch', 'text')] },
  { version: 37, name: 'notices by the queues of their runs', statements: NOTICES_BY_QUEUE },
  { version: 38, name: 'the prices of tool calls', statements: TOOL_PRICES },
  { version: 39, name: 'why tools have failed', statements: [adding('tool_records', 'failure', 'text')] },
]

/** The version that this code reads and writes. */
export const SCHEMA_VERSION = Math.max(...MIGRATIONS.map(migration => migration.version))

/** A column's type in both databases; a question mark where it may be null. */
type ColumnType = 'text' | 'bigint' | 'double precision' | 'text?' | 'bigint?' | 'double precision?'

/** Columns that a later migration has added to the tables of an earlier one. */
type AddedLater =
  | 'waiting_since_ms'
  | 'asks_again_at_ms'
  | 'route'
  | 'shared_scopes'
  | 'ended_part'
  | 'latest_part'
  | 'begun_anew_at_ms'
  | 'view'
  | 'sums_up_for'
  | 'policy'
  | 'forked_from'
  | 'first_part'
  | 'begun_part'
  | 'begun_at_ms'
  | 'seal_key'
  | 'retention_ms'
  | 'purged_at_ms'
  | 'result_digest'
  | 'question'
  | 'once_id'
  | 'part'
  | 'namespace_id'
  | 'bound_model'
  | 'last_purged_at_ms'
  | 'unhedged'
  | 'unanswered_at_ms'
  | 'served_by'
  | 'asked_tokens'
  | 'notices'
  | 'batch'
  | 'queue'
  | 'price_pico'
  | 'failure'

/** Adds a column, which may be null. */
function adding<Name extends keyof Tables>(table: Name, column: keyof Tables[Name] & string, type: 'text' | 'bigint') {
  return (schema: SchemaModule) => schema.alterTable(table).addColumn(column, type)
}

/** Holds the migration to the row types in `schema.ts`: a column left out or misspelt does not compile. */
function createTable<Name extends keyof Tables>(
  schema: SchemaModule,
  name: Name,
  columns: Readonly<Record<Exclude<keyof Tables[Name] & string, AddedLater>, ColumnType>>,
) {
  return Object.entries<ColumnType>(columns).reduce<CreateTableBuilder<Name, string>>((table, [column, type]) => {
    const required = !type.endsWith('?')
    const plain = (required ? type : type.slice(0, -1)) as 'text' | 'bigint' | 'double precision'
    return table.addColumn(column, plain, definition => (required ? definition.notNull() : definition))
  }, schema.createTable(name))
}
