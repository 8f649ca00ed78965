/**
 * What is said beside a list that is cut or empty.
 *
 * @module
 */
import { didYouMean, thereAre } from '../../core/words/did-you-mean.ts'
import { nearest } from '../../core/words/nearest.ts'
import type { LedgerFilter, NameKind, Records } from '../../runtime/store/records.ts'
import type { Terminal } from '../terminal.ts'

/**
 * Says that there are more than the limit lets a list show, which is of the newest.
 *
 * @param next - The option that goes on, in a list that can
 */
export function noteMore(terminal: Pick<Terminal, 'note'>, limit: number, next?: string): void {
  const goesOn = next === undefined ? '' : `go on with ${next}, `
  terminal.note(
    `only the newest ${limit} are listed, and there are more: ${goesOn}raise --limit, or choose by --since, --label …`,
  )
}

/** More would hide what is said of them. */
const MOST_NAMED = 10

/**
 * Says beside an empty list which names that it was asked for nothing in the ledger ever had: a misspelt one would pass for one with
 * nothing to show.
 */
export async function noteUnknown(
  terminal: Pick<Terminal, 'note'>,
  { reports }: Pick<Records, 'reports'>,
  asked: Readonly<Partial<Record<NameKind, string | undefined>>>,
): Promise<void> {
  for (const kind of Object.keys(asked) as NameKind[]) {
    const name = asked[kind]
    if (name === undefined) continue
    const known = await reports.names(kind, name)
    if (known.length === 0 || known.includes(name)) continue
    const all = known.length <= MOST_NAMED ? thereAre(known) : undefined
    terminal.note(`the ledger has no ${kind} '${name}'${didYouMean(nearest(name, known), all)}`)
  }
}

/** The same of a label, of which the ledger keeps no list. @param asked - What the empty list was asked for, without its limit */
export async function noteUnknownLabel(
  terminal: Pick<Terminal, 'note'>,
  { reports }: Pick<Records, 'reports'>,
  of: 'runs' | 'calls',
  { label, ...more }: Pick<LedgerFilter, 'label'> & { readonly [narrower: string]: unknown },
): Promise<void> {
  if (!label) return
  const isIn = async (filter: Pick<LedgerFilter, 'label'>) => (await reports[of]({ ...filter, limit: 1 })).length > 0
  // By the label alone the list itself has looked, and in a large ledger that takes seconds.
  const isNarrower = Object.values(more).some(each => each !== undefined)
  if ((isNarrower && (await isIn({ label }))) || !(await isIn({}))) return
  terminal.note(`the ledger has no ${of} with the label '${label.key}=${label.value}'`)
}
