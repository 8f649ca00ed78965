/**
 * What spendings are told apart by.
 *
 * @module
 */
import { sql } from 'kysely'
import type { Labels } from '../../core/protocol.ts'

export type SpendKey = 'workspace' | 'class' | 'provider' | 'model' | 'tool' | 'run' | `label:${string}`

export interface SpendQuery {
  readonly by: readonly SpendKey[]
  /** Attempts that left, and calls of tools that began, from then on … */
  readonly fromMs: number
  /** … and before then. */
  readonly untilMs: number
  /** Only those with this label. */
  readonly label?: { readonly key: string; readonly value: string } | undefined
}

export type KeyColumn = 'workspace' | 'task_class' | 'provider' | 'model' | 'tool_name' | 'labels' | 'run'

/** Columns of a row that spendings are told apart by, as far as it has them. */
export type KeyColumns = Readonly<Partial<Record<KeyColumn, string | null>>>

const COLUMNS: Readonly<Record<string, KeyColumn>> = { class: 'task_class', tool: 'tool_name' }

/** Labels are one text, whichever of them is asked for: rows that differ in others alone are put together later. */
function columnOf(key: SpendKey): KeyColumn {
  return key.startsWith('label:') ? 'labels' : (COLUMNS[key] ?? (key as KeyColumn))
}

/** Those of the columns that the keys need. */
export function columnsFor<Column extends KeyColumn>(by: readonly SpendKey[], of: readonly Column[]): Column[] {
  const needed = new Set<KeyColumn>(by.map(columnOf))
  return of.filter(column => needed.has(column))
}

/** The id of the run at the top of the tree whose money it is: a tree's first scope is its key. */
export function topRun(scope: 'attempts.scope_id' | 'runs.scope_id') {
  const tops = sql.table('runs')
  return sql<string | null>`(select tops.run_id from ${tops} as tops where tops.run_key = ${sql.ref(scope)})`.as('run')
}

/** One for each key, `null` where the row has none. */
export function keysOf(row: KeyColumns, by: readonly SpendKey[]): (string | null)[] {
  return by.map(key => {
    const column = columnOf(key)
    const part = row[column] ?? null
    return column === 'labels' ? labelIn(part, key.slice('label:'.length)) : part
  })
}

function labelIn(text: string | null, name: string): string | null {
  const labels = JSON.parse(text ?? '{}') as Labels
  return Object.hasOwn(labels, name) ? labels[name]! : null
}
