import type { Outcome } from '../../core/protocol.ts'
import { costJson } from './money.ts'

/** What a run gave: what an agent said, which says its value too, or what a workflow returned. Empty where it gave nothing. */
export function outcomeWords({
  text,
  truncated,
  output,
}: Pick<Outcome, 'text' | 'truncated' | 'output'>): readonly string[] {
  if (text) return [`${truncated ? 'answer, cut at its output limit' : 'answer'}:\n${text}`]
  return output === undefined || output === null ? [] : [`returned:\n${outputWords(output)}`]
}

function outputWords(output: NonNullable<Outcome['output']>): string {
  return typeof output === 'string' ? output : JSON.stringify(output, undefined, 2)
}

export function outcomeJson({ cost, costUsd: _, ...outcome }: Outcome) {
  return { ...outcome, ...costJson(cost) }
}

export function outcomeLine(id: string, { kind, message }: Outcome): string {
  return [`run ${id}: ${kind}`, message].filter(Boolean).join(' · ')
}
