/**
 * What a campaign leaves behind, read from outside of the product where that is possible: the database's own rows, the
 * vendors' meter, the tools' log.
 *
 * @module
 */
import { DatabaseSync } from 'node:sqlite'
import { Client, types } from 'pg'
import type { Message } from '../../../src/core/messages.ts'
import type { Answer, PromptView, TranscriptRef } from '../../../src/core/protocol.ts'
import type { MeterRow } from '../../../src/providers/simulated/index.ts'
import type { Store, StoreSettings } from '../../../src/store/index.ts'
import { isSealed, keyIdOf } from '../../../src/store/seals/sealer.ts'
import type { Ended } from './follow.ts'
import type { ToolTrace } from './tool-log.ts'

export interface RunRow {
  readonly run_key: string
  readonly run_id: string
  readonly workspace: string
  readonly scope_id: string
  readonly outcome: string | null
}

export interface CallRow {
  readonly call_id: string
  readonly run_key: string
  readonly step: number
  readonly answer: string | null
  readonly view: string | null
  readonly sums_up_for: string | null
}

export interface AttemptRow {
  readonly attempt_id: string
  readonly call_id: string
  readonly run_key: string
  readonly run_id: string
  readonly scope_id: string
  readonly shared_scopes: string | null
  readonly endpoint: string
  readonly wire_request_id: string
  readonly reason: string
  readonly outcome: string
  readonly cost_low_pico: string | null
  readonly cost_high_pico: string | null
  readonly settled_pico: string | null
  readonly settled_tokens: number | null
}

export interface ScopeRow {
  readonly scope_id: string
  readonly limit_pico: string | null
  readonly limit_tokens: number | null
  readonly spent_pico: string
  readonly spent_tokens: number
  readonly reserved_pico: string
  readonly reserved_tokens: number
}

/** A call of a tool that was charged. */
export interface ChargeRow {
  readonly run_key: string
  readonly step: number
  readonly tool_call_id: string
  readonly question: string
  readonly tool_name: string
  readonly price_pico: string
}

export interface EventRow {
  readonly run_key: string
  readonly event_offset: number
  readonly body: string
}

/** The rows of the store. */
export interface Rows {
  readonly runs: readonly RunRow[]
  readonly calls: readonly CallRow[]
  readonly attempts: readonly AttemptRow[]
  readonly scopes: readonly ScopeRow[]
  readonly reservations: readonly { readonly scope_id: string; readonly attempt_id: string }[]
  readonly charges: readonly ChargeRow[]
  readonly events: readonly EventRow[]
}

export interface Evidence {
  /** By run id. */
  readonly ended: ReadonlyMap<string, Ended>
  readonly rows: Rows
  readonly meter: readonly MeterRow[]
  readonly tools: readonly ToolTrace[]
  /** A transcript or what a view leaves of it, or why it cannot be read. */
  transcript(ref: TranscriptRef, view?: PromptView): Promise<readonly Message[] | string>
  /** Where words of sealed runs lie in clear. */
  readonly leaks: readonly Leak[]
  /** Workers that ended by themselves. */
  readonly fallen: readonly string[]
}

/** Words of a sealed run that were found in clear. */
export interface Leak {
  readonly run: string
  readonly place: string
}

export function answerIn({ answer }: CallRow): Answer | undefined {
  return answer === null ? undefined : (JSON.parse(answer) as Answer)
}

const TABLES = {
  runs: 'runs order by run_id',
  calls: 'calls order by run_key, step',
  attempts: 'attempts order by call_id, attempt',
  scopes: 'scopes order by scope_id',
  reservations: 'reservations',
  charges: 'tool_records where price_pico is not null order by run_key, step',
  events: 'run_events order by run_key, event_offset',
} as const

export async function readRows(settings: StoreSettings): Promise<Rows> {
  const read = settings.url === undefined ? readSqlite(settings.path!) : await readPostgres(settings.url)
  const rows: Record<string, unknown[]> = {}
  for (const name of Object.keys(TABLES)) rows[name] = await read.table(name as keyof typeof TABLES)
  await read.close()
  return rows as unknown as Rows
}

/** The rows of sealed runs as they were before they were sealed. */
export async function openRows(rows: Rows, { seals }: Pick<Store, 'seals'>): Promise<Rows> {
  const open = async (text: string) => (isSealed(text) ? (await seals.withKey(keyIdOf(text))).open(text) : text)
  return {
    ...rows,
    calls: await Promise.all(
      rows.calls.map(async call => ({ ...call, answer: call.answer === null ? null : await open(call.answer) })),
    ),
    charges: await Promise.all(
      rows.charges.map(async charge => ({ ...charge, tool_name: await open(charge.tool_name) })),
    ),
    events: await Promise.all(rows.events.map(async event => ({ ...event, body: await open(event.body) }))),
  }
}

interface Reading {
  table(name: keyof typeof TABLES): Promise<unknown[]>
  close(): Promise<void>
}

function readSqlite(path: string): Reading {
  const database = new DatabaseSync(path)
  return {
    table: async name => database.prepare(`select * from ${TABLES[name]}`).all(),
    close: async () => database.close(),
  }
}

async function readPostgres(url: string): Promise<Reading> {
  const wholeNumbers = { getTypeParser: (oid: number) => (oid === types.builtins.INT8 ? Number : String) }
  const client = new Client({ connectionString: url, types: wholeNumbers as never })
  await client.connect()
  return {
    table: async name => (await client.query(`select * from signalbox.${TABLES[name]}`)).rows,
    close: () => client.end(),
  }
}

const CONTENT = [
  'runs',
  'calls',
  'attempts',
  'messages',
  'blobs',
  'client_texts',
  'tool_records',
  'run_events',
  'decisions',
]

/** All that a run may have said, in PostgreSQL. */
export async function readAll(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const tables: unknown[] = []
  for (const name of CONTENT) tables.push((await client.query(`select * from signalbox.${name}`)).rows)
  await client.end()
  return tables
}

export function transcriptsOf(store: Store): Evidence['transcript'] {
  return async (ref, view) => {
    try {
      return await store.transcripts.read(ref, view)
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}
