/**
 * Transactions as generators of statements: the same lines run on both databases. SQLite runs one from begin to commit
 * without giving way, so that nothing interleaves on its one connection; PostgreSQL waits for the answers that are needed.
 *
 * @module
 */
import type { CompiledQuery, Kysely } from 'kysely'
import type { BeginsWithAny, ByBytes } from './begins-with.ts'
import type { NumberIn } from './number-in.ts'
import type { Tables } from './schema.ts'

/** What building a query needs to know of the database. */
export interface Dialect {
  readonly queries: Kysely<Tables>
  /** Locks the rows that a query reads until the transaction ends, where the database locks by row. */
  readonly lockRows: <Query extends Lockable<Query>>(query: Query) => Query
  readonly byBytes: ByBytes
  readonly beginsWithAny: BeginsWithAny
  readonly numberIn: NumberIn
}

interface Lockable<Query> {
  forUpdate(): Query
}

interface Compilable<Row> {
  compile(): CompiledQuery<Row>
}

/** Builds a query from its parameters. Compiled once for each store, so it must not branch on their values. */
export type Statement<Parameters, Row> = (parameters: Parameters, dialect: Dialect) => Compilable<Row>

/** A statement with its parameters, on its way to the database. */
export interface Question {
  readonly statement: Statement<never, unknown>
  readonly parameters: Readonly<Record<string, unknown>>
  /** Not worth keeping compiled. */
  readonly once: boolean
  /** Nobody needs its rows: the next question may leave before it is answered, and its failure still undoes the transaction. */
  readonly blind: boolean
  /** The answer is not the rows but the key of this id, ready to seal and open: see `seals/seal-text.ts`. */
  readonly keyId?: string
}

/** Steps that end in a result; yielded questions leave together, in their order, and each is answered with its rows. */
export type Work<Result> = Generator<readonly Question[], Result, unknown[][]>

/** All rows of a statement that is kept compiled. */
export function* all<Parameters extends object, Row>(
  statement: Statement<Parameters, Row>,
  parameters: Parameters,
): Work<Row[]> {
  return (yield [questionOf(statement, parameters, false)])[0] as Row[]
}

/** Runs a change: a statement that is kept compiled and whose rows nobody needs. */
export function* tell<Parameters extends object>(
  statement: Statement<Parameters, unknown>,
  parameters: Parameters,
): Work<void> {
  yield [questionOf(statement, parameters, true)]
}

/** One question by itself. */
export function* rowsOf(question: Question): Work<unknown[]> {
  return (yield [question])[0]!
}

function questionOf(statement: Question['statement'], parameters: object, blind: boolean): Question {
  return { statement, parameters: parameters as Question['parameters'], once: false, blind }
}

/** The first row of a statement that is kept compiled. */
export function* one<Parameters extends object, Row>(
  statement: Statement<Parameters, Row>,
  parameters: Parameters,
): Work<Row | undefined> {
  return (yield [questionOf(statement, parameters, false)])[0]![0] as Row | undefined
}

/** All rows of a query whose shape depends on what is asked, such as a report with filters. */
export function* ask<Row>(build: (dialect: Dialect) => Compilable<Row>): Work<Row[]> {
  const statement = (_: object, dialect: Dialect) => build(dialect)
  return (yield* rowsOf({ statement, parameters: {}, once: true, blind: false })) as Row[]
}

/** The results of the work that each item asks for, one after the other. */
export function* inTurn<Item, Result>(items: Iterable<Item>, work: (item: Item) => Work<Result>): Work<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(yield* work(item))
  return results
}

/**
 * The results of several pieces of work of which none needs what another one finds: their first statements leave together in this order,
 * then their second ones. Whoever is far from the database waits for them once.
 */
export function* together<Results extends readonly unknown[]>(
  ...works: { [Index in keyof Results]: Work<Results[Index]> }
): Work<Results> {
  const nexts = works.map(work => work.next())
  while (nexts.some(next => !next.done)) {
    const answers = yield nexts.flatMap(next => (next.done ? [] : next.value))
    for (const [index, next] of nexts.entries())
      if (!next.done) nexts[index] = works[index]!.next(answers.splice(0, next.value.length))
  }
  return nexts.map(next => next.value) as unknown as Results
}
