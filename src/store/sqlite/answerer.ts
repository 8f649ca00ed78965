/**
 * Asks a file what work wants to know, each statement prepared once.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { asItIs, inRanges } from '../begins-with.ts'
import { createCompiler, type Prepared } from '../compile.ts'
import { inSqlite } from '../number-in.ts'
import type { SealKeyTable, Tables } from '../schema.ts'
import type { KeyRing } from '../seals/key-ring.ts'
import type { Dialect, Question } from '../work.ts'

export function createAnswerer(database: DatabaseSync, ring: KeyRing): (question: Question) => unknown[] {
  const compile = createCompiler(createDialect())
  const statements = new WeakMap<Prepared, Rows>()
  const rowsOf = (question: Question): unknown[] => {
    const prepared = compile(question)
    let rows = statements.get(prepared)
    if (!rows) {
      rows = rowsFrom(database.prepare(prepared.sql))
      statements.set(prepared, rows)
    }
    return rows(prepared.bind(question.parameters) as string[])
  }
  return question => {
    const { keyId } = question
    if (keyId === undefined) return rowsOf(question)
    return [ring.known(keyId) ?? ring.admit(keyId, rowsOf(question)[0] as SealKeyTable | undefined)]
  }
}

type Rows = (parameters: readonly string[]) => unknown[]

/**
 * Runs a statement. Of one row a list takes half the time: for objects `node:sqlite` reads the names of all columns at each run. They must be
 * read where the statement does not name them itself: a newer version may change a table below it.
 */
function rowsFrom(statement: StatementSync): Rows {
  if (NAMES_NONE.test(statement.sourceSQL)) return parameters => statement.all(...parameters)
  const names = statement.columns().map(({ name }) => name)
  statement.setReturnArrays(true)
  return parameters => (statement.all(...parameters) as unknown as unknown[][]).map(values => rowOf(names, values))
}

const NAMES_NONE = /(?:select|distinct|returning|\.) ?\*/

function rowOf(names: readonly string[], values: readonly unknown[]): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {}
  for (const [index, name] of names.entries()) row[name] = values[index]
  return row
}

/** Kysely only compiles here: `node:sqlite` is driven by us, within one synchronous transaction. */
function createDialect(): Dialect {
  const queries = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: kysely => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  return { queries, lockRows: query => query, byBytes: asItIs, beginsWithAny: inRanges(asItIs), numberIn: inSqlite }
}
