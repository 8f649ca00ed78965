import { finished } from 'node:stream'
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { Pool, type PoolClient, types } from 'pg'
import { collated, inRanges } from '../begins-with.ts'
import { createCompiler } from '../compile.ts'
import type { Connection, Opening } from '../connection.ts'
import { migrate } from '../migrate.ts'
import { inPostgres } from '../number-in.ts'
import type { SealKeyTable, Tables } from '../schema.ts'
import type { KeyRing } from '../seals/key-ring.ts'
import type { Dialect, Question } from '../work.ts'
import { clockAheadMs, keptForAWhile } from './clock.ts'
import { createLine } from './line.ts'
import { prepareDatabase, refuseLacking } from './prepare-database.ts'
import { placeOf, SCHEMA } from './problems.ts'
import { finish, type Sender, transact } from './transact.ts'
import { type Server, withClient } from './with-client.ts'

/** Enough for a worker's calls in flight; a transaction holds one for a few round trips. */
const POOL_SIZE = 10
const CONNECT_TIMEOUT_MS = 10_000

/**
 * For one statement, with the wait for its locks. A server may be gone without a word, as at a failover to another address. The system
 * notices that only after a quarter of an hour, and until then each connection in use would be lost to the pool.
 */
const ANSWER_TIMEOUT_MS = 60_000

/** For what takes as long as the tables are large: the longest that a timer can wait. */
const PATIENT = { query_timeout: 2_147_483_647 } as const

/**
 * Opens a PostgreSQL database and brings our tables up to date, which have a schema of their own; makes them where they may be
 * made.
 */
export async function openPostgres(
  url: string,
  { existing, ...opening }: Opening,
  ring: KeyRing,
): Promise<{ connection: Connection; place: string }> {
  const place = placeOf(url)
  const line = createLine(place)
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    stream: line.socket,
    types: { getTypeParser },
    pipeline: true,
  })
  // A connection that the server ended, idle or in use: the pool replaces it, and its statements fail by themselves. Unheard,
  // either event would end the process.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  const server = { pool, place, line }
  const close = closing(pool)
  try {
    const isPooled = await withClient(server, hasPooler)
    if (isPooled) await withClient(server, beginsAlone)
    const connection = createConnection(server, ring, { isPooled, close })
    // As patient as an index over a large table takes.
    await connection.erase(function* () {
      const there = yield* prepareDatabase(place, existing)
      const isChanged = yield* migrate({ place, database: 'postgres', fresh: there.size === 0, ...opening })
      yield* refuseLacking(place, isChanged ? undefined : there)
    })
    return { connection, place }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Ends the pool, once what is asked has its answer. The pool leaves it to the server to close each connection: one that is gone without a
 * word never does, and its connections would keep the process alive for a quarter of an hour.
 */
function closing(pool: Pool): () => Promise<void> {
  const open = new Set<PoolClient>()
  pool.on('connect', client => {
    open.add(client)
    client.once('end', () => open.delete(client))
  })
  return async () => {
    if (!pool.ended) await pool.end()
    // Once the farewell is written.
    for (const { connection } of open)
      finished(connection.stream, { readable: false }, () => connection.stream.destroy())
  }
}

/** A pooler answers for a server process that it chooses anew, and gives a number of its own for it. */
async function hasPooler(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return 'processID' in client && rows[0]?.pid !== client.processID
}

/**
 * Asks a pooler whether it allows transactions. One that does not closes the connection: its reason is lost where it has not yet read all
 * that was sent, as when a begin leaves together with what follows it.
 */
async function beginsAlone(client: PoolClient): Promise<void> {
  await client.query('begin')
  await client.query('rollback')
}

/** Our 64-bit integers are counts and milliseconds, all below 2^53; money is text. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === types.builtins.INT8) return Number
  return types.getTypeParser(oid, format as 'text')
}

/** Tables whose rows are erased: a dead row lies in its page until the table is rewritten. */
const ERASED = [
  'messages',
  'calls',
  'tool_records',
  'run_events',
  'decisions',
  'budget_raises',
  'blobs',
  'client_texts',
  'runs',
  'seal_keys',
]
  .map(table => `${SCHEMA}.${table}`)
  .join(', ')

/** The same for the server, where this user's statements have a limit. Of the transaction alone. */
const UNTIMED = 'set local statement_timeout = 0'

type Patience = Partial<typeof PATIENT>

interface Reached {
  /**
   * The next transaction may be another server process's, which knows no statement that was kept by name, or has one of that name from
   * somebody else.
   */
  readonly isPooled: boolean
  readonly close: () => Promise<void>
}

function createConnection(server: Server, ring: KeyRing, { isPooled, close }: Reached): Connection {
  const compile = createCompiler(createDialect())
  const rowsOf = async (client: PoolClient, question: Question, patience: Patience): Promise<unknown[]> => {
    const { name, sql, bind } = compile(question)
    const { rows } = await client.query({
      ...patience,
      ...(!isPooled && { name }),
      text: sql,
      values: bind(question.parameters),
    })
    return rows
  }
  const senderWith = (patience: Patience): Sender => ({
    isChange: question => compile(question).isChange,
    async send(client, question) {
      const { keyId } = question
      if (keyId === undefined) return rowsOf(client, question, patience)
      const known = ring.known(keyId)
      return [known ?? ring.admit(keyId, (await rowsOf(client, question, patience))[0] as SealKeyTable | undefined)]
    },
  })
  const sender = senderWith({})
  return {
    write: work => withClient(server, client => transact(client, work, sender)),
    read: work => withClient(server, client => finish(client, work(), sender)),
    erase: work => withClient(server, client => transact(client, work, senderWith(PATIENT), UNTIMED)),
    // Autovacuum keeps its tables' room for what comes next.
    isHalfFree: async () => false,
    scrub: () =>
      withClient(server, async client => {
        const rewrite = () => client.query({ ...PATIENT, text: `vacuum (full) ${ERASED}` })
        await (isPooled ? rewrite() : untimed(client, rewrite))
      }),
    // The server's log is the server's.
    leavesInLog: () => false,
    clockAheadMs: keptForAWhile(() => withClient(server, clockAheadMs)),
    abandon: server.line.abandon,
    close,
  }
}

/**
 * Does what no transaction may hold. Not behind a pooler: the limit would be lifted on one server process, which others use, and the
 * work done by another.
 */
async function untimed(client: PoolClient, body: () => Promise<unknown>): Promise<void> {
  await client.query('set statement_timeout = 0')
  try {
    await body()
  } finally {
    // A broken connection has no setting left, and the first error says why.
    await client.query('reset statement_timeout').catch(() => {})
  }
}

/** Kysely only compiles here, so that both databases run the same work. */
function createDialect(): Dialect {
  const queries = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: kysely => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  return {
    queries: queries.withSchema(SCHEMA),
    lockRows: query => query.forUpdate(),
    byBytes: collated,
    beginsWithAny: inRanges(collated),
    numberIn: inPostgres,
  }
}
