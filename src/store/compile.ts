/**
 * Kysely as a compiler: a statement becomes SQL once, with named slots where its parameters go.
 *
 * @module
 */
import { hash } from 'node:crypto'
import type { Dialect, Question } from './work.ts'

/** SQL and how to lay out the parameters for it. */
export interface Prepared {
  readonly sql: string
  /** For a database that keeps statements by name. It follows from the SQL, so that it means the same in every process. */
  readonly name?: string
  bind(parameters: Question['parameters']): unknown[]
}

class Slot {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Gives the SQL of a question. A statement is compiled the first time only; a question that is asked in place, each time. */
export function createCompiler(dialect: Dialect): (question: Question) => Prepared {
  const kept = new Map<Question['statement'], Prepared>()
  return question => {
    const known = kept.get(question.statement)
    if (known) return known
    const prepared = prepare(question, dialect)
    if (!question.once) kept.set(question.statement, prepared)
    return prepared
  }
}

function prepare({ statement, parameters, once }: Question, dialect: Dialect): Prepared {
  const slots = Object.fromEntries(Object.keys(parameters).map(name => [name, new Slot(name)]))
  const compiled = statement(slots as never, dialect).compile()
  const places = compiled.parameters
  return {
    sql: compiled.sql,
    ...(!once && { name: `signalbox_${hash('sha256', compiled.sql).slice(0, 16)}` }),
    bind: values => places.map(place => (place instanceof Slot ? values[place.name] : place)),
  }
}
