/**
 * Reads what `npm run -s demo -- --json` printed on standard input, and says what it does not show that the demo is there to
 * show. Exits with 1 when something is missing.
 *
 * @module
 */
import { text } from 'node:stream/consumers'

interface Demo {
  readonly runs: readonly { readonly outcome: string; readonly url: string }[]
  readonly attempts: readonly { readonly class: string; readonly retention?: string }[]
  readonly fallbacks: readonly { readonly fault: string; readonly from: string; readonly to: string }[]
  readonly caches: readonly { readonly savedUsd: string }[]
  readonly hedges: readonly { readonly second: string; readonly answeredBy: string | null }[]
  readonly escalations: readonly { readonly answeredBy: string | null }[]
  readonly classes: Readonly<Record<string, unknown>>
  readonly totals: Readonly<Record<string, string>> & { readonly toolCalls: number }
  /** What the demo itself found wrong: a run without an answer, a row that ledger and meters do not share. */
  readonly problems: readonly string[]
}

const problems = problemsOf(JSON.parse(await text(process.stdin)) as Demo)
for (const problem of problems) console.error(problem)
if (problems.length === 0) console.log('the demo shows what it is there to show')
process.exitCode = problems.length > 0 ? 1 : 0

function problemsOf(demo: Demo): readonly string[] {
  return [
    ...demo.problems,
    ...runProblems(demo),
    ...fallbackProblems(demo),
    ...choiceProblems(demo),
    ...moneyProblems(demo.totals),
  ]
}

function choiceProblems({ caches, hedges, escalations }: Demo): readonly string[] {
  return [
    ...(caches.some(({ savedUsd }) => Number(savedUsd) > 0) ? [] : ['no cache has saved anything']),
    ...(hedges.some(({ second, answeredBy }) => second === answeredBy) ? [] : ['no hedge has answered']),
    ...(escalations.some(({ answeredBy }) => answeredBy !== null) ? [] : ['no escalation has answered']),
  ]
}

function runProblems({ runs, attempts, classes, totals }: Demo): readonly string[] {
  const zdr = attempts.filter(attempt => attempt.class === 'zdr')
  return [
    ...runs.filter(run => run.outcome !== 'answered').map(run => `a run ended ${run.outcome}`),
    ...runs.filter(run => !/^https?:/.test(run.url)).map(() => 'a run has no address in the UI'),
    ...(runs.length >= 2 ? [] : [`${runs.length} runs, not 2`]),
    ...(Object.keys(classes).length >= 6 ? [] : [`only the classes ${Object.keys(classes)} were used`]),
    ...(zdr.length > 0 && zdr.every(attempt => attempt.retention === 'none')
      ? []
      : ['zdr went where something is kept']),
    ...(totals.toolCalls >= 40 ? [] : [`${totals.toolCalls} tool calls, not 40`]),
  ]
}

function fallbackProblems({ fallbacks }: Demo): readonly string[] {
  const faults = new Set(fallbacks.map(fallback => fallback.fault))
  const circular = fallbacks.filter(({ from, to }) => !from || !to || from === to)
  const missing = ['rate-limited', 'cut-off'].filter(fault => !faults.has(fault))
  const outage = faults.has('overloaded') || faults.has('unreachable')
  return [
    ...[...missing, ...(outage ? [] : ['an outage'])].map(fault => `no fallback after ${fault}`),
    ...circular.map(({ fault, from, to }) => `a fallback after ${fault} went from ${from} to ${to}`),
  ]
}

function moneyProblems(totals: Demo['totals']): readonly string[] {
  const { ledgerExactUsd, meterExactUsd, ledgerLowUsd, meterUsd, ledgerHighUsd } = totals
  const bounded = Number(ledgerLowUsd) <= Number(meterUsd) && Number(meterUsd) <= Number(ledgerHighUsd)
  return [
    ...(ledgerExactUsd === meterExactUsd ? [] : [`the ledger says ${ledgerExactUsd}, the meters ${meterExactUsd}`]),
    ...(Number(ledgerExactUsd) > 0 ? [] : ['the ledger has no exact cost']),
    ...(bounded ? [] : [`the meters' ${meterUsd} is not between ${ledgerLowUsd} and ${ledgerHighUsd}`]),
  ]
}
