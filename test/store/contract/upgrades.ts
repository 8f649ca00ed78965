import { DummyDriver, Kysely, type QueryCompiler, SqliteAdapter, SqliteIntrospector } from 'kysely'
import { expect, it } from 'vitest'
import type { NewAttempt } from '../../../src/core/ports.ts'
import { MIGRATIONS, SCHEMA_VERSION } from '../../../src/store/migrations.ts'
import type { Tables } from '../../../src/store/schema.ts'
import { PLAIN } from '../../../src/store/seals/seal-text.ts'
import type { Bench, Place } from '../describe-store.ts'
import { answered, asked, newAttempt, newCall, newCommit, newRun, RUN } from '../records.ts'

type Row = Readonly<Record<string, string | number | null>>

/** A database as code of that version left it, with these rows. */
async function oldPlace(bench: Bench, version: number, rows: Readonly<Record<string, readonly Row[]>>): Promise<Place> {
  const place = await bench.newPlace()
  const queries = queriesOf(place.compiler)
  const made = MIGRATIONS.filter(migration => migration.version <= version && migration.only === undefined)
  const tables = made.flatMap(({ statements }) =>
    statements.map(statement => {
      const { sql, parameters } = statement(queries.schema, queries).compile()
      expect(parameters).toEqual([])
      return sql
    }),
  )
  const versions = made.map(({ version, name }) => ({ version, name, applied_at_ms: 1 }))
  const inserts = Object.entries({ schema_version: versions, ...rows }).flatMap(([table, list]) =>
    list.map(
      row => `insert into ${table} (${Object.keys(row).join()}) values (${Object.values(row).map(literal).join()})`,
    ),
  )
  const versionTable =
    'create table schema_version (version bigint primary key not null, name text not null, applied_at_ms bigint not null)'
  await place.execute([...place.preparing, versionTable, ...tables, ...inserts].join(';\n'))
  return place
}

function queriesOf(compiler: () => QueryCompiler): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: kysely => new SqliteIntrospector(kysely),
      createQueryCompiler: compiler,
    },
  })
}

function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}

const CALL = newCall(1)
const [DONE, OPEN] = [newAttempt(CALL, 1), newAttempt(CALL, 2)]
const QUESTION = asked('Dear whom?')

const RUN_ROW: Row = {
  run_key: RUN.key,
  run_id: RUN.id,
  workflow: 'agent',
  workspace: RUN.workspace,
  labels: JSON.stringify(RUN.labels),
  budget: '{"usd":"0.50"}',
  scope_id: RUN.key,
  started_at_ms: 1_000,
  next_offset: 4,
}

async function holdsRow(place: Place, { attemptId }: NewAttempt): Promise<boolean> {
  const which = `scope_id = '${RUN.key}' and attempt_id = '${attemptId}'`
  return place.execute(`insert into reservations select * from reservations where ${which}`).then(
    () => false,
    () => true,
  )
}

function attemptRow(attempt: typeof DONE, changes: Row): Row {
  const { endpoint } = attempt
  return {
    attempt_id: attempt.attemptId,
    call_id: CALL.callId,
    run_key: RUN.key,
    run_id: RUN.id,
    scope_id: RUN.key,
    attempt: attempt.attempt,
    step: CALL.step,
    task_class: CALL.taskClass,
    workspace: RUN.workspace,
    labels: '{}',
    endpoint: endpoint.id,
    provider: endpoint.provider,
    model: endpoint.model,
    planned: endpoint.id,
    reason: 'planned',
    retention: 'none',
    wire_request_id: attempt.wireRequestId,
    catalog_version: 'test-1',
    worst_pico: '1000',
    worst_tokens: 100,
    unpriced: 0,
    started_at_ms: attempt.startedAtMs,
    ...changes,
  }
}

/** A run whose first attempt met a fault and whose second was out when its worker was updated. */
const IN_THE_MIDDLE = {
  runs: [RUN_ROW],
  scopes: [
    {
      scope_id: RUN.key,
      limit_pico: '500000000000',
      limit_tokens: null,
      spent_pico: '30',
      spent_tokens: 0,
      reserved_pico: '1000',
      reserved_tokens: 100,
    },
  ],
  reservations: [{ scope_id: RUN.key, attempt_id: OPEN.attemptId, pico: '1000', tokens: 100 }],
  calls: [
    {
      call_id: CALL.callId,
      run_key: RUN.key,
      step: CALL.step,
      task_class: CALL.taskClass,
      workspace: RUN.workspace,
      labels: '{}',
      started_at_ms: CALL.startedAtMs,
    },
  ],
  attempts: [
    attemptRow(DONE, {
      outcome: 'fault',
      fault_kind: 'overloaded',
      fault: '{"kind":"overloaded","message":"acme is overloaded","evidence":{}}',
      usage: '{}',
      cost_low_pico: '30',
      cost_high_pico: '30',
      settled_pico: '30',
      settled_tokens: 0,
      ended_at_ms: 3_000,
    }),
    attemptRow(OPEN, { outcome: 'open', usage: '{}', cost_low_pico: '0', cost_high_pico: '1000' }),
  ],
  messages: [
    {
      lineage: RUN.key,
      position: 0,
      digest: PLAIN.digest(JSON.stringify(QUESTION)),
      version: 'v4',
      body: JSON.stringify(QUESTION),
    },
  ],
  tool_records: [
    {
      run_key: RUN.key,
      step: 0,
      tool_call_id: 'call_1',
      tool_name: 'get_weather',
      began_at_ms: 1_500,
      ended_at_ms: 1_600,
      is_error: 0,
      result: '"rain"',
    },
  ],
  run_events: [
    {
      run_key: RUN.key,
      event_offset: 1,
      at_ms: 1_000,
      transient: 0,
      step: null,
      body: '{"kind":"run-start","workflow":"agent"}',
    },
    {
      run_key: RUN.key,
      event_offset: 2,
      at_ms: 2_001,
      transient: 0,
      step: 1,
      body: '{"kind":"step-start","step":1,"taskClass":"strong"}',
    },
  ],
}

/** What stores of earlier versions hold stays theirs, and their runs go on. */
export function upgradeTests(bench: Bench): void {
  it('takes over a run that the first version left in the middle of a call', async () => {
    const place = await oldPlace(bench, 1, IN_THE_MIDDLE)
    const store = await bench.open(place)
    expect(await store.reports.run(RUN.id)).toMatchObject({ key: RUN.key, budget: { usd: '0.50' } })
    expect(await store.transcripts.read({ lineage: RUN.key, length: 1 })).toEqual([QUESTION])
    expect(await store.events.read(RUN.id, 0, 10)).toMatchObject([{ kind: 'run-start' }, { kind: 'step-start' }])

    const commit = newCommit(OPEN, { lineage: RUN.key, length: 1 }, { end: answered() })
    expect(await store.ledger.commitAnswer(commit)).toMatchObject({ transcript: { lineage: RUN.key, length: 2 } })
    const attempts = await store.ledger.attemptsOf(CALL.callId)
    expect(attempts).toMatchObject([
      { outcome: 'fault', fault: { kind: 'overloaded' }, cost: { highPico: '30' } },
      { outcome: 'answered', cost: { highPico: '420' } },
    ])
    expect(await store.reports.run(RUN.id)).toMatchObject({ cost: { lowPico: '450', highPico: '450' } })
    await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 9_500 })
    expect(await store.reports.run(RUN.id)).toMatchObject({ outcome: 'answered' })
  })

  it('shows earlier builds beside it that somebody holds a reservation, and takes away what they have left', async () => {
    const place = await oldPlace(bench, 1, IN_THE_MIDDLE)
    const { ledger } = await bench.open(place)
    expect(await holdsRow(place, OPEN)).toBe(true)
    await ledger.endAttempt(OPEN.attemptId, answered())
    expect(await holdsRow(place, OPEN)).toBe(false)
    const mine = newAttempt(CALL, 3)
    await ledger.beginAttempt(mine)
    expect(await holdsRow(place, mine)).toBe(true)
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    expect(await holdsRow(place, mine)).toBe(false)
  })

  it('takes away what an earlier build has left in a run without a limit', async () => {
    const unlimited = { ...IN_THE_MIDDLE.scopes[0]!, limit_pico: null }
    const place = await oldPlace(bench, 1, { ...IN_THE_MIDDLE, scopes: [unlimited] })
    const { ledger } = await bench.open(place)
    expect(await holdsRow(place, OPEN)).toBe(true)
    await ledger.beginCall(CALL)
    expect(await holdsRow(place, OPEN)).toBe(false)
  })

  it('knows all parts of a run that came before parts were listed', async () => {
    const parts = { opened_part: 'part-1', ended_part: 'part-3', latest_part: 'part-3' }
    const ended = { ...RUN_ROW, ...parts, outcome: 'answered', ended_at_ms: 5_000 }
    const call = { ...IN_THE_MIDDLE.calls[0]!, first_part: 'part-2', begun_part: 'part-2' }
    const place = await oldPlace(bench, 21, { runs: [ended], scopes: IN_THE_MIDDLE.scopes, calls: [call] })
    const store = await bench.open(place)
    for (const part of ['part-1', 'part-2', 'part-3'])
      await expect(store.ledger.beginCall(newCall(2, { part }))).rejects.toThrow('nothing new may be sent')
    expect(await store.ledger.beginCall(newCall(2, { part: 'part-4' }))).toMatchObject({ attempts: [] })
  })

  it('leaves a store of an older version as it is for all but workers', async () => {
    const place = await oldPlace(bench, 23, {})
    const refused = {
      name: 'StoreProblem',
      kind: 'older-version',
      message: expect.stringMatching(/version 23; this one needs version .* A worker .* Nothing was changed/),
    }
    await expect(place.open({ upToDate: true })).rejects.toMatchObject(refused)
    await expect(place.open({ upToDate: true })).rejects.toMatchObject(refused)
    await (await bench.open(place)).close()
    expect(await (await bench.open(place, { upToDate: true })).reports.runs()).toEqual([])
  })

  // All migrations run on the first one; on each other one the last of these do.
  it.each([1, 20, SCHEMA_VERSION - 1])('brings version %i to the newest', async version => {
    const place = await oldPlace(bench, version, {})
    const store = await bench.open(place)
    await store.ledger.openRun(newRun())
    expect(await store.reports.run(RUN.id)).toMatchObject({ key: RUN.key })
  })
}
