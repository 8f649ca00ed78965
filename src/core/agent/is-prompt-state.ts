/**
 * Checks a prompt state that somebody passes in: a conversation goes through people's own code and databases.
 *
 * @module
 */
import type { Compacted, PromptState, PromptView, TranscriptRef, WholeStep } from '../protocol.ts'

/** Checks the shape only. Wrong figures in it would do no harm outside of the run. */
export function isPromptState(value: unknown): value is PromptState {
  const { head, headTokens, tokens, clearings, compactions, whole, view } = fieldsOf<PromptState>(value)
  const areSteps = Array.isArray(whole) && whole.every(isWholeStep)
  return areCounts(head, headTokens, tokens, clearings, compactions) && areSteps && (view === undefined || isView(view))
}

export function isTranscriptRef(value: unknown): value is TranscriptRef {
  const { lineage, length } = fieldsOf<TranscriptRef>(value)
  return typeof lineage === 'string' && areCounts(length)
}

function isWholeStep(value: unknown): boolean {
  const { answer, results, others, behind = 0 } = fieldsOf<WholeStep>(value)
  return areCounts(answer, results, others, behind)
}

function isView(value: unknown): boolean {
  const { since, clearedBefore, compacted } = fieldsOf<PromptView>(value)
  return areCounts(since, clearedBefore) && (compacted === undefined || isCompacted(compacted))
}

function isCompacted(value: unknown): boolean {
  const { head, until, summary } = fieldsOf<Compacted>(value)
  return areCounts(head, until) && isTranscriptRef(summary)
}

function areCounts(...values: readonly unknown[]): boolean {
  return values.every(value => Number.isFinite(value) && Number(value) >= 0)
}

type Fields<Shape> = { readonly [Name in keyof Shape]?: unknown }

function fieldsOf<Shape>(value: unknown): Fields<Shape> {
  return Object(value) as Fields<Shape>
}
