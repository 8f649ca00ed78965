/**
 * What tools did to the world, by their own log: at most once where that was promised, under one key, and never less than
 * the transcript says.
 *
 * @module
 */
import type { Evidence } from '../evidence.ts'
import type { CampaignPlan } from '../plan/plan.ts'
import type { ToolTrace } from '../tool-log.ts'
import type { Problem } from './judge.ts'

const AT_MOST_ONCE: ReadonlySet<string> = new Set(['charge', 'publish'])

export function judgeTools(_plan: CampaignPlan, { tools, rows }: Evidence): readonly Problem[] {
  const ids = new Set(rows.runs.map(({ run_id }) => run_id))
  return [...byPlace(tools)].flatMap(([place, traces]) => {
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

function byPlace(tools: readonly ToolTrace[]): ReadonlyMap<string, readonly ToolTrace[]> {
  const places = new Map<string, ToolTrace[]>()
  for (const trace of tools) {
    const place = `${trace.tool} of ${trace.tag} at ${trace.at}`
    places.set(place, [...(places.get(place) ?? []), trace])
  }
  return places
}
