/**
 * A run's events tell of everything once.
 *
 * @module
 */
import type { RunEventBody } from '../../../../src/core/events.ts'
import type { Evidence } from '../evidence.ts'
import type { CampaignPlan } from '../plan/plan.ts'
import type { Problem } from './judge.ts'

/** What makes an event one that comes once; `undefined` for those that may come again. */
function onceKey(event: RunEventBody): string | undefined {
  switch (event.kind) {
    case 'run-start':
    case 'run-end':
      return event.kind
    case 'step-start':
    case 'answer':
      return `${event.kind} ${event.step}`
    case 'attempt-start':
    case 'attempt-end':
      return `${event.kind} ${event.step} ${event.attempt}`
    case 'tool-end':
      // A run that was reset begins it anew, and it ends again.
      return event.cancelled ? undefined : `tool-end ${event.step} ${event.toolCallId}`
    case 'tool-start':
    case 'approval-ask':
      return `${event.kind} ${event.step} ${event.toolCallId}`
    default:
      return undefined
  }
}

export function judgeEvents(_plan: CampaignPlan, { rows }: Evidence): readonly Problem[] {
  const ids = new Map(rows.runs.map(({ run_key, run_id }) => [run_key, run_id]))
  const seen = new Map<string, Set<string>>()
  const problems: Problem[] = []
  for (const { run_key, body } of rows.events) {
    const key = onceKey(JSON.parse(body) as RunEventBody)
    if (key === undefined) continue
    const keys = seen.get(run_key) ?? new Set()
    if (keys.has(key))
      problems.push({ kind: 'doubled', run: ids.get(run_key)!, words: `its event '${key}' came twice` })
    seen.set(run_key, keys.add(key))
  }
  for (const [key, run] of ids)
    for (const must of ['run-start', 'run-end'])
      if (!seen.get(key)?.has(must)) problems.push({ kind: 'lost', run, words: `it has no '${must}'` })
  return problems
}
