import type { Outcome } from '../../core/protocol.ts'

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
