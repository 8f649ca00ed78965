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
  /** Anything but a question. */
  readonly isChange: boolean
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
    isChange: compiled.query.kind !== 'SelectQueryNode',
    ...(!once && { name: `signalbox_${hash('sha256', compiled.sql).slice(0, 16)}` }),
    bind: values => places.map(place => storable(place instanceof Slot ? values[place.name] : place)),
  }
}

/**
 * PostgreSQL refuses a text with the character 0, and would refuse it at every further try: one in a person's name, in the name of a
 * tool that a model made up or in the words of a failure would keep its run from going on. Of SQLite's texts Node 22 reads what comes
 * before it. JSON never has it as it is.
 */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
}
