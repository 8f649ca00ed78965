/**
 * What was measured of endpoints, for people.
 *
 * @module
 */
import type { RateLimits } from '../../core/endpoints.ts'
import { formatMoney } from '../../core/money/format-money.ts'
import type { HealthReport } from '../../core/routing/health/describe-health.ts'
import { countOf } from '../../core/words/count-of.ts'
import type { EndpointReport } from '../../runtime/store/records.ts'
import { folding, renderTableWithin } from './table.ts'
import { formatCount, formatDuration } from './words.ts'

export interface EndpointRow {
  readonly report: EndpointReport
  /** Absent: no worker has shared what it saw. */
  readonly health?: HealthReport
}

export function describeEndpoints(rows: readonly EndpointRow[], nowMs: number, width: number | undefined): string {
  const now = ({ health, report }: EndpointRow) =>
    [health ? healthWords(health, nowMs) : '', refusedWords(report)].filter(word => word !== '').join(', ')
  const table = renderTableWithin<EndpointRow>(
    width,
    [
      { title: 'endpoint', cell: ({ report }) => report.endpoint },
      { title: 'attempts', cell: ({ report }) => formatCount(report.attempts), align: 'right' },
      { title: 'failed', cell: ({ report }) => failedShare(report), align: 'right' },
      { title: '429', cell: ({ report }) => share(report.rateLimited, report.attempts), align: 'right' },
      folding('first token p50 / p95', ({ report }) => firstToken(report), 'right'),
      folding('tokens/s', ({ report: { tokensPerSecond: speed } }) => formatCount(speed && Math.round(speed)), 'right'),
      folding('$/1k output', ({ report }) => money(report.picoPerThousandOutput), 'right'),
      { title: '$/answer', cell: ({ report }) => money(report.picoPerAnswer), align: 'right' },
      folding('cached', ({ report }) => share(report.cachedShare, 1), 'right'),
      { title: 'now', cell: now, folded: 'cell' },
      { title: 'faults', cell: ({ report }) => faultWords(report), folded: 'cell' },
    ],
    rows,
  )
  const billed = rows.flatMap(({ report }) => billedWords(report))
  return billed.length === 0 ? table : `${table}\n\n${billed.join('\n')}`
}

/** Fewer say little: an answer may be served in another way, as with a search of the web. */
const ANSWERS_COMPARED = 20

/** By how much, in percent: rounding, and a price that has changed within the time, are no news. */
const NOTEWORTHY = 5

function billedWords({ endpoint, billed }: EndpointReport): readonly string[] {
  if (!billed || billed.answers < ANSWERS_COMPARED) return []
  const [pico, listed] = [BigInt(billed.pico), BigInt(billed.listedPico)]
  const percent = listed === 0n ? Infinity : (100 * (Number(pico) - Number(listed))) / Number(listed)
  if (pico === listed || Math.abs(percent) <= NOTEWORTHY) return []
  const by = `${Math.round(Math.abs(percent))} % ${percent > 0 ? 'more' : 'less'} than the ${formatMoney(listed)} of its listed price`
  const what = listed === 0n ? 'though it is listed as free' : by
  return [
    `${endpoint} reports ${formatMoney(pico)} for ${countOf(billed.answers, 'answer')}, ${what}: routes and reservations go by the list, which \`signalbox models import\` or a \`price\` of your own corrects`,
  ]
}

function failedShare({ attempts, answered, rateLimited }: EndpointReport): string {
  return share(attempts - answered - rateLimited, attempts - rateLimited)
}

function share(part: number | undefined, whole: number): string {
  if (part === undefined || whole === 0) return ''
  const percent = (100 * part) / whole
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : percent.toFixed(1)} %`
}

function firstToken({ firstTokenMs }: EndpointReport): string {
  return firstTokenMs ? `${formatDuration(firstTokenMs.p50)} / ${formatDuration(firstTokenMs.p95)}` : ''
}

function money(pico: number | undefined): string {
  return pico === undefined ? '' : formatMoney(BigInt(Math.round(pico)))
}

function healthWords(health: HealthReport, nowMs: number): string {
  const { breaker, closedUntilMs, coolingUntilMs, ejectedUntilMs, learned } = health
  const words = [
    closedUntilMs !== undefined ? `out of service for ${left(closedUntilMs, nowMs)}` : '',
    breaker === 'half-open' ? 'due for a probe' : '',
    coolingUntilMs !== undefined ? `cooling for ${left(coolingUntilMs, nowMs)}` : '',
    ejectedUntilMs !== undefined ? `asked last for ${left(ejectedUntilMs, nowMs)}` : '',
    ...learnedWords(learned),
  ].filter(word => word !== '')
  return words.join(', ') || 'in service'
}

/** Such a refusal closes the endpoint for the one worker that had it, which shares it with nobody: the ledger alone tells of it. */
function refusedWords({ lastFault }: EndpointReport): string {
  if (lastFault === 'unauthenticated') return 'refused the key when last asked'
  return lastFault === 'quota-exhausted' ? 'had no quota or balance when last asked' : ''
}

function learnedWords({ requestsPerMinute, tokensPerMinute, concurrency }: RateLimits): readonly string[] {
  return [
    requestsPerMinute !== undefined ? `${countOf(Math.round(requestsPerMinute), 'request')} a minute` : '',
    tokensPerMinute !== undefined ? `${countOf(Math.round(tokensPerMinute), 'token')} a minute` : '',
    concurrency !== undefined ? `${countOf(concurrency, 'request')} at once` : '',
  ]
}

function left(untilMs: number, nowMs: number): string {
  return formatDuration(untilMs - nowMs)
}

function faultWords({ faults }: EndpointReport): string {
  return Object.entries(faults)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')
}
