/**
 * What tools did to the world, by their own log: at most once where that was promised, under one key, and never less than
 * the transcript says.
 *
 * @module
 */
import type { Evidence } from '../evidence.ts'
import type { CampaignPlan } from '../plan/plan.ts'
import type { ToolTrace } from '../tool-log.ts'
import { AT_MOST_ONCE } from '../tool-results.ts'
import type { Problem } from './judge.ts'

export function judgeTools(plan: CampaignPlan, { tools, rows }: Evidence): readonly Problem[] {
  const ids = new Set(rows.runs.map(({ run_id }) => run_id))
  const forks = new Set(plan.runs.filter(({ fork }) => fork).map(({ id }) => id))
  return [...byPlace(tools, forks)].flatMap(([place, traces]) => {
    const { run } = traces[0]!
    const begun = traces.filter(({ step }) => step === 'begin')
    const keys = new Set(begun.map(({ key }) => key))
    return [
      ...(AT_MOST_ONCE.has(begun[0]?.tool ?? '') && begun.length > 1
        ? [{ kind: 'atMostOnceViolations' as const, run, words: `${place} ran ${begun.length} times` }]
        : []),
      ...(keys.size > 1 ? [{ kind: 'doubled' as const, run, words: `${place} ran under ${keys.size} keys` }] : []),
      ...(ids.has(run) ? [] : [{ kind: 'lost' as const, run, words: `${place} ran for a run that the store lacks` }]),
    ]
  })
}

/** A fork's model asks for the same again, and that is another time. */
function byPlace(tools: readonly ToolTrace[], forks: ReadonlySet<string>): ReadonlyMap<string, readonly ToolTrace[]> {
  const places = new Map<string, ToolTrace[]>()
  for (const trace of tools) {
    const again = forks.has(trace.run) ? ` of the fork ${trace.run}` : ''
    const place = `${trace.tool} of ${trace.tag} at ${trace.at}${again}`
    places.set(place, [...(places.get(place) ?? []), trace])
  }
  return places
}
