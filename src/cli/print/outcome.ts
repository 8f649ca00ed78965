import type { Outcome, OutcomeKind } from '../../core/protocol.ts'
import { costJson } from './money.ts'

/** What a run gave: what an agent said, which says its value too, or what a workflow returned. Empty where it gave nothing. */
export function outcomeWords({
  kind,
  text,
  truncated,
  output,
}: Pick<Outcome, 'kind' | 'text' | 'truncated' | 'output'>): readonly string[] {
  if (text && kind !== 'answered') return [`last words:\n${text}`]
  if (text) return [`${truncated ? 'answer, cut at its output limit' : 'answer'}:\n${text}`]
  return output === undefined || output === null ? [] : [`returned:\n${outputWords(output)}`]
}

function outputWords(output: NonNullable<Outcome['output']>): string {
  return typeof output === 'string' ? output : JSON.stringify(output, undefined, 2)
}

export function outcomeJson({ cost, costUsd: _, ...outcome }: Outcome) {
  return { ...outcome, ...costJson(cost) }
}

export function outcomeLine(id: string, { kind, message }: Pick<Outcome, 'kind' | 'message'>): string {
  return [`run ${id}: ${kind}`, whyWords(kind, message)].filter(Boolean).join(' · ')
}

/** Why it ended so, where that says more than how: not that a cancelled run was cancelled. */
export function whyWords(kind: OutcomeKind, message: string | undefined): string | undefined {
  return message === `the run was ${kind}` ? undefined : message
}
