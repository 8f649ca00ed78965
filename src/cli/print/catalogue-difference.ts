/**
 * What newer lists of models and prices change, for people.
 *
 * @module
 */
import { priceAt, TOKEN_KINDS, type TokenKind } from '../../core/money/price-of.ts'
import { countOf } from '../../core/words/count-of.ts'
import type { CatalogueDifference, NamedChange } from '../../runtime/configuration/catalogue-lists.ts'
import { folding, renderTableWithin } from './table.ts'
import { formatCount, priceWords } from './words.ts'

/** What changes, those first that a class names, and what follows from it. */
export function differenceWords(
  { from, to, changes, keptAddresses }: CatalogueDifference,
  limit: number,
  columns: number | undefined,
): string {
  const head = `${from} → ${to}: ${changes.length === 0 ? 'nothing changes' : countsOf(changes)}`
  const named = changes.filter(({ kind, classes }) => kind === 'address' || classes.length > 0)
  const others = changes.slice(named.length)
  const shown = [...named, ...others.slice(0, Math.max(0, limit - named.length))]
  const left = changes.length - shown.length
  return [
    head,
    ...(shown.length > 0 ? ['', changesTable(shown, columns)] : []),
    ...(left > 0 ? [`and ${formatCount(left)} more; --limit shows them, --json all`] : []),
    ...fallWords(changes.filter(falls).length),
    ...(keptAddresses.length > 0 ? [keptWords(keptAddresses)] : []),
  ].join('\n')
}

/** A list that is wrong in this direction has budgets end too late. */
function fallWords(count: number): readonly string[] {
  if (count === 0) return []
  const prices = `${countOf(count, 'price')} ${count === 1 ? 'falls' : 'fall'}`
  return [`${prices}, and budgets count less there: where a vendor asks more, write its price into the configuration`]
}

/** Whether a prompt of some length costs less in some kind. */
function falls({ kind, before, after }: NamedChange): boolean {
  if (kind !== 'price' || before === undefined || after === undefined) return false
  const [was, is] = [before as NonNullable<Priced>, after as NonNullable<Priced>]
  const lengths = [0, ...[...(was.tiers ?? []), ...(is.tiers ?? [])].map(({ above }) => above + 1)]
  return lengths.some(length => isLess(priceAt(is, length), priceAt(was, length)))
}

function isLess(is: NonNullable<Priced>, was: NonNullable<Priced>): boolean {
  return TOKEN_KINDS.some(kind => (billed(is, kind) ?? Number.POSITIVE_INFINITY) < (billed(was, kind) ?? 0))
}

/** Thoughts without a price of their own cost what the answer does. */
function billed(price: NonNullable<Priced>, kind: TokenKind): number | undefined {
  return price[kind] ?? (kind === 'reasoning' ? price.output : undefined)
}

function keptWords(providers: readonly string[]): string {
  return `The list has another address or package for ${providers.join(', ')}: theirs stay; --addresses takes the list's`
}

/** `12 prices, 3 windows, 1 retired of which a class names 1`. */
function countsOf(changes: readonly NamedChange[]): string {
  const kinds = [...new Set(changes.map(({ kind }) => kind))]
  return kinds
    .map(kind => {
      const own = changes.filter(change => change.kind === kind)
      const named = own.filter(({ classes }) => classes.length > 0).length
      return `${formatCount(own.length)} ${kind}${named > 0 ? ` (a class names ${formatCount(named)})` : ''}`
    })
    .join(', ')
}

function changesTable(changes: readonly NamedChange[], columns: number | undefined): string {
  return renderTableWithin<NamedChange>(
    columns,
    [
      { title: 'change', cell: change => change.kind },
      { title: 'endpoint', cell: change => change.endpoint },
      folding('before', change => valueWords(change, change.before, change.after), 'right'),
      folding('after', change => valueWords(change, change.after, change.before), 'right'),
      folding('named by', change => change.classes.join(' ')),
    ],
    changes,
  )
}

function valueWords({ kind }: NamedChange, value: NamedChange['before'], other: NamedChange['before']): string {
  if (kind === 'price') return priceLine(value as Priced, other as Priced)
  if (kind === 'new') return priceLine(value as Priced)
  if (typeof value === 'number') return formatCount(value)
  if (typeof value === 'string') return value
  if (kind === 'retired' || kind === 'deprecated') return ''
  return Array.isArray(value) ? value.join(' ') : 'unknown'
}

type Priced = Parameters<typeof priceWords>[0]

/** Cached input too: it is most of what an agent's call costs. Of the rest what differs from the other price. */
function priceLine(price: Priced, other: Priced = price): string {
  const rest = OTHER_KINDS.filter(([kind]) => price?.[kind] !== other?.[kind])
  const cached = price?.cachedInput ?? other?.cachedInput
  return [
    priceWords(price),
    ...(cached === undefined ? [] : [`cached ${price?.cachedInput ?? 'unknown'}`]),
    ...rest.map(([kind, words]) => `${words} ${price?.[kind] ?? 'unknown'}`),
    ...tierWords(price, other),
  ].join(', ')
}

const OTHER_KINDS = [
  ['cacheWrite', 'cache write'],
  ['cacheWriteHour', 'cache write for an hour'],
  ['reasoning', 'reasoning'],
] as const

function tierWords(price: Priced, other: Priced): readonly string[] {
  const [tiers, others] = [price?.tiers ?? [], other?.tiers ?? []]
  if (JSON.stringify(tiers) === JSON.stringify(others)) return []
  if (tiers.length === 0) return ['the same for larger prompts']
  return tiers.map((tier, at) => `above ${formatCount(tier.above)} ${priceLine(tier, others[at])}`)
}

/** The endpoints whose prices the two shipped lists tell differently. */
export function sourcesTable(
  sources: CatalogueDifference['sources'],
  limit: number,
  columns: number | undefined,
): string {
  const shown = sources.slice(0, limit)
  const left = sources.length - shown.length
  return [
    `Where the two shipped price lists differ (${countOf(sources.length, 'endpoint')}), the first is used:`,
    '',
    renderTableWithin<CatalogueDifference['sources'][number]>(
      columns,
      [
        { title: 'endpoint', cell: source => source.endpoint },
        folding('genai-prices', source => priceLine(source.used, source.other), 'right'),
        folding('models.dev', source => priceLine(source.other, source.used), 'right'),
      ],
      shown,
    ),
    ...(left > 0 ? [`and ${formatCount(left)} more; --limit shows them, --json all`] : []),
  ].join('\n')
}
