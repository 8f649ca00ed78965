/**
 * What `config check --live` prints.
 *
 * @module
 */
import { countOf } from '../../core/words/count-of.ts'
import type { LiveResult, LiveSpending } from '../../runtime/live-check/check-live.ts'
import type { ServerResult, ServersCheck } from '../../runtime/live-check/check-servers.ts'
import type { LivePlan } from '../../runtime/live-check/plan-live.ts'
import { folding, renderTableWithin } from './table.ts'
import { formatDuration } from './words.ts'

/** What came of it all. */
export interface LiveCheck extends ServersCheck {
  readonly results: readonly LiveResult[]
  readonly spending: LiveSpending
  readonly disabled: readonly { readonly provider: string; readonly reason: string }[]
}

export function isAllRight({ results, servers, problems }: LiveCheck): boolean {
  return problems.length === 0 && [...results, ...servers].every(({ ok }) => ok)
}

export function planNotes({ unpriced, forbidden }: LivePlan): readonly string[] {
  return [
    ...(unpriced.length > 0 ? [`and what these cost, whose price is not known: ${unpriced.join(', ')}`] : []),
    ...(forbidden.length > 0
      ? [`not asked, because the global policy or that of their key forbids them: ${forbidden.join(', ')}`]
      : []),
  ]
}

export function liveJson({ atMostUsd, unpriced, refused, forbidden, questions }: LivePlan, check: LiveCheck) {
  const { results, servers, spending } = check
  const endpoints = results.map(({ verdicts, ...rest }) => ({ ...rest, ...verdicts }))
  const money = { atMostUsd, spentUsd: spending.spentUsd, unknownCost: spending.unknown }
  const problems = check.problems.map(message => ({ path: 'app', message }))
  const asked = { questions, ...money, unpriced, refused, forbidden, endpoints }
  return { ok: isAllRight(check), ...asked, mcpServers: servers, problems }
}

export function liveWords({ results, servers, problems, spending, disabled }: LiveCheck, columns?: number): string {
  const failed = results.filter(({ ok }) => !ok)
  return [
    resultsTable(results, columns),
    ...(failed.length > 0 ? ['', ...failed.map(({ endpoint, why }) => why ?? `${endpoint}: a check failed`)] : []),
    ...disabled.map(({ provider, reason }) => `${provider} was not asked: the provider is disabled, ${reason}`),
    ...servers.flatMap(serverWords),
    ...problems,
    spentWords(spending),
  ].join('\n')
}

function resultsTable(results: readonly LiveResult[], columns: number | undefined): string {
  return renderTableWithin<LiveResult>(
    columns,
    [
      { title: 'endpoint', cell: result => result.endpoint },
      { title: 'reached', cell: ({ verdicts }) => words(verdicts.reached) },
      { title: 'key accepted', cell: ({ verdicts }) => words(verdicts.key) },
      { title: 'tools', cell: ({ verdicts }) => words(verdicts.tools) },
      { title: 'JSON', cell: ({ verdicts }) => words(verdicts.json) },
      folding('streaming', ({ verdicts }) => words(verdicts.streaming)),
      folding('usage', ({ verdicts }) => words(verdicts.usage)),
      folding('first token', ({ firstTokenMs }) => formatDuration(firstTokenMs), 'right'),
      { title: 'cost', cell: ({ costUsd }) => (costUsd === undefined ? '' : `$${costUsd}`), align: 'right' },
    ],
    results,
  )
}

/** A dash for what was not asked: it is not claimed, or there was no point any more. */
function words(verdict: LiveResult['verdicts']['reached']): string {
  return verdict === 'unasked' ? '–' : verdict
}

function serverWords(result: ServerResult): readonly string[] {
  if (!result.ok) return [result.why]
  const { server, tools, warnings } = result
  return [`the MCP server '${server}' has ${countOf(tools.length, 'tool')}: ${tools.join(', ') || 'none'}`, ...warnings]
}

function spentWords({ spentUsd, unknown }: LiveSpending): string {
  const more = unknown.length > 0 ? `, and what ${unknown.join(', ')} cost, which is not known` : ''
  return `spent: $${spentUsd}${more}. It is in no ledger and counts in no budget`
}
