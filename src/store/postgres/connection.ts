import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { Pool, type PoolClient, types } from 'pg'
import { createCompiler } from '../compile.ts'
import type { Connection } from '../connection.ts'
import { migrate } from '../migrate.ts'
import type { Tables } from '../schema.ts'
import type { Dialect, Question, Work } from '../work.ts'
import { prepareDatabase, SCHEMA } from './prepare-database.ts'
import { placeOf, postgresProblem } from './problems.ts'

/** Enough for a worker's calls in flight; a transaction holds one for a few round trips. */
const POOL_SIZE = 10
const CONNECT_TIMEOUT_MS = 10_000

/** Opens a PostgreSQL database and brings our tables in it, which have a schema of their own, up to date. */
export async function openPostgres(url: string, nowMs: number): Promise<{ connection: Connection; place: string }> {
  const place = placeOf(url)
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: { getTypeParser },
  })
  // An idle connection that the server ended: the pool replaces it. Unheard, the event would end the process.
  pool.on('error', () => {})
  const connection = createConnection(pool, place)
  try {
    await connection.write(function* () {
      const fresh = yield* prepareDatabase()
      yield* migrate(place, fresh, nowMs)
    })
  } catch (error) {
    await pool.end()
    throw error
  }
  return { connection, place }
}

/** Our 64-bit integers are counts and milliseconds, all below 2^53; money is text. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === types.builtins.INT8) return Number
  return types.getTypeParser(oid, format as 'text')
}

type Answer = (client: PoolClient, question: Question) => Promise<unknown[]>

function createConnection(pool: Pool, place: string): Connection {
  const compile = createCompiler(createDialect())
  const answer: Answer = async (client, question) => {
    const prepared = compile(question)
    return (await client.query(prepared.sql, prepared.bind(question.parameters))).rows
  }
  return {
    write: work => withClient(pool, place, client => transact(client, () => finish(work(), client, answer))),
    read: work => withClient(pool, place, client => finish(work(), client, answer)),
    close: async () => {
      if (!pool.ended) await pool.end()
    },
  }
}

async function withClient<Result>(
  pool: Pool,
  place: string,
  body: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  let client: PoolClient | undefined
  let broken = false
  try {
    client = await pool.connect()
    return await body(client)
  } catch (error) {
    const problem = postgresProblem(error, place)
    broken = problem !== undefined
    throw problem ?? error
  } finally {
    client?.release(broken)
  }
}

async function transact<Result>(client: PoolClient, body: () => Promise<Result>): Promise<Result> {
  await client.query('begin')
  let result: Result
  try {
    result = await body()
  } catch (error) {
    // A broken connection has no transaction left to roll back, and the first error says why.
    await client.query('rollback').catch(() => {})
    throw error
  }
  await client.query('commit')
  return result
}

async function finish<Result>(work: Work<Result>, client: PoolClient, answer: Answer): Promise<Result> {
  let next = work.next()
  while (!next.done) next = work.next(await answer(client, next.value))
  return next.value
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
  return { queries: queries.withSchema(SCHEMA), lockRows: query => query.forUpdate() }
}
